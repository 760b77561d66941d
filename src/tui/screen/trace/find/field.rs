//! What a find line can ask of a span beside its text: kind, status, service, operation, times.

use crate::model::{Kind, Status, Trace};
use crate::text::parse_duration;
use crate::traceql::operator::Compare;

/// How questions to a span begin, and what they ask for in a few words.
pub const OWN: [(&str, &str); 8] = [
    ("service=", "its service"),
    ("operation=", "its operation"),
    ("kind=", "its kind"),
    ("status=", "its status"),
    ("error=", "true, false"),
    ("duration>", "as 50ms"),
    ("own>", "without children"),
    ("share>", "% of the trace"),
];

/// The values that a question has whatever the trace, by its key in lower case.
pub fn values(key: &str) -> Vec<&'static str> {
    match key {
        "kind" | "span.kind" => Kind::ALL.map(Kind::name).to_vec(),
        "status" => [Status::Error, Status::Ok, Status::Unset]
            .map(Status::name)
            .to_vec(),
        "error" => vec!["true", "false"],
        _ => Vec::new(),
    }
}

/// A question to a span.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    Kind(Kind),
    Status(Status),
    Failed(bool),
    /// In lower case.
    Service(String),
    /// In lower case.
    Operation(String),
    /// How long it took, in ns.
    Duration(Compare, u64),
    /// The same without its children.
    Own(Compare, u64),
    /// The part of the trace's time that it took, in percent.
    Share(Compare, f64),
}

impl Field {
    /// The question of a term, with whether a span must not be so; `None` if the words are not
    /// such a question.
    pub fn of(key: &str, op: Compare, value: &str) -> Option<Self> {
        let equal = op == Compare::Equal;
        let nanos = || parse_duration(value).ok();
        Some(match key.to_ascii_lowercase().as_str() {
            "kind" | "span.kind" if equal => Self::Kind(Kind::from_name(value)?),
            "status" if equal => {
                let all = [Status::Unset, Status::Ok, Status::Error];
                let named = |status: &Status| status.name().eq_ignore_ascii_case(value);
                Self::Status(all.into_iter().find(named)?)
            }
            "error" if equal => Self::Failed(value.parse().ok()?),
            "service" if equal => Self::Service(value.to_lowercase()),
            "operation" | "name" if equal => Self::Operation(value.to_lowercase()),
            "duration" | "took" => Self::Duration(op, nanos()?),
            "own" | "self" => Self::Own(op, nanos()?),
            "share" | "%" => Self::Share(op, value.trim_end_matches('%').parse().ok()?),
            _ => return None,
        })
    }

    /// Whether a span of a trace is so.
    pub fn holds(&self, trace: &Trace, number: usize) -> bool {
        let span = trace.span(number);
        match self {
            Self::Kind(kind) => span.kind() == *kind,
            Self::Status(Status::Error) => span.is_error(),
            Self::Status(status) => span.status() == *status,
            Self::Failed(failed) => span.is_error() == *failed,
            Self::Service(name) => is_same(span.service(), name),
            Self::Operation(name) => is_same(span.operation(), name),
            Self::Duration(op, nanos) => holds(*op, &trace.duration_of(number).0, nanos),
            Self::Own(op, nanos) => holds(*op, &trace.self_time(number).0, nanos),
            Self::Share(op, percent) => {
                let whole = trace.duration().0.max(1) as f64;
                let share = trace.duration_of(number).0 as f64 * 100.0 / whole;
                holds(*op, &share, percent)
            }
        }
    }
}

/// Whether a comparison of two figures holds.
pub fn holds<T: PartialOrd>(op: Compare, one: &T, other: &T) -> bool {
    match op {
        Compare::Equal => one == other,
        Compare::NotEqual => one != other,
        Compare::Less => one < other,
        Compare::LessEqual => one <= other,
        Compare::Greater => one > other,
        Compare::GreaterEqual => one >= other,
        Compare::Matches | Compare::NotMatches => false,
    }
}

/// Whether a text is one that is given in lower case.
pub fn is_same(text: &str, lower: &str) -> bool {
    if text.is_ascii() {
        text.eq_ignore_ascii_case(lower)
    } else {
        text.to_lowercase() == lower
    }
}
