//! What is wrong or doubtful about a span or a trace, in words a reader can act on.

use super::Trace;
use crate::model::id::SpanId;
use crate::model::time::Nanos;

/// What is wrong or doubtful about a span or a trace, in words a reader can act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The span names a parent that is not in the trace.
    MissingParent(SpanId),
    /// The span's id occurs more than once in the trace.
    RepeatedId(SpanId),
    /// The span's ancestors form a ring, which was cut here.
    Ring,
    /// The span names itself as its parent.
    SelfParent,
    /// It ended before it started; shown with duration 0.
    EndBeforeStart,
    /// It had not ended when it was written.
    Unfinished,
    /// It starts or ends before 1970 or after 2554.
    OutOfRange,
    /// It starts this long before its parent: clocks may differ.
    BeforeParent(Nanos),
    /// The source said so.
    Source(String),
    /// Spans that were identical to others and are shown once.
    Duplicates(u32),
    /// Spans that did not fit the store's budget and were cut.
    SpansCut(u64),
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::MissingParent(id) => write!(f, "its parent {id} is not in the trace"),
            Self::RepeatedId(id) => write!(f, "span id {id} occurs more than once"),
            Self::Ring => f.write_str("its ancestors form a ring, cut here"),
            Self::SelfParent => f.write_str("names itself as its parent"),
            Self::EndBeforeStart => f.write_str("ends before it starts, shown with duration 0"),
            Self::Unfinished => f.write_str("has no end"),
            Self::OutOfRange => f.write_str(
                "starts or ends at a time that cannot be told, shown with the nearest that can",
            ),
            Self::BeforeParent(by) => {
                write!(f, "starts {} ns before its parent, clocks may differ", by.0)
            }
            Self::Source(text) => f.write_str(text),
            Self::Duplicates(1) => f.write_str("1 duplicate span is shown once"),
            Self::Duplicates(n) => write!(f, "{n} duplicate spans are shown once"),
            Self::SpansCut(1) => f.write_str("1 span beyond the memory budget was cut"),
            Self::SpansCut(n) => write!(f, "{n} spans beyond the memory budget were cut"),
        }
    }
}

impl Trace {
    /// What is wrong or doubtful about a span.
    pub fn warnings_of(&self, number: usize) -> Vec<Warning> {
        let span = self.span(number);
        let mut warnings: Vec<Warning> = span
            .warnings()
            .map(|text| Warning::Source(text.to_owned()))
            .collect();
        warnings.extend(self.missing_parent(number).map(Warning::MissingParent));
        if self.repeated.binary_search(&(number as u32)).is_ok() {
            warnings.push(Warning::RepeatedId(span.span_id()));
        }
        if self.cut_rings.binary_search(&(number as u32)).is_ok() {
            warnings.push(Warning::Ring);
        }
        if !span.span_id().is_zero() && span.span_id() == span.parent_id() {
            warnings.push(Warning::SelfParent);
        }
        if span.ends_before_start() {
            warnings.push(Warning::EndBeforeStart);
        }
        if span.is_unfinished() {
            warnings.push(Warning::Unfinished);
        }
        if span.is_out_of_range() {
            warnings.push(Warning::OutOfRange);
        }
        let before = self
            .parent(number)
            .map(|parent| self.start[parent].since(self.start[number]));
        warnings.extend(before.filter(|by| by.0 > 0).map(Warning::BeforeParent));
        warnings
    }

    /// What is wrong or doubtful about the trace as a whole.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if self.duplicates > 0 {
            warnings.push(Warning::Duplicates(self.duplicates));
        }
        if self.spans_cut > 0 {
            warnings.push(Warning::SpansCut(self.spans_cut));
        }
        warnings
    }
}
