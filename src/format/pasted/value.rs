//! Values of propagation headers: which trace and span each kind names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::format::json::JsonReader;
use crate::model::{SpanId, TraceId};

/// A trace, and a span of it if the value names one.
pub(super) type Ids = (TraceId, Option<SpanId>);

/// `00-<32 hex>-<16 hex>-<2 hex>` (W3C Trace Context, 3.2). Version `ff` is none, and what later
/// versions add stands behind another hyphen.
pub(super) fn traceparent(text: &str) -> Option<Ids> {
    let mut parts = text.split('-');
    let version = parts.next().filter(|version| is_hex(version, 2..=2))?;
    let trace_id = parts.next().filter(|id| is_hex(id, 32..=32))?;
    let span_id = parts.next().filter(|id| is_hex(id, 16..=16))?;
    parts.next().filter(|flags| is_hex(flags, 2..=2))?;
    let is_whole = version != "00" || parts.next().is_none();
    let span_id = span(span_id)?;
    (is_whole && !version.eq_ignore_ascii_case("ff") && span_id != SpanId(0))
        .then_some((trace(trace_id)?, Some(span_id)))
}

/// `<16|32 hex>-<16 hex>[-{0|1|d}[-<16 hex>]]`, Zipkin's header `b3`; without a parent it is
/// Sentry's `sentry-trace` too.
pub(super) fn b3(text: &str) -> Option<Ids> {
    let mut parts = text.split('-');
    let trace_id = parts
        .next()
        .filter(|id| is_hex(id, 16..=16) || is_hex(id, 32..=32))?;
    let span_id = parts.next().filter(|id| is_hex(id, 16..=16))?;
    let is_sampling = |text: &str| matches!(text, "0" | "1" | "d");
    let rest_fits = parts.next().is_none_or(is_sampling)
        && parts.next().is_none_or(|id| is_hex(id, 16..=16))
        && parts.next().is_none();
    rest_fits.then_some((trace(trace_id)?, span(span_id)))
}

/// `trace:span:parent:flags`, Jaeger's `uber-trace-id`, hex without leading zeros.
pub(super) fn uber(text: &str) -> Option<Ids> {
    let mut parts = text.split(':');
    let trace_id = parts.next().filter(|id| is_hex(id, 1..=32))?;
    let span_id = parts.next().filter(|id| is_hex(id, 1..=16))?;
    parts.next().filter(|id| is_hex(id, 1..=16))?;
    parts.next().filter(|flags| is_hex(flags, 1..=2))?;
    let ids = (trace(trace_id)?, span(span_id));
    parts.next().is_none().then_some(ids)
}

/// `1-<8 hex>-<24 hex>`, a trace id of X-Ray; `CloudWatch` writes `@` and the segment behind it.
pub(super) fn xray(text: &str) -> Option<Ids> {
    let (id, segment) = text.split_once('@').unwrap_or((text, ""));
    let (time, rest) = id.strip_prefix("1-")?.split_once('-')?;
    let fits = is_hex(time, 8..=8) && is_hex(rest, 24..=24);
    let trace_id = trace(&format!("{time}{rest}"))?;
    fits.then_some((trace_id, span(segment)))
}

/// `Root=1-...;Parent=<16 hex>;Sampled=1`, as `X-Amzn-Trace-Id` has it. A load balancer puts
/// `Self=` before it, which is not the trace.
pub(super) fn amzn(text: &str) -> Option<Ids> {
    let part = |name: &str| {
        let parts = text.split(';').map(str::trim);
        parts
            .filter_map(|part| part.split_once('='))
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    };
    let (trace_id, _) = xray(part("Root")?)?;
    Some((trace_id, part("Parent").and_then(span)))
}

/// `<32 hex>/<decimal>[;o=1]`, Google Cloud's `X-Cloud-Trace-Context`.
pub(super) fn cloud(text: &str) -> Option<Ids> {
    let (text, _) = text.split_once(";o=").unwrap_or((text, ""));
    let (trace_id, span_id) = text.split_once('/').unwrap_or((text, "0"));
    let trace_id = trace(trace_id).filter(|_| is_hex(trace_id, 32..=32))?;
    let span_id: u64 = span_id.parse().ok()?;
    Some((trace_id, Some(SpanId(span_id)).filter(|id| !id.is_zero())))
}

