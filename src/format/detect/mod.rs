//! Which format some bytes are: decided by content, never by a name.

mod json;
mod protobuf;

pub(super) use protobuf::signal;

use super::console::Dialect;
use super::jaeger;
use super::otlp::Signal;
use super::problem::Reason;
use super::read::find_document;
use super::{Format, datadog};

/// What an input was recognised as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recognised {
    /// The format.
    pub format: Format,
    /// How its messages follow one another.
    pub framing: Framing,
    /// What gave it away, in words.
    pub why: &'static str,
}

/// How messages follow one another in an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// JSON documents, one after another.
    Documents,
    /// Documents among other lines, as a console shows them.
    Excerpts,
    /// One protobuf message, of this signal.
    Message(Signal),
    /// A protobuf message around another, of traces: Tempo's `TraceByIDResponse`, Jaeger's
    /// `PostSpansRequest`.
    Wrapped,
    /// A binary message of another format than OTLP.
    Whole,
    /// Each message behind its length in four bytes, most significant first, perhaps compressed:
    /// the collector's file exporter with `format: proto` or `compression: zstd`.
    Prefixed,
}

/// Why no format was recognised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unrecognised {
    /// The kind of reason.
    pub reason: Reason,
    /// What it is instead, as far as that is known.
    pub message: String,
}

impl Unrecognised {
    fn unsupported(what: &str) -> Self {
        Self {
            reason: Reason::Unsupported,
            message: format!("this is {what}; it holds no spans that can be read"),
        }
    }
}

/// Recognises the format by the first bytes of an input.
pub fn detect(head: &[u8]) -> Result<Recognised, Unrecognised> {
    let text = trim(head);
    match text {
        [] => Err(Unrecognised {
            reason: Reason::Unsupported,
            message: "the input is empty".to_owned(),
        }),
        [b'{' | b'[', ..] => json::detect(text).or_else(|other| console(text).ok_or(other)),
        _ => prefixed(head)
            .or_else(|| protobuf::detect(head))
            .or_else(|| thrift(head))
            .or_else(|| packed(head))
            .or_else(|| console(text))
            .ok_or_else(|| other(text)),
    }
}

/// The text behind a byte order mark, white space and record separators.
fn trim(head: &[u8]) -> &[u8] {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = text
        .iter()
        .position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x1e));
    start
        .and_then(|start| text.get(start..))
        .unwrap_or_default()
}

/// Spans among the lines of a console.
fn console(text: &[u8]) -> Option<Recognised> {
    let dialect = find_document(text, Dialect::of)?;
    Some(Recognised {
        format: Format::Console,
        framing: Framing::Excerpts,
        why: dialect.why(),
    })
}

/// Lists of maps, or a table of strings before lists.
fn packed(head: &[u8]) -> Option<Recognised> {
    datadog::begins_packed(head).then_some(Recognised {
        format: Format::DatadogMsgpack,
        framing: Framing::Whole,
        why: "lists of spans in MessagePack, as Datadog's tracers send",
    })
}

fn prefixed(head: &[u8]) -> Option<Recognised> {
    let (length, message) = head.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length) as usize;
    let begins = matches!(message, [b'{' | 0x0a, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..]);
    // Up to 64 MiB: from 0x0a000000 on it would be a bare protobuf message.
    if !(2..=64 << 20).contains(&length) || !begins {
        return None;
    }
    let format = if message.first() == Some(&b'{') {
        Format::OtlpJson
    } else {
        Format::OtlpProto
    };
    Some(Recognised {
        format,
        framing: Framing::Prefixed,
        why: "messages behind their lengths, as the collector's file exporter writes",
    })
}

/// Lists of Zipkin's spans, and batches of Jaeger's, bare or in a call.
fn thrift(head: &[u8]) -> Option<Recognised> {
    let call = |name: &[u8]| {
        let head = head.get(..32).unwrap_or(head);
        head.windows(name.len()).any(|window| window == name)
    };
    let (format, why) = match head {
        [0x80, 1, 0, ..] | [0x82, ..] if call(b"emitZipkinBatch") => {
            (Format::ZipkinThrift, "a call of emitZipkinBatch in Thrift")
        }
        [0x80, 1, 0, ..] | [0x82, ..] | [0, 0, 0, 9, ..] if call(b"emitBatch") => {
            (Format::JaegerThrift, "a call of emitBatch in Thrift")
        }
        // The count of the list, then the header of a field: its type and a small number.
        [0x0c, 0, _, _, _, 2 | 8 | 10 | 11 | 15, 0, 1..=12, ..] => {
            (Format::ZipkinThrift, "a list of Zipkin spans in Thrift")
        }
        [0x80 | 0x82 | 0, ..] => return None,
        _ if jaeger::Shape::of(head).is_some() => {
            (Format::JaegerThrift, "a batch of Jaeger spans in Thrift")
        }
        _ => return None,
    };
    Some(Recognised {
        format,
        framing: Framing::Whole,
        why,
    })
}

/// Names what people open by mistake.
fn other(text: &[u8]) -> Unrecognised {
    let what = match text {
        [b'<', ..] => "a page of HTML or XML, perhaps a login page saved instead of the data",
        [b'P', b'A', b'R', b'1', ..] => "a Parquet file, and no format of traces",
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => "an Arrow file, and no format of traces",
        [4, 0x22, 0x4d, 0x18, ..] => "compressed with LZ4; unpack it first",
        [0xff, 6, 0, 0, b's', b'N', b'a', b'P', b'p', b'Y', ..] => {
            "compressed with Snappy; unpack it first"
        }
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => "compressed with zlib; unpack it first",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "text in UTF-16; save it as UTF-8",
        [0x0b | 0x0c, ..] => "in Thrift, as it seems, but neither Jaeger's nor Zipkin's spans",
        _ if is_text(text) => "text of no format of traces",
        _ => "of no known format",
    };
    Unrecognised {
        reason: Reason::Unsupported,
        message: format!("this is {what}"),
    }
}

/// Whether the beginning is something to read.
fn is_text(text: &[u8]) -> bool {
    let head = text.get(..64).unwrap_or(text);
    !head.contains(&0) && !std::str::from_utf8(head).is_err_and(|error| error.error_len().is_some())
}

#[cfg(test)]
mod tests;
