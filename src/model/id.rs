//! Trace and span identifiers, as W3C Trace Context defines them: 16 and 8 bytes, zero is none.

use std::fmt;
use std::str::FromStr;

/// A trace's identifier: 16 bytes, shown as 32 lower-case hex digits. Zero means *no trace*.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TraceId(pub u128);

/// A span's identifier within its trace: 8 bytes, shown as 16 lower-case hex digits. Zero
/// means *no span*, which is how a missing parent reference is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SpanId(pub u64);

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseIdError {
    /// Nothing there.
    #[error("an empty id")]
    Empty,
    /// More digits than the identifier holds.
    #[error("{found} hex digits, at most {most} expected")]
    TooLong {
        /// Digits found.
        found: usize,
        /// Digits the identifier holds.
        most: usize,
    },
    /// A character that is no hex digit.
    #[error("{0:?} is not a hex digit")]
    NotHex(char),
}

fn parse_hex(text: &str, most: usize) -> Result<u128, ParseIdError> {
    if text.is_empty() {
        return Err(ParseIdError::Empty);
    }
    if text.len() > most {
        return Err(ParseIdError::TooLong {
            found: text.len(),
            most,
        });
    }
    let mut id = 0u128;
    for c in text.chars() {
        let digit = c.to_digit(16).ok_or(ParseIdError::NotHex(c))?;
        id = id << 4 | u128::from(digit);
    }
    Ok(id)
}

impl TraceId {
    /// The id from its bytes in network order; fewer than 16 are its low end, as Jaeger and
    /// Zipkin write 64-bit ids. `None` for more than 16 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut id = [0; 16];
        id.get_mut(16usize.checked_sub(bytes.len())?..)?
            .copy_from_slice(bytes);
        Some(Self(u128::from_be_bytes(id)))
    }

    /// The id that stands for one of a system whose trace ids are text, as Pinpoint's and
    /// `SkyWalking`'s are: 128 bits of FNV-1a (RFC 9923).
    pub fn of_text(text: &str) -> Self {
        const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
        const PRIME: u128 = 0x0100_0000_0000_0000_0000_013b;
        let hash = |hash: u128, byte: u8| (hash ^ u128::from(byte)).wrapping_mul(PRIME);
        Self(text.bytes().fold(OFFSET, hash))
    }

    /// Whether this is *no trace*.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl SpanId {
    /// The id from its bytes in network order; fewer than 8 are its low end. `None` for more.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut id = [0; 8];
        id.get_mut(8usize.checked_sub(bytes.len())?..)?
            .copy_from_slice(bytes);
        Some(Self(u64::from_be_bytes(id)))
    }

    /// Whether this is *no span*.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl FromStr for TraceId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        parse_hex(text, 32).map(Self)
    }
}

impl FromStr for SpanId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        parse_hex(text, 16).map(|id| Self(id as u64))
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceId({self})")
    }
}

impl fmt::Debug for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpanId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_ids_are_padded_on_the_left() {
        assert_eq!(
            "7f1c".parse::<TraceId>().unwrap().to_string(),
            format!("{:0>32}", "7f1c")
        );
        assert_eq!(TraceId::from_bytes(&[1, 2]), Some(TraceId(0x0102)));
        assert_eq!(SpanId::from_bytes(&[0; 9]), None);
    }

    #[test]
    fn what_is_no_id_says_why() {
        assert_eq!("".parse::<SpanId>(), Err(ParseIdError::Empty));
        assert_eq!("xyz".parse::<SpanId>(), Err(ParseIdError::NotHex('x')));
        assert!(matches!(
            "0".repeat(33).parse::<TraceId>(),
            Err(ParseIdError::TooLong {
                found: 33,
                most: 32
            })
        ));
    }
}
