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

/// The length-delimited fields of a message in order, others skipped. A malformed field ends
/// it with one `None`.
pub struct Fields<'a>(pub &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Option<(u64, &'a [u8])>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.0.is_empty() {
            match self.field() {
                Some(Some(field)) => return Some(Some(field)),
                Some(None) => {}
                None => {
                    self.0 = &[];
                    return Some(None);
                }
            }
        }
        None
    }
}

impl<'a> Fields<'a> {
    /// `None`: malformed; `Some(None)`: not length-delimited.
    fn field(&mut self) -> Option<Option<(u64, &'a [u8])>> {
        let key = self.varint()?;
        let length = match key & 7 {
            0 => return self.varint().map(|_| None),
            1 => 8,
            2 => usize::try_from(self.varint()?).ok()?,
            5 => 4,
            _ => return None,
        };
        let (content, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some((key & 7 == 2).then_some((key >> 3, content)))
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
