//! The parameters of API v3, each under its name and its older one, with Jaeger's complaints.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use crate::backend::{SearchRequest, Window};
use crate::model::{Nanos, Time, TraceId};
use crate::query_service::answer::Refused;
use crate::query_service::form::{self, Form, Tags};
use crate::query_service::params::{self, Params};
use crate::text::Clock;

/// Traces of a search when no depth is given.
const DEPTH: i64 = 100;

/// Jaeger's words for a parameter that it cannot read.
pub fn malformed(name: &str, why: impl std::fmt::Display) -> Refused {
    Refused::bad(format!("malformed parameter {name}: {why}"))
}

/// The value of a parameter or of its older name, and the name under which it was found.
pub fn either<'p>(
    params: &'p Params,
    name: &'static str,
    deprecated: &'static str,
) -> (&'static str, Option<&'p str>) {
    match params.get(name) {
        None => (deprecated, params.get(deprecated)),
        given => (name, given),
    }
}

/// Whether traces are wanted as they were received.
pub fn raw(params: &Params, name: &'static str, deprecated: &'static str) -> Result<bool, Refused> {
    let (name, given) = either(params, name, deprecated);
    given.map_or(Ok(false), |text| {
        params::boolean(text).map_err(|why| malformed(name, why))
    })
}

/// An instant in RFC 3339.
pub fn time(name: &str, text: &str) -> Result<Time, Refused> {
    let wrong = || {
        let layout = r#""2006-01-02T15:04:05.999999999Z07:00""#;
        malformed(
            name,
            format!("parsing time {text:?} as {layout}: cannot parse {text:?} as \"2006\""),
        )
    };
    // A date alone, or without a zone, is no RFC 3339.
    let zoned =
        text.contains(['T', 't']) && text.ends_with(|c: char| c == 'Z' || c.is_ascii_digit());
    let parsed = zoned.then(|| Clock::utc().parse(text).ok()).flatten();
    parsed.map(Time).ok_or_else(wrong)
}

/// Hex, or base64 of 8 or 16 bytes; what is both is hex.
pub fn trace_id(text: &str) -> Result<TraceId, String> {
    params::trace_id(text).or_else(|complaint| {
        let engines = [&STANDARD, &URL_SAFE, &STANDARD_NO_PAD, &URL_SAFE_NO_PAD];
        let bytes = engines.iter().find_map(|engine| engine.decode(text).ok());
        let bytes = bytes.filter(|bytes| text.len() <= 24 && matches!(bytes.len(), 8 | 16));
        let number = |bytes: Vec<u8>| {
            bytes
                .iter()
                .fold(0, |number, &byte| number << 8 | u128::from(byte))
        };
        bytes.map(|bytes| TraceId(number(bytes))).ok_or(complaint)
    })
}

/// The search that v3's parameters ask for.
pub fn search_request(params: &Params) -> Result<SearchRequest, Refused> {
    let tags = params
        .get("query.attributes")
        .map_or_else(|| Ok(Tags::new()), form::tag_map)
        .map_err(|why| malformed("query.attributes", why))?;
    let (min, from) = either(params, "query.startTimeMin", "query.start_time_min");
    let (max, to) = either(params, "query.startTimeMax", "query.start_time_max");
    let Some((from, to)) = from.zip(to) else {
        return Err(Refused::bad(
            "query.startTimeMin and query.startTimeMax are required",
        ));
    };
    let window = Window {
        from: time(min, from)?,
        to: time(max, to)?,
    };
    if window.from >= window.to {
        return Err(Refused::bad(
            "query.startTimeMin must be before query.startTimeMax",
        ));
    }
    let form = Form {
        service: either(params, "query.serviceName", "query.service_name").1,
        operation: either(params, "query.operationName", "query.operation_name").1,
        least: duration(params, "query.durationMin", "query.duration_min")?,
        most: duration(params, "query.durationMax", "query.duration_max")?,
        tags,
    };
    form.request(window, depth(params)?)
}

fn depth(params: &Params) -> Result<i64, Refused> {
    let depth = either(params, "query.searchDepth", "query.search_depth");
    let (name, given) = match depth {
        (_, None) => either(params, "query.num_traces", "query.num_traces"),
        given => given,
    };
    given.map_or(Ok(DEPTH), |text| {
        params::integer(text)
            .map_err(|why| malformed(name, why.replace("strconv.ParseInt", "strconv.Atoi")))
    })
}

fn duration(
    params: &Params,
    name: &'static str,
    deprecated: &'static str,
) -> Result<Option<Nanos>, Refused> {
    let (name, given) = either(params, name, deprecated);
    given.map_or(Ok(None), |text| {
        params::duration(text).map_err(|why| malformed(name, why))
    })
}
