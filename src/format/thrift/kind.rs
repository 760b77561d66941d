//! Types of values, and their codes in the two protocols.

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

impl Kind {
    /// The type that a code of the binary protocol stands for.
    pub(super) fn of_binary(code: u8) -> Option<Self> {
        Some(match code {
            2 => Self::Bool,
            3 => Self::Byte,
            4 => Self::Double,
            6 => Self::I16,
            8 => Self::I32,
            10 => Self::I64,
            11 => Self::Binary,
            12 => Self::Struct,
            13 => Self::Map,
            14 | 15 => Self::List,
            16 => Self::Uuid,
            _ => return None,
        })
    }

    /// The type that a code of the compact protocol stands for.
    pub(super) fn of_compact(code: u8) -> Option<Self> {
        Some(match code {
            1 | 2 => Self::Bool,
            3 => Self::Byte,
            4 => Self::I16,
            5 => Self::I32,
            6 => Self::I64,
            7 => Self::Double,
            8 => Self::Binary,
            9 | 10 => Self::List,
            11 => Self::Map,
            12 => Self::Struct,
            13 => Self::Uuid,
            _ => return None,
        })
    }
}
