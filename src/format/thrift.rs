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

mod skip;

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

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A boolean; in a field of the compact protocol its type tells its value.
    Bool,
    /// One byte.
    Byte,
    /// A whole number of 16, 32 or 64 bits.
    I16,
    /// As [`Self::I16`].
    I32,
    /// As [`Self::I16`].
    I64,
    /// A double.
    Double,
    /// Bytes or a string.
    Binary,
    /// A struct.
    Struct,
    /// A map.
    Map,
    /// A list or a set.
    List,
    /// Sixteen bytes.
    Uuid,
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

/// The header of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// The method's name.
    pub name: &'a [u8],
    /// Whether nobody waits for a reply.
    pub is_oneway: bool,
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

    /// The header of a message: a call of a method, whose arguments, a struct, come next.
    pub fn message(&mut self) -> Result<Message<'a>> {
        let kind = match self.protocol {
            Protocol::Compact => {
                let [protocol, kind] = self.fixed()?;
                if protocol != 0x82 || kind & 0x1f != 1 {
                    return self.error("no message of the compact protocol");
                }
                self.varint()?;
                kind >> 5
            }
            Protocol::Binary => return self.binary_message(),
        };
        let length = self.length()?;
        let name = self.take(length)?;
        Ok(Message {
            name,
            is_oneway: kind == 4,
        })
    }

    /// With a version, or, of old clients, without one.
    fn binary_message(&mut self) -> Result<Message<'a>> {
        let first = u32::from_be_bytes(self.fixed()?);
        let strict = first & 0x8000_0000 != 0;
        if strict && first >> 16 != 0x8001 {
            return self.error("no message of the binary protocol");
        }
        let length = if strict {
            self.length()?
        } else {
            first as usize
        };
        let name = self.take(length)?;
        let kind = if strict {
            first as u8
        } else {
            self.fixed::<1>()?[0]
        };
        self.fixed::<4>()?;
        Ok(Message {
            name,
            is_oneway: kind == 4,
        })
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
                (id, binary_kind(header))
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
                (id, compact_kind(header & 0x0f))
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
                binary_kind(header),
                u64::from(u32::from_be_bytes(self.fixed()?)),
            ),
            Protocol::Compact => {
                let count = match header >> 4 {
                    15 => self.varint()?,
                    count => u64::from(count),
                };
                (compact_kind(header & 0x0f), count)
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

fn binary_kind(code: u8) -> Option<Kind> {
    Some(match code {
        2 => Kind::Bool,
        3 => Kind::Byte,
        4 => Kind::Double,
        6 => Kind::I16,
        8 => Kind::I32,
        10 => Kind::I64,
        11 => Kind::Binary,
        12 => Kind::Struct,
        13 => Kind::Map,
        14 | 15 => Kind::List,
        16 => Kind::Uuid,
        _ => return None,
    })
}

fn compact_kind(code: u8) -> Option<Kind> {
    Some(match code {
        1 | 2 => Kind::Bool,
        3 => Kind::Byte,
        4 => Kind::I16,
        5 => Kind::I32,
        6 => Kind::I64,
        7 => Kind::Double,
        8 => Kind::Binary,
        9 | 10 => Kind::List,
        11 => Kind::Map,
        12 => Kind::Struct,
        13 => Kind::Uuid,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