/// `sw8`: eight fields, the second of them the trace id in base64.
pub(super) fn sw8(text: &str) -> Option<Ids> {
    let fields: Vec<&str> = text.split('-').collect();
    let [sample, trace_id, _, _, _, _, _, _] = fields.as_slice() else {
        return None;
    };
    let decoded = STANDARD.decode(trace_id).ok()?;
    let id = String::from_utf8(decoded).ok()?;
    (matches!(*sample, "0" | "1") && !id.is_empty()).then_some((TraceId::of_text(&id), None))
}

/// `agent^<ms>^<sequence>`, a transaction id of Pinpoint.
pub(super) fn pinpoint(text: &str) -> Option<Ids> {
    let mut parts = text.split('^');
    let agent = parts.next()?;
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let fits = !agent.is_empty() && is_number(parts.next()) && is_number(parts.next());
    (fits && parts.next().is_none()).then_some((TraceId::of_text(text), None))
}

/// `<32 hex>.<thread>.<sequence>`, a trace id of `SkyWalking` as its logs have it.
pub(super) fn skywalking(text: &str) -> Option<Ids> {
    let mut parts = text.split('.');
    let instance = parts.next().filter(|id| is_hex(id, 32..=32));
    let mut number = || parts.next()?.parse::<u64>().ok();
    let fits = instance.is_some() && number().is_some() && number().is_some_and(|n| n > 1 << 32);
    (fits && parts.next().is_none()).then_some((TraceId::of_text(text), None))
}

/// `newrelic`: base64 of JSON, with `d.tr` the trace and `d.id` the span.
pub(super) fn newrelic(text: &str) -> Option<Ids> {
    let decoded = STANDARD.decode(text).ok()?;
    let mut json = JsonReader::new(&decoded);
    let (mut trace_id, mut span_id) = (None, None);
    json.enter_object().ok()?;
    while let Some(key) = json.next_key().ok()? {
        if key != "d" {
            json.skip().ok()?;
            continue;
        }
        json.enter_object().ok()?;
        while let Some(key) = json.next_key().ok()? {
            match &*key {
                "tr" => trace_id = json.scalar_text().ok()?,
                "id" => span_id = json.scalar_text().ok()?,
                _ => drop(json.skip().ok()?),
            }
        }
    }
    Some((trace(&trace_id?)?, span_id.as_deref().and_then(span)))
}

/// `projects/P/traces/<32 hex>`, as Google's logs name a trace.
pub(super) fn resource_name(text: &str) -> Option<Ids> {
    let (_, id) = text.strip_prefix("projects/")?.split_once("/traces/")?;
    Some((trace(id)?, None))
}

/// An id in hex whose leading zeros may be missing, with a UUID's hyphens or none.
pub(super) fn hex(text: &str) -> Option<Ids> {
    if is_hex(text, 7..=32) {
        return Some((trace(text)?, None));
    }
    uuid(text)
}

/// `8-4-4-4-12` hex digits.
pub(super) fn uuid(text: &str) -> Option<Ids> {
    let lengths = text.split('-').map(str::len);
    if !lengths.eq([8, 4, 4, 4, 12]) {
        return None;
    }
    Some((trace(&text.replace('-', ""))?, None))
}

/// 16 bytes in base64, as protobuf's JSON has them.
pub(super) fn base64(text: &str) -> Option<Ids> {
    if text.len() != 24 || !text.ends_with("==") {
        return None;
    }
    let bytes = STANDARD.decode(text).ok()?;
    Some((TraceId::from_bytes(&bytes)?, None))
}

/// 64 bits in decimal, as Datadog writes them.
pub(super) fn decimal(text: &str) -> Option<u64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

pub(super) fn trace(text: &str) -> Option<TraceId> {
    text.parse().ok()
}

/// A span id that is one.
pub(super) fn span(text: &str) -> Option<SpanId> {
    text.parse().ok().filter(|id: &SpanId| !id.is_zero())
}

pub(super) fn is_hex(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
