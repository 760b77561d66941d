//! Zip archives, read as they come: each file stands behind a header of its own, so that nothing has
//! to be held and a pipe will do.
//!
//! The directory at the end of an archive is not looked at; a file that was deleted from the
//! directory only is therefore read too. The format: APPNOTE.TXT 6.3.10, 4.3 and 4.5.3.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;

use flate2::CrcReader;
use flate2::bufread::DeflateDecoder;

use crate::format::problem::Reason;

use super::meter::Metered;
use super::{Container, Opener, Peeked, Visitor, problem};

const FILE: [u8; 4] = *b"PK\x03\x04";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
/// What begins the directory, and the end of it.
const DIRECTORY: [[u8; 4]; 4] = [
    *b"PK\x01\x02",
    *b"PK\x05\x06",
    *b"PK\x06\x06",
    *b"PK\x06\x08",
];

const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const ENCRYPTED: u16 = 1;
/// Sizes and checksum stand behind the file.
const DESCRIBED_BEHIND: u16 = 1 << 3;

/// What stands before a file.
struct Header {
    name: String,
    flags: u16,
    method: u16,
    crc: u32,
    compressed: u64,
    zip64: bool,
}

impl Opener<'_> {
    /// Opens each file of a zip archive.
    pub(super) fn zip(
        &self,
        name: &str,
        containers: &[Container],
        content: Peeked<'_>,
        visitor: &mut dyn Visitor,
    ) -> ControlFlow<()> {
        let mut source = BufReader::with_capacity(64 << 10, content);
        loop {
            match self.zip_file(name, containers, &mut source, visitor) {
                Ok(Some(flow)) => flow?,
                Ok(None) => return ControlFlow::Continue(()),
                Err(error) => {
                    visitor.problem(problem(name, Reason::of(&error), &format!("zip: {error}")));
                    return ControlFlow::Continue(());
                }
            }
        }
    }

    /// Opens the next file, if there is one. After an error nothing tells where another begins.
    fn zip_file(
        &self,
        name: &str,
        containers: &[Container],
        source: &mut BufReader<Peeked<'_>>,
        visitor: &mut dyn Visitor,
    ) -> io::Result<Option<ControlFlow<()>>> {
        let Some(header) = Header::read(source)? else {
            return Ok(None);
        };
        let path = format!("{name}/{}", header.name);
        if let Some(why) = header.unreadable() {
            visitor.problem(problem(&path, Reason::Unsupported, &format!("zip: {why}")));
            pass(source, header.length()?)?;
            return Ok(Some(ControlFlow::Continue(())));
        }
        let mut open = |content: &mut dyn Read| {
            let mut content = CrcReader::new(content);
            let metered = Box::new(Metered::expanded(&mut content, self.meter));
            let flow = if header.name.ends_with('/') {
                ControlFlow::Continue(())
            } else {
                self.open(path.clone(), containers.to_vec(), metered, visitor)
            };
            if flow.is_continue() {
                // What nobody read stands before the next file all the same.
                io::copy(
                    &mut Metered::expanded(&mut content, self.meter),
                    &mut io::sink(),
                )?;
            }
            io::Result::Ok((flow, content.crc().sum()))
        };
        let behind = header.flags & DESCRIBED_BEHIND != 0;
        let (flow, crc) = match (header.method, behind) {
            (STORED, _) => open(&mut source.take(header.length()?))?,
            (_, false) => {
                let mut file = source.take(header.compressed);
                let opened = open(&mut DeflateDecoder::new(&mut file))?;
                io::copy(&mut file, &mut io::sink())?;
                opened
            }
            (_, true) => open(&mut DeflateDecoder::new(&mut *source))?,
        };
        if flow.is_break() {
            return Ok(Some(flow));
        }
        let expected = if behind {
            descriptor(source, header.zip64)?
        } else {
            header.crc
        };
        if crc != expected {
            let message = "zip: the file is not what its checksum says";
            visitor.problem(problem(&path, Reason::Malformed, message));
        }
        Ok(Some(flow))
    }
}

impl Header {
    /// The next header; `None` where the directory or nothing more follows.
    fn read(source: &mut dyn BufRead) -> io::Result<Option<Self>> {
        if source.fill_buf()?.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let signature: [u8; 4] = array(source)?;
        if DIRECTORY.contains(&signature) {
            return Ok(None);
        }
        if signature != FILE {
            return Err(malformed("no file begins where one should"));
        }
        let fixed: [u8; 10] = array(source)?;
        let [_, flags, method, ..] = fixed.as_chunks::<2>().0 else {
            return Err(malformed("no header"));
        };
        let (flags, method) = (u16::from_le_bytes(*flags), u16::from_le_bytes(*method));
        let crc = u32::from_le_bytes(array(source)?);
        let compressed = u32::from_le_bytes(array(source)?);
        let expanded = u32::from_le_bytes(array(source)?);
        let name = u16::from_le_bytes(array(source)?);
        let extra = u16::from_le_bytes(array(source)?);
        let name = bytes(source, name)?;
        let extra = bytes(source, extra)?;
        let long = zip64(&extra, expanded == u32::MAX);
        let compressed = match long {
            Some(long) if compressed == u32::MAX => long,
            _ => u64::from(compressed),
        };
        Ok(Some(Self {
            name: String::from_utf8_lossy(&name).into_owned(),
            flags,
            method,
            crc,
            compressed,
            zip64: long.is_some(),
        }))
    }

    /// Why the file cannot be read, if it cannot.
    fn unreadable(&self) -> Option<String> {
        if self.flags & ENCRYPTED != 0 {
            return Some("the file is encrypted".to_owned());
        }
        let known = matches!(self.method, STORED | DEFLATED);
        (!known).then(|| format!("compression method {} is not known", self.method))
    }

    /// The length of the file as it stands there.
    fn length(&self) -> io::Result<u64> {
        if self.flags & DESCRIBED_BEHIND != 0 && self.compressed == 0 {
            return Err(malformed("a file whose length stands behind it"));
        }
        Ok(self.compressed)
    }
}

/// The compressed size among extra fields, behind the other one if that is there.
fn zip64(mut extra: &[u8], expanded_too: bool) -> Option<u64> {
    while let Some(([a, b, c, d], rest)) = extra.split_first_chunk::<4>() {
        let (id, length) = (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]));
        let value = rest.get(..usize::from(length))?;
        if id == 1 {
            let value = value.get(if expanded_too { 8 } else { 0 }..)?;
            return Some(
                value
                    .first_chunk()
                    .map_or(0, |bytes| u64::from_le_bytes(*bytes)),
            );
        }
        extra = rest.get(usize::from(length)..)?;
    }
    None
}

/// Reads what stands behind a file: its checksum, with or without a signature, and two sizes.
fn descriptor(source: &mut dyn Read, zip64: bool) -> io::Result<u32> {
    let mut first: [u8; 4] = array(source)?;
    if first == DESCRIPTOR {
        first = array(source)?;
    }
    pass(source, if zip64 { 16 } else { 8 })?;
    Ok(u32::from_le_bytes(first))
}

fn pass(source: &mut dyn Read, length: u64) -> io::Result<()> {
    io::copy(&mut source.take(length), &mut io::sink()).map(drop)
}

fn array<const N: usize>(source: &mut dyn Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn bytes(source: &mut dyn Read, length: u16) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::from(length)];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn malformed(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
