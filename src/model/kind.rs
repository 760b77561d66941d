//! What a span is in a call, and how it ended.

/// A span's role in a call, as OpenTelemetry defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum Kind {
    /// Not given.
    #[default]
    Unspecified,
    /// Work inside a service.
    Internal,
    /// Answering a request.
    Server,
    /// Making a request.
    Client,
    /// Sending a message.
    Producer,
    /// Handling a message.
    Consumer,
}

impl Kind {
    /// All kinds, in OTLP's numbering (0 to 5).
    pub const ALL: [Self; 6] = [
        Self::Unspecified,
        Self::Internal,
        Self::Server,
        Self::Client,
        Self::Producer,
        Self::Consumer,
    ];

    /// The kind of an OTLP number; unknown ones are unspecified.
    pub fn from_otlp(number: i64) -> Self {
        usize::try_from(number)
            .ok()
            .and_then(|n| Self::ALL.get(n))
            .copied()
            .unwrap_or_default()
    }

    /// The kind of a name in any case (`server`); `None` for other words.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// The name: `unspecified`, `internal`, `server`, `client`, `producer` or `consumer`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Internal => "internal",
            Self::Server => "server",
            Self::Client => "client",
            Self::Producer => "producer",
            Self::Consumer => "consumer",
        }
    }

    pub(super) fn bits(self) -> u8 {
        self as u8
    }

    pub(super) fn from_bits(bits: u8) -> Self {
        Self::ALL.get(bits as usize).copied().unwrap_or_default()
    }
}

/// How a span ended, as OpenTelemetry defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum Status {
    /// Not set.
    #[default]
    Unset,
    /// Declared fine.
    Ok,
    /// Failed.
    Error,
}

impl Status {
    /// The status of an OTLP number; unknown ones are unset.
    pub fn from_otlp(number: i64) -> Self {
        u8::try_from(number).map_or(Self::Unset, Self::from_bits)
    }

    /// The name: `unset`, `ok` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unset => "unset",
            Self::Ok => "ok",
            Self::Error => "error",
        }
    }

    pub(super) fn bits(self) -> u8 {
        self as u8
    }

    pub(super) fn from_bits(bits: u8) -> Self {
        match bits {
            1 => Self::Ok,
            2 => Self::Error,
            _ => Self::Unset,
        }
    }
}
