//! Bytes to blocks of spans, and traces to bytes: one file per format, and the recognition of
//! formats and containers by their content.
//!
//! A decoder is a function from the bytes of one document or request to a
//! [`BlockBuilder`](crate::model::BlockBuilder): it puts what it reads straight into columns and
//! tells a [`Findings`] what it had to leave out. What is wrong with one span costs that span
//! only. An `Err` ends the document: what was read before stays in the builder, and whoever
//! called decides whether to keep it (a file does, a request does not).
//!
//! No I/O here: sources are `Read`, targets are `Write`, both given.

mod container;
mod detect;
pub mod explained;
pub mod jaeger;
pub mod json;
pub mod otlp;
pub mod protobuf;
pub mod zipkin;

mod findings;
mod limits;
mod problem;
mod read;
pub mod table;
mod write;

pub use container::Container;
pub use detect::{Framing, Recognised, Unrecognised, detect};
pub use findings::Findings;
pub use limits::Limits;
pub use problem::{Place, Problem, Reason};
pub use read::{Input, ReadOptions, Sink, read};
pub use write::{WriteError, write};

/// A format of traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// OTLP as JSON, in all the shapes that tools write.
    OtlpJson,
    /// OTLP as protobuf: bare, or each message behind its length.
    OtlpProto,
    /// Jaeger's JSON: an answer of its API, a download of its UI, a trace, a list of traces.
    JaegerJson,
    /// Zipkin's JSON of version 2.
    ZipkinV2,
    /// Zipkin's JSON of version 1.
    ZipkinV1,
    /// A table of spans, comma-separated. Written only.
    Csv,
    /// A table of spans in Markdown. Written only.
    Markdown,
}

impl Format {
    /// All formats, in the order in which help lists them.
    pub const ALL: [Self; 7] = [
        Self::OtlpJson,
        Self::OtlpProto,
        Self::JaegerJson,
        Self::ZipkinV2,
        Self::ZipkinV1,
        Self::Csv,
        Self::Markdown,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::OtlpJson => "otlp-json",
            Self::OtlpProto => "otlp-proto",
            Self::JaegerJson => "jaeger-json",
            Self::ZipkinV2 => "zipkin-v2",
            Self::ZipkinV1 => "zipkin-v1",
            Self::Csv => "csv",
            Self::Markdown => "md",
        }
    }

    /// The format of a name or of a short name: `otlp`, `jaeger`, `zipkin`, `markdown`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "otlp" => Some(Self::OtlpJson),
            "jaeger" => Some(Self::JaegerJson),
            "zipkin" => Some(Self::ZipkinV2),
            "markdown" => Some(Self::Markdown),
            _ => Self::ALL.into_iter().find(|format| format.name() == name),
        }
    }

    /// Whether files of it can be read.
    pub fn is_readable(self) -> bool {
        !matches!(self, Self::Csv | Self::Markdown)
    }

    /// Whether traces can be written in it.
    pub fn is_writable(self) -> bool {
        self != Self::ZipkinV1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_answers_to_its_name() {
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(format));
        }
        assert_eq!(Format::from_name("otlp"), Some(Format::OtlpJson));
        assert_eq!(Format::from_name("yaml"), None);
    }
}
