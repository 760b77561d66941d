//! Bytes to blocks of spans, and traces to bytes: one file per format, and the recognition of
//! formats and containers by their content.
//!
//! A decoder ([`Decode`]) is a function from the bytes of one document or request to an
//! [`Output`]: it puts what it reads straight into the columns of its block and tells its
//! [`Findings`] what it had to leave out. What is wrong with one span costs that span only. An
//! `Err` ends the document: what was read before stays in the block, and whoever called decides
//! whether to keep it (a file does, a request does not).
//!
//! No I/O here: sources are `Read`, targets are `Write`, both given.

mod cache;
mod chrome;
mod clickhouse;
mod cloud_trace;
mod console;
mod container;
mod course;
mod datadog;
mod decimal;
mod detect;
mod draft;
mod elastic;
pub mod explained;
mod findings;
mod flat;
mod id;
pub mod jaeger;
pub mod json;
mod limits;
pub mod otlp;
mod output;
pub mod pasted;
mod perfetto;
mod pinpoint;
mod problem;
pub mod protobuf;
mod read;
mod row;
#[cfg(test)]
mod sample;
pub mod table;
mod tempo;
pub mod thrift;
mod timeline;
mod walk;
mod write;
mod xray;
pub mod zipkin;

pub use container::Container;
pub use detect::{Framing, Recognised, Unrecognised, detect};
pub use findings::Findings;
pub use limits::Limits;
pub use output::{Decode, Output};
pub use problem::{Place, Problem, Reason};
pub use read::{Input, ReadOptions, Sink, Source, Sources, look_ahead, read, read_all};
pub use write::{LeftOut, WriteError, Writer, write};

/// A format of traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// OTLP as JSON, in all the shapes that tools write.
    OtlpJson,
    /// OTLP as protobuf: bare, or each message behind its length.
    OtlpProto,
    /// Jaeger's JSON: an answer of its API, a download of its UI, a trace, a list of traces.
    JaegerJson,
    /// Jaeger's protobuf, `jaeger.api_v2`.
    JaegerProto,
    /// Jaeger's Thrift.
    JaegerThrift,
    /// Zipkin's JSON of version 2.
    ZipkinV2,
    /// Zipkin's JSON of version 1.
    ZipkinV1,
    /// Zipkin's protobuf, of version 2.
    ZipkinProto,
    /// Zipkin's Thrift, of version 1.
    ZipkinThrift,
    /// Documents of Elasticsearch or `OpenSearch`: Jaeger's, Elastic APM's, Data Prepper's.
    Elastic,
    /// What agents of Elastic APM send.
    ElasticIntake,
    /// Rows of the collector's table in `ClickHouse`.
    ClickHouse,
    /// Answers of a Tempo search: rows with the matched spans.
    TempoSearch,
    /// What the console exporters of OpenTelemetry's SDKs print.
    Console,
    /// AWS X-Ray segments, and answers with them.
    Xray,
    /// Google Cloud Trace, versions 1 and 2.
    CloudTrace,
    /// A transaction of Pinpoint.
    Pinpoint,
    /// Chrome's trace events.
    Chrome,
    /// Perfetto's protobuf.
    Perfetto,
    /// What Datadog's tracers send, in JSON.
    DatadogJson,
    /// What Datadog's tracers send, in `MessagePack`.
    DatadogMsgpack,
    /// A table of spans, comma-separated. Written only.
    Csv,
    /// A table of spans in Markdown. Written only.
    Markdown,
}

/// What is known of a format: one row of the table of formats.
struct About {
    format: Format,
    /// The name on the command line.
    name: &'static str,
    access: Access,
    /// What it is, for the table in the README.
    what: &'static str,
}

/// What can be done with a format.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
    Both,
}

const fn about(format: Format, name: &'static str, access: Access, what: &'static str) -> About {
    About {
        format,
        name,
        access,
        what,
    }
}

use Access::{Both, Read, Write};

