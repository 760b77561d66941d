//! Headers and fields of logs: ids that stand behind a name, however name and value are written:
//! `Name: value`, `name=value`, `"name":"value"`, `-H 'name: value'`.

use super::value::{self, Ids};
use super::{Found, start};
use crate::model::{SpanId, TraceId};

/// Bytes of the longest value that holds an id.
const LONGEST_VALUE: usize = 1 << 10;

/// How a value is read.
type Parse = fn(&str) -> Option<Ids>;

/// Propagation headers, and environment variables of the same values.
#[rustfmt::skip]
const HEADERS: [(&str, Parse); 14] = [
    ("traceparent", value::traceparent),
    ("elastic-apm-traceparent", value::traceparent),
    ("b3", value::b3),
    ("x-b3-traceid", value::hex),
    ("uber-trace-id", value::uber),
    ("x-amzn-trace-id", value::amzn),
    ("_x_amzn_trace_id", value::amzn),
    ("x-cloud-trace-context", value::cloud),
    ("sw8", value::sw8),
    ("pinpoint-traceid", value::pinpoint),
    ("sentry-trace", value::b3),
    ("ot-tracer-traceid", value::hex),
    ("newrelic", value::newrelic),
    ("root", root),
];

/// Fields of log records that hold a trace's id. Where names are used for other things too, only
/// ids of full length count.
#[rustfmt::skip]
const FIELDS: [(&str, Parse); 13] = [
    ("trace_id", id),
    ("traceid", id),
    ("trace-id", id),
    ("oteltraceid", id),
    ("trace.id", id),
    ("logging.googleapis.com/trace", id),
    ("trace", full_id),
    ("xray_trace_id", id),
    ("@tr", id),
    ("ptxid", id),
    ("tid", full_id),
    ("sw_ctx", skywalking_context),
    ("query", full_id),
];

/// Headers and fields that hold the span's.
const SPANS: [&str; 12] = [
    "x-b3-spanid",
    "ot-tracer-spanid",
    "x-datadog-parent-id",
    "dd.span_id",
    "span_id",
    "spanid",
    "span-id",
    "otelspanid",
    "span.id",
    "logging.googleapis.com/spanid",
    "segmentid",
    "@sp",
];

/// A name in lower case, and what stands behind it.
struct Pair<'t> {
    name: String,
    value: &'t str,
}

/// Finds ids by the names before them: headers first, then fields in the order of [`FIELDS`].
pub(super) fn find(text: &str, keep: &mut dyn FnMut(Found)) {
    let pairs: Vec<Pair<'_>> = pairs(text).collect();
    let span_id = SPANS.iter().find_map(|&name| {
        let mut named = pairs.iter().filter(|pair| pair.name == name);
        named.find_map(|pair| span_of(pair))
    });
    let mut certain = |(trace_id, own): Ids, why| {
        keep(Found {
            trace_id,
            span_id: own.or(span_id),
            why,
            is_certain: true,
        });
    };
    let mut by_names = |names: &[(&'static str, Parse)]| {
        for &(name, parse) in names {
            for pair in pairs.iter().filter(|pair| pair.name == name) {
                if let Some(ids) = parse(pair.value) {
                    certain(ids, name);
                }
            }
        }
    };
    by_names(&HEADERS);
    by_names(&FIELDS);
    if let Some(trace_id) = datadog(&pairs) {
        certain((trace_id, None), "an id of Datadog");
    }
}

/// The value of a field that is named after a trace's id, in any of the forms that logs have.
fn id(text: &str) -> Option<Ids> {
    full_id(text).or_else(|| value::hex(text))
}

/// The same without hex that lacks its leading zeros.
fn full_id(text: &str) -> Option<Ids> {
    let forms: [Parse; 8] = [
        value::traceparent,
        value::xray,
        value::cloud,
        value::resource_name,
        value::skywalking,
        value::pinpoint,
        value::base64,
        value::uuid,
    ];
    let is_full = value::is_hex(text, 16..=16) || value::is_hex(text, 32..=32);
    let special = forms.into_iter().find_map(|parse| parse(text));
    special.or_else(|| value::hex(text).filter(|_| is_full))
}

/// `[service,instance,trace,segment,span]`, as `SkyWalking`'s log appenders write it.
fn skywalking_context(text: &str) -> Option<Ids> {
    value::skywalking(text.split(',').nth(2)?.trim())
}

/// The trace of `Root=1-...;Parent=...`.
fn root(text: &str) -> Option<Ids> {
    value::xray(text.split(';').next()?)
}

/// Datadog names a trace by its low 64 bits in decimal, and the high ones in hex elsewhere.
fn datadog(pairs: &[Pair<'_>]) -> Option<TraceId> {
    let of = |names: &[&str]| {
        let mut named = pairs
            .iter()
            .filter(|pair| names.contains(&pair.name.as_str()));
        named.next().map(|pair| pair.value)
    };
    let text = of(&["x-datadog-trace-id", "dd.trace_id", "dd_trace_id"])?;
    if let (Some((id, _)), 32) = (value::hex(text), text.len()) {
        return Some(id);
    }
    let low = value::decimal(text)?;
    let high = of(&["_dd.p.tid"]).and_then(|high| u64::from_str_radix(high, 16).ok());
    Some(TraceId(
        u128::from(high.unwrap_or(0)) << 64 | u128::from(low),
    ))
}

fn span_of(pair: &Pair<'_>) -> Option<SpanId> {
    if matches!(&*pair.name, "dd.span_id" | "x-datadog-parent-id") {
        return value::decimal(pair.value).map(SpanId);
    }
    value::span(pair.value)
}

/// Every name with a value in a text, and what stands around both passed over.
fn pairs(text: &str) -> impl Iterator<Item = Pair<'_>> {
    text.match_indices([':', '=']).filter_map(move |(at, _)| {
        let before = text.get(..at)?.trim_end_matches(['"', '\'', ' ']);
        let name = before.rsplit(|c| !is_of_name(c)).next()?;
        let name = name
            .trim_start_matches(['-', '/', '.'])
            .to_ascii_lowercase();
        let behind = start(text.get(at + 1..)?, LONGEST_VALUE).trim_start_matches(AROUND);
        let (name, behind) = match nested_id(behind) {
            Some(id) => (name + ".id", id),
            None => (name, behind),
        };
        (!name.is_empty()).then(|| Pair {
            name,
            value: value(behind),
        })
    })
}

/// What may stand between a name, its separator and its value.
const AROUND: [char; 4] = ['"', '\'', ' ', '>'];

/// What stands behind `{"id":`, as Elastic nests the ids of traces and spans.
fn nested_id(text: &str) -> Option<&str> {
    let member = text.strip_prefix('{')?.trim_start_matches(AROUND);
    let behind = member.strip_prefix("id")?.trim_start_matches(AROUND);
    Some(behind.strip_prefix(':')?.trim_start_matches(AROUND))
}

/// A value, to where it ends; a list in brackets is one.
fn value(text: &str) -> &str {
    if text.starts_with('[') {
        return text.split(']').next().unwrap_or(text);
    }
    let closes = |c: char| matches!(c, '"' | '\'' | ',' | '}' | ')' | ']' | '&' | '<' | '|');
    let value = text.split(|c: char| c.is_whitespace() || closes(c)).next();
    // A sentence ends in a full stop.
    value.unwrap_or(text).trim_end_matches(['.', ';', '\\'])
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@' | '/')
}
