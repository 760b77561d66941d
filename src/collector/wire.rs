//! The little protobuf that the collector itself speaks: statuses, health, counting points.
//! Spans and logs are decoded in `format`.

/// Appends a varint field, unless it has its default.
pub fn put_varint(out: &mut Vec<u8>, number: u32, value: u64) {
    if value != 0 {
        varint(out, u64::from(number) << 3);
        varint(out, value);
    }
}

/// Appends a string, bytes or message field, unless it is empty.
pub fn put_bytes(out: &mut Vec<u8>, number: u32, content: &[u8]) {
    if !content.is_empty() {
        varint(out, u64::from(number) << 3 | 2);
        varint(out, content.len() as u64);
        out.extend_from_slice(content);
    }
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The length-delimited fields of a message in order: number and content, others skipped. A
/// malformed field ends it with one error.
pub struct Fields<'a>(pub &'a [u8]);

/// A message that breaks protobuf's grammar.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, &'a [u8]), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.0.is_empty() {
            match self.field() {
                Some((number, Some(content))) => return Some(Ok((number, content))),
                Some((_, None)) => {}
                None => {
                    self.0 = &[];
                    return Some(Err(Malformed));
                }
            }
        }
        None
    }
}

impl<'a> Fields<'a> {
    /// The next field, its content only if it is length-delimited; `None` if malformed.
    fn field(&mut self) -> Option<(u64, Option<&'a [u8]>)> {
        let key = self.varint()?;
        let length = match key & 7 {
            0 => return self.varint().map(|_| (key >> 3, None)),
            1 => 8,
            2 => usize::try_from(self.varint()?).ok()?,
            5 => 4,
            _ => return None,
        };
        let (content, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some((key >> 3, (key & 7 == 2).then_some(content)))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}
