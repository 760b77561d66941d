//! What stands out, in plain words, with the evidence to look at.

use crate::model::{Nanos, Time};
use crate::text::{Charset, Shown};

/// What sort of thing a finding tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// Something failed.
    Error,
    /// Someone owns much of the critical path.
    CriticalShare,
    /// Someone runs, or nobody does, for most of a trace that goes on beyond its root.
    BeyondRoot,
    /// Time spent waiting for something that an event names: a lock, a free worker.
    Wait,
    /// Many alike calls below one span.
    Repeated,
    /// A call that was tried again after it failed.
    Retry,
    /// Time of a span with calls that none of them, and no event, tells of.
    Gap,
    /// A call that was longer on its way than at work.
    Way,
    /// Calls in a row that might run side by side.
    Sequence,
    /// Very many calls between two services.
    Chatter,
    /// A failure after a round time.
    Timeout,
    /// Slow for its kind.
    Slow,
    /// A version slower than the one before it.
    SlowerVersion,
    /// Slower for a while than at other times.
    SlowSpell,
    /// Clocks of hosts differ.
    ClockSkew,
}

impl FindingKind {
    /// Its name, for JSON and filters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::CriticalShare => "critical_share",
            Self::BeyondRoot => "beyond_root",
            Self::Wait => "wait",
            Self::Repeated => "repeated",
            Self::Retry => "retry",
            Self::Gap => "gap",
            Self::Way => "way",
            Self::Sequence => "sequence",
            Self::Chatter => "chatter",
            Self::Timeout => "timeout",
            Self::Slow => "slow",
            Self::SlowerVersion => "slower_version",
            Self::SlowSpell => "slow_spell",
            Self::ClockSkew => "clock_skew",
        }
    }
}

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// Spans of the trace, the most telling first.
    Spans(Vec<usize>),
    /// Spans of one operation in many traces.
    Operation(OperationEvidence),
    /// The calls from one service to another.
    Call {
        /// Who calls.
        parent: String,
        /// Who is called.
        child: String,
    },
}

/// Which spans of an operation to look at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OperationEvidence {
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// Only this `service.version`.
    pub version: Option<String>,
    /// Only failed ones.
    pub failed: bool,
    /// Only those at least this long.
    pub at_least: Option<Nanos>,
    /// Since when it is so.
    pub since: Option<Time>,
    /// Until when it was so, where that is over.
    pub until: Option<Time>,
}

impl OperationEvidence {
    /// The `TraceQL` query that finds the spans; the time is left to the window.
    pub fn traceql(&self) -> String {
        let mut terms = vec![
            format!("resource.service.name = {}", quoted(&self.service)),
            format!("name = {}", quoted(&self.operation)),
        ];
        if let Some(version) = &self.version {
            terms.push(format!("resource.service.version = {}", quoted(version)));
        }
        if self.failed {
            terms.push("status = error".to_owned());
        }
        if let Some(Nanos(nanos)) = self.at_least {
            terms.push(format!("duration >= {nanos}ns"));
        }
        format!("{{ {} }}", terms.join(" && "))
    }
}

fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    )
}

/// Something that stands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What sort of thing.
    pub kind: FindingKind,
    /// A sentence, without full stop.
    pub text: Shown<'static>,
    /// How much time it explains, of the trace or of all spans looked at; findings come in the
    /// order of it, errors that failed the whole first.
    pub explains: Nanos,
    /// Where to look.
    pub evidence: Evidence,
}

/// The why line, and all findings behind it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Why {
    /// One line, the most important first, parted by ` · `.
    pub line: Shown<'static>,
    /// What stands out, by how much it explains.
    pub findings: Vec<Finding>,
}

/// Parts of a why line.
pub(super) fn line(parts: &[String], charset: Charset) -> Shown<'static> {
    Shown::from_owned(parts.join(between(charset)))
}

/// What parts the statements of a why line.
pub fn between(charset: Charset) -> &'static str {
    match charset {
        Charset::Ascii => " | ",
        Charset::Unicode => " · ",
    }
}

/// `service operation`, or what there is of it.
pub(super) fn name(service: &str, operation: &str) -> String {
    match (service, operation) {
        ("", "") => "a span without name".to_owned(),
        ("", only) | (only, "") => only.to_owned(),
        _ => format!("{service} {operation}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_a_query_whatever_the_names() {
        let evidence = OperationEvidence {
            service: "a\"b\\".into(),
            operation: "GET".into(),
            failed: true,
            ..OperationEvidence::default()
        };
        let expected = r#"{ resource.service.name = "a\"b\\" && name = "GET" && status = error }"#;
        assert_eq!(evidence.traceql(), expected);
    }
}
