//! Apache Thrift's binary and compact protocols: values one after another, never a tree.
//!
//! A [`Thrift`] walks the bytes of a body or a datagram; what it yields are slices of the same
//! bytes. It knows no schema: fields are told apart by who asks. Lengths are believed only as far
//! as there are bytes, nesting only to [`DEEPEST`], and nothing recurses. Specifications:
//! `thrift-binary-protocol.md`, `thrift-compact-protocol.md`.
//!
//! ```ignore
//! let mut fields = Fields::default();
//! while let Some(field) = thrift.field(&mut fields)? {
//!     match (field.id, field.kind) {
//!         (1, Kind::Binary) => name = thrift.bytes()?,
//!         _ => thrift.skip(field.kind)?,
//!     }
//! }
//! ```

mod kind;
mod message;
mod skip;

pub use kind::Kind;
pub use message::Message;
pub use skip::Skip;

/// Structs and lists within one another that are passed over.
pub const DEEPEST: usize = 64;

/// Which of the two protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Fixed sizes, most significant byte first.
    Binary,
    /// Varints.
    Compact,
}

/// Why bytes are not what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct ThriftError {
    /// Offset in the bytes.
    pub at: usize,
    /// What is wrong.
    pub what: &'static str,
}

const BEYOND: &str = "a length beyond the end";
const CUT_OFF: &str = "cut off in a number";

impl ThriftError {
    /// Whether nothing is wrong but that there are too few bytes.
    pub fn is_short(&self) -> bool {
        [BEYOND, CUT_OFF].contains(&self.what)
    }
}

/// Result of reading.
pub type Result<T> = std::result::Result<T, ThriftError>;

/// The header of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its number.
    pub id: i16,
    /// Its type.
    pub kind: Kind,
}

/// Where in a struct we are: the compact protocol numbers a field from the one before it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fields {
    last: i16,
}

/// Bytes that are being read.
#[derive(Debug, Clone)]
pub struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
    protocol: Protocol,
    /// The value of a boolean field of the compact protocol, which its header told.
    told: Option<bool>,
}

impl<'a> Thrift<'a> {
    /// Reads from the first byte.
    pub fn new(bytes: &'a [u8], protocol: Protocol) -> Self {
        Self {
            bytes,
            at: 0,
            protocol,
            told: None,
        }
    }

    /// Offset of the next byte.
    pub fn offset(&self) -> usize {
        self.at
    }

    fn error<T>(&self, what: &'static str) -> Result<T> {
        Err(ThriftError { at: self.at, what })
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(length);
        let Some(taken) = end.and_then(|end| self.bytes.get(self.at..end)) else {
            return self.error(BEYOND);
        };
        self.at += length;
        Ok(taken)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N]> {
        let Some((bytes, _)) = self
            .bytes
            .get(self.at..)
            .and_then(<[u8]>::split_first_chunk)
        else {
            return self.error(CUT_OFF);
        };
        self.at += N;
        Ok(*bytes)
    }

    fn varint(&mut self) -> Result<u64> {
        let mut value = 0_u64;
        for shift in (0..70).step_by(7) {
            let [byte] = self.fixed()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        self.error("a number of more than ten bytes")
    }

    fn zigzag(&mut self) -> Result<i64> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The next field of a struct; `None` behind its last one.
    pub fn field(&mut self, fields: &mut Fields) -> Result<Option<Field>> {
        let start = self.at;
        let [header] = self.fixed()?;
        if header == 0 {
            return Ok(None);
        }
        let (id, kind) = match self.protocol {
            Protocol::Binary => {
                let id = i16::from_be_bytes(self.fixed()?);
                (id, Kind::of_binary(header))
            }
            Protocol::Compact => {
                let delta = i16::from(header >> 4);
                let id = if delta == 0 {
                    self.zigzag()? as i16
                } else {
                    fields.last.wrapping_add(delta)
                };
                fields.last = id;
                self.told = match header & 0x0f {
                    1 => Some(true),
                    2 => Some(false),
                    _ => None,
                };
                (id, Kind::of_compact(header & 0x0f))
            }
        };
        match kind {
            Some(kind) => Ok(Some(Field { id, kind })),
            None => Err(ThriftError {
                at: start,
                what: "a field of no known type",
            }),
        }
    }

    /// A boolean.
    pub fn bool(&mut self) -> Result<bool> {
        if let Some(told) = self.told.take() {
            return Ok(told);
        }
        let [byte] = self.fixed()?;
        Ok(byte == 1)
    }

    /// A whole number of any size.
    pub fn integer(&mut self, kind: Kind) -> Result<i64> {
        match (kind, self.protocol) {
            (Kind::Byte, _) => Ok(i64::from(i8::from_be_bytes(self.fixed()?))),
            (Kind::I16 | Kind::I32 | Kind::I64, Protocol::Compact) => self.zigzag(),
            (Kind::I16, _) => Ok(i64::from(i16::from_be_bytes(self.fixed()?))),
            (Kind::I32, _) => Ok(i64::from(i32::from_be_bytes(self.fixed()?))),
            (Kind::I64, _) => Ok(i64::from_be_bytes(self.fixed()?)),
            _ => self.error("no whole number where one was expected"),
        }
    }

    /// A double.
    pub fn double(&mut self) -> Result<f64> {
        let bytes = self.fixed()?;
        Ok(match self.protocol {
            Protocol::Binary => f64::from_be_bytes(bytes),
            Protocol::Compact => f64::from_le_bytes(bytes),
        })
    }

    /// Bytes or a string.
    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    fn length(&mut self) -> Result<usize> {
        let length = match self.protocol {
            Protocol::Binary => u64::from(u32::from_be_bytes(self.fixed()?)),
            Protocol::Compact => self.varint()?,
        };
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// Reads each struct of a list; of a list of others, none.
    pub fn each(&mut self, mut read: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        let (kind, count) = self.list()?;
        for _ in 0..count {
            match kind {
                Kind::Struct => read(self)?,
                _ => self.skip(kind)?,
            }
        }
        Ok(())
    }

    /// The type of a list's items, and how many it says there are.
    pub fn list(&mut self) -> Result<(Kind, u64)> {
        let start = self.at;
        let [header] = self.fixed()?;
        let (kind, count) = match self.protocol {
            Protocol::Binary => (
                Kind::of_binary(header),
                u64::from(u32::from_be_bytes(self.fixed()?)),
            ),
            Protocol::Compact => {
                let count = match header >> 4 {
                    15 => self.varint()?,
                    count => u64::from(count),
                };
                (Kind::of_compact(header & 0x0f), count)
            }
        };
        self.told = None;
        match kind {
            Some(kind) => Ok((kind, count)),
            None => Err(ThriftError {
                at: start,
                what: "a list of no known type",
            }),
        }
    }
}

#[cfg(test)]
mod tests;