/// All formats, in the order in which help lists them.
#[rustfmt::skip]
const FORMATS: &[About] = &[
    about(Format::OtlpJson, "otlp-json", Both, "OTLP JSON, one document or a line each; Tempo's traces; Java's `logging-otlp`"),
    about(Format::OtlpProto, "otlp-proto", Both, "OTLP protobuf, bare or behind lengths; Tempo's traces"),
    about(Format::JaegerJson, "jaeger-json", Both, "Jaeger's answers, downloads of its UI, bare traces and spans, what `grpcurl` prints of its model"),
    about(Format::JaegerProto, "jaeger-proto", Read, "Jaeger protobuf: `Batch`, `PostSpansRequest`, `SpansResponseChunk`"),
    about(Format::JaegerThrift, "jaeger-thrift", Read, "Jaeger Thrift, binary or compact: `Batch`, or a call of `emitBatch`"),
    about(Format::ZipkinV2, "zipkin-v2", Both, "Zipkin JSON, version 2"),
    about(Format::ZipkinV1, "zipkin-v1", Read, "Zipkin JSON, version 1"),
    about(Format::ZipkinProto, "zipkin-proto", Read, "Zipkin protobuf, `ListOfSpans`"),
    about(Format::ZipkinThrift, "zipkin-thrift", Read, "Zipkin Thrift, a list of spans of version 1"),
    about(Format::Elastic, "elastic", Read, "Documents of Elasticsearch and OpenSearch: Jaeger's, Elastic APM's, Data Prepper's, SS4O's"),
    about(Format::ElasticIntake, "elastic-intake", Read, "Lines that agents of Elastic APM send: intake v2, v3 of browsers"),
    about(Format::ClickHouse, "clickhouse", Read, "Rows of ClickHouse's `otel_traces`"),
    about(Format::TempoSearch, "tempo-search", Read, "Answers of a Tempo search: each row with its matched spans"),
    about(Format::Console, "otel-console", Read, "Console output of the OpenTelemetry SDKs of Python, JavaScript, Go and Java, among other log lines"),
    about(Format::Xray, "xray", Read, "AWS X-Ray segments, bare or behind the daemon's header, and answers of `BatchGetTraces`"),
    about(Format::CloudTrace, "cloud-trace", Read, "Google Cloud Trace: version 1 (lists, traces, `PatchTraces`), version 2 (`batchWrite`)"),
    about(Format::Pinpoint, "pinpoint", Read, "Pinpoint: a transaction with its call stack, or its timeline"),
    about(Format::Chrome, "chrome", Both, "Chrome's trace events, and all who write them: Kineto, Clang, Bazel, `tracing-chrome`"),
    about(Format::Perfetto, "perfetto", Read, "Perfetto's protobuf: slices and instants of its tracks"),
    about(Format::DatadogJson, "datadog-json", Read, "What Datadog's tracers send to the agent, in JSON"),
    about(Format::DatadogMsgpack, "datadog-msgpack", Read, "The same in MessagePack, v0.4 and v0.5"),
    about(Format::Csv, "csv", Write, "A table of spans, comma-separated"),
    about(Format::Markdown, "md", Write, "A table of spans in Markdown"),
];

impl Format {
    /// All formats, in the order in which help lists them.
    pub const ALL: [Self; FORMATS.len()] = {
        let mut all = [Self::OtlpJson; FORMATS.len()];
        let mut index = 0;
        while index < FORMATS.len() {
            all[index] = FORMATS[index].format;
            index += 1;
        }
        all
    };

    fn about(self) -> &'static About {
        let found = FORMATS.iter().find(|about| about.format == self);
        found.unwrap_or(&FORMATS[0])
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// What it is, in a few words.
    pub fn what(self) -> &'static str {
        self.about().what
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
        self.about().access != Write
    }

    /// Whether traces can be written in it.
    pub fn is_writable(self) -> bool {
        self.about().access != Read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_answers_to_its_name() {
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(format));
            assert_eq!(format.about().format, format, "a row of the table");
        }
        assert_eq!(Format::from_name("otlp"), Some(Format::OtlpJson));
        assert_eq!(Format::from_name("yaml"), None);
    }
}
