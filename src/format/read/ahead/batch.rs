//! The process of one large batch of Jaeger's spans in protobuf, which stands behind all of them:
//! from field to field, without reading what is in them.

use std::io::{self, BufRead as _, BufReader, Read, Seek, SeekFrom};

use super::{CHUNK, LONGEST_END};

/// Field 1 of type 2: a span of a batch, or the batch of a request.
const FIRST: u64 = 1 << 3 | 2;
/// Field 2 of type 2: the process of a batch.
const PROCESS: u64 = 2 << 3 | 2;

/// The process of the only batch of a source of so many bytes, if it has one and one only. With
/// `within` the batch stands in field 1 of a request.
pub(super) fn find(
    source: &mut (impl Read + Seek),
    length: u64,
    within: bool,
) -> io::Result<Option<Vec<u8>>> {
    source.seek(SeekFrom::Start(0))?;
    let mut fields = Fields {
        source: BufReader::with_capacity(CHUNK, source),
        at: 0,
    };
    if within {
        let request = (fields.varint()?, fields.varint()?);
        if request != (Some(FIRST), Some(length - fields.at)) {
            return Ok(None);
        }
    }
    let mut found = None;
    while fields.at < length {
        let (Some(tag), Some(content)) = (fields.varint()?, fields.varint()?) else {
            return Ok(None);
        };
        match tag {
            FIRST if content <= length - fields.at => fields.pass(content)?,
            PROCESS if found.is_none() && content <= LONGEST_END.min(length - fields.at) => {
                found = Some(fields.take(content)?);
            }
            _ => return Ok(None),
        }
    }
    Ok(found)
}

struct Fields<S> {
    source: BufReader<S>,
    at: u64,
}

impl<S: Read + Seek> Fields<S> {
    /// A number; `None` if it is none.
    fn varint(&mut self) -> io::Result<Option<u64>> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let Some(&byte) = self.source.fill_buf()?.first() else {
                return Ok(None);
            };
            self.source.consume(1);
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    fn pass(&mut self, length: u64) -> io::Result<()> {
        self.at += length;
        self.source
            .seek_relative(i64::try_from(length).unwrap_or(i64::MAX))
    }

    fn take(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.at += (&mut self.source).take(length).read_to_end(&mut bytes)? as u64;
        Ok(bytes)
    }
}
