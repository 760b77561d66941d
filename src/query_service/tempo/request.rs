//! What the parameters of a search ask for.

use crate::backend::{SearchRequest, Sort, Window};
use crate::model::{Nanos, Time};
use crate::query_service::answer::Refused;
use crate::query_service::params::{self, Params};
use crate::query_service::vizsla;
use crate::traceql::{Attribute, Scope, logfmt};

/// Traces of a search, and spans of each, when no limit is given.
const LIMIT: usize = 20;
const SPANS: usize = 3;
/// The limits that Tempo enforces.
const MOST: usize = 262_144;
const MOST_SPANS: usize = 100;

/// How the spans that match are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// All of them, by their ids only.
    Ids,
    /// As Tempo does: so many of them.
    Spans(usize),
}

impl Matched {
    pub fn of(params: &Params) -> Result<Self, Refused> {
        match params.get("matched") {
            Some("ids") => return Ok(Self::Ids),
            Some(_) => return Err(Refused::bad("invalid matched: only ids can be asked for")),
            None => {}
        }
        let spans = unsigned(params, "spss")?.map_or(SPANS, |n| n as usize);
        if spans > MOST_SPANS {
            return Err(Refused::bad(format!(
                "invalid spss: {spans} is more than the maximum of {MOST_SPANS}"
            )));
        }
        Ok(Self::Spans(spans))
    }

    /// At most so many spans of a trace; 0 means all of them.
    pub fn most(self) -> usize {
        match self {
            Self::Ids | Self::Spans(0) => usize::MAX,
            Self::Spans(most) => most,
        }
    }
}

/// An unsigned integer, or Tempo's complaint.
pub fn unsigned(params: &Params, name: &str) -> Result<Option<u64>, Refused> {
    let parse = |text: &str| {
        let why = |_| {
            Refused::bad(format!(
                "invalid {name}: strconv.ParseUint: parsing {text:?}: invalid syntax"
            ))
        };
        text.parse().map_err(why)
    };
    params.get(name).map(parse).transpose()
}

/// The search that Tempo's parameters and ours ask for, and how the spans of each trace are told.
pub fn search_request(params: &Params) -> Result<(SearchRequest, Matched), Refused> {
    let limit = unsigned(params, "limit")?.map_or(LIMIT, |n| n as usize);
    if limit == 0 || limit > MOST {
        return Err(Refused::bad(format!(
            "invalid limit: must be a positive number, at most {MOST}"
        )));
    }
    let window = match vizsla::window(params)? {
        None => seconds(params)?,
        exact => exact,
    };
    let sort = match params.get("sort") {
        None | Some("newest") => Sort::Newest,
        Some("slowest") => Sort::Slowest,
        Some(_) => return Err(Refused::bad("invalid sort: newest or slowest")),
    };
    let query = match (params.get("q"), params.get("tags")) {
        (Some(_), Some(_)) => {
            return Err(Refused::bad(
                "invalid request: can't specify tags and q in the same query",
            ));
        }
        (Some(query), None) => query.to_owned(),
        (None, tags) => by_tags(params, tags.unwrap_or_default())?,
    };
    let request = SearchRequest {
        query,
        window,
        limit,
        sort,
    };
    Ok((request, Matched::of(params)?))
}

/// The window that `start` and `end` name, in seconds.
pub fn seconds(params: &Params) -> Result<Option<Window>, Refused> {
    let seconds = |s: u64| Time(s.saturating_mul(1_000_000_000));
    match (unsigned(params, "start")?, unsigned(params, "end")?) {
        (Some(start), Some(end)) if end <= start => {
            Err(Refused::bad("http parameter start must be before end"))
        }
        (Some(start), Some(end)) => Ok(Some(Window {
            from: seconds(start),
            to: seconds(end) + Nanos(999_999_999),
        })),
        (None, None) => Ok(None),
        _ => Err(Refused::bad("start and end must be given together")),
    }
}

/// Tempo's older form: `k=v` terms, each a part of the value in any case, and durations.
fn by_tags(params: &Params, tags: &str) -> Result<String, Refused> {
    let mut terms = Vec::new();
    let tags =
        logfmt::parse(tags).map_err(|error| Refused::bad(format!("invalid tags: {error}")))?;
    for (key, value) in tags {
        let attribute = Attribute::keyed(Scope::Any, key);
        let pattern = format!("(?i).*{}.*", regex::escape(&value));
        terms.push(format!("{attribute} =~ {}", params::quoted(&pattern)));
    }
    for (name, sign) in [("minDuration", ">="), ("maxDuration", "<=")] {
        if let Some(length) = params.duration(name)? {
            terms.push(format!("trace:duration {sign} {}ns", length.0));
        }
    }
    Ok(format!("{{ {} }}", terms.join(" && ")))
}
