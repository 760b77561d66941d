//! Which decoder reads the documents of a format, and where a large one may be cut.
//!
//! A new format of text is registered here, by one line of [`of`].

use crate::format::course::Course;
use crate::format::{
    Decode, Format, chrome, clickhouse, cloud_trace, datadog, elastic, jaeger, otlp, perfetto,
    pinpoint, tempo, xray, zipkin,
};

/// How documents of a format are read.
#[derive(Clone, Copy)]
pub(super) struct Documents {
    /// Who decodes a whole one, or a piece of one with the brackets around it.
    pub decoder: Decoder,
    /// Where one may be cut into such pieces.
    pub cut: Cut,
}

/// Who decodes pieces.
#[derive(Clone, Copy)]
pub(super) enum Decoder {
    /// Each by itself.
    Each(Decode),
    /// One after another: something is kept between them.
    Course(fn() -> Box<dyn Course>),
}

impl Cut {
    /// Whether it is not text that is cut.
    pub(super) fn is_binary(self) -> bool {
        matches!(self, Self::Packed | Self::Fields(_) | Self::Thrift)
    }
}

/// What the fields of a message in protobuf are to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fields {
    /// Nothing.
    Apart,
    /// Zipkin's spans: those of one trace belong together.
    Grouped,
    /// Jaeger's spans, and the process that emitted them.
    Batch,
}

/// Where a document may be cut.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    /// Between documents, and between the elements of a list that is the document.
    Documents,
    /// Between the elements of its outermost list.
    Elements,
    /// The same, if they are lists: objects belong together.
    Lists,
    /// The same for lists; between objects where the value under this key changes, since those of
    /// one value belong together, unless there are too many.
    Groups(&'static str),
    /// Between the elements of its outermost list; a large one of them between those of its own
    /// lists.
    Within(&'static [Inner]),
    /// Between the traces of Datadog's `MessagePack`.
    Packed,
    /// Between the fields of a message in protobuf.
    Fields(Fields),
    /// Between the spans of a list in Thrift.
    Thrift,
}

/// A list within an element, between whose elements a cut may be.
#[derive(Debug)]
pub(super) struct Inner {
    /// The keys under which it stands.
    pub names: &'static [&'static str],
    /// What has to stand before it, since it explains the elements.
    pub before: Option<&'static str>,
    /// What explains the elements and may stand behind them: it is sought ahead.
    pub behind: Option<&'static str>,
}

/// Batches of OTLP and what is in them. Every writer names a resource before its spans.
const OTLP: &[Inner] = &[
    Inner {
        names: &[
            "scopeSpans",
            "scope_spans",
            "instrumentationLibrarySpans",
            "scopeLogs",
            "scope_logs",
        ],
        before: Some("resource"),
        behind: None,
    },
    Inner {
        names: &["spans", "logRecords", "log_records"],
        before: None,
        behind: None,
    },
];

/// Jaeger writes the processes of a trace behind its spans.
const JAEGER: &[Inner] = &[Inner {
    names: &["spans"],
    before: None,
    behind: Some("processes"),
}];

/// How documents of `format` are read.
pub(super) fn of(format: Format) -> Documents {
    use Decoder::{Course, Each};
    let (decoder, cut) = match format {
        Format::JaegerJson => (Each(jaeger::decode), Cut::Within(JAEGER)),
        Format::ZipkinV1 | Format::ZipkinV2 => (Each(zipkin::decode), Cut::Groups("traceId")),
        Format::Elastic => (Each(elastic::decode), Cut::Elements),
        Format::ElasticIntake => (Course(elastic::intake::course), Cut::Elements),
        Format::Chrome => (Course(chrome::course), Cut::Elements),
        Format::DatadogJson => (Each(datadog::decode), Cut::Lists),
        Format::DatadogMsgpack => (Each(datadog::decode_packed), Cut::Packed),
        Format::ClickHouse => (Each(clickhouse::decode), Cut::Elements),
        Format::JaegerProto => (Each(jaeger::decode_proto), Cut::Fields(Fields::Batch)),
        Format::JaegerThrift => (Each(jaeger::decode_thrift), Cut::Thrift),
        Format::ZipkinProto => (Each(zipkin::decode_proto), Cut::Fields(Fields::Grouped)),
        Format::ZipkinThrift => (Each(zipkin::decode_thrift), Cut::Thrift),
        Format::Xray => (Course(xray::course), Cut::Elements),
        Format::CloudTrace => (Each(cloud_trace::decode), Cut::Elements),
        Format::Pinpoint => (Each(pinpoint::decode), Cut::Documents),
        Format::Perfetto => (Course(perfetto::course), Cut::Fields(Fields::Apart)),
        Format::TempoSearch => (Each(tempo::decode), Cut::Elements),
        _ => (Each(otlp::json::decode), Cut::Within(OTLP)),
    };
    Documents { decoder, cut }
}
