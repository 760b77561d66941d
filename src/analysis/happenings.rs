//! What happened at an instant within a trace: the events of its spans, and the log records that
//! name one of them.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::model::{Attributes, Cancellation, EventRef, LogRef, Note, SpanId, Time, Trace};

/// Severity from which a log record tells of an error: `ERROR` (OpenTelemetry, logs data model).
const ERROR: u8 = 17;

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub struct Happening<'a> {
    /// In which span, by its number in the trace.
    pub span: usize,
    /// When, by the clock of the trace.
    pub time: Time,
    /// What it was.
    pub what: What<'a>,
    /// Its place among the events of its span, or among the log records of the trace.
    pub place: usize,
}

/// How it was told.
#[derive(Debug, Clone, Copy)]
pub enum What<'a> {
    /// As an event of the span.
    Event(EventRef<'a>),
    /// In a log record.
    Log(LogRef<'a>),
}

impl<'a> What<'a> {
    /// Its attributes.
    pub fn attributes(self) -> Attributes<'a> {
        match self {
            Self::Event(event) => event.attributes(),
            Self::Log(log) => log.attributes(),
        }
    }

    /// Whether something went wrong.
    pub fn is_failure(self) -> bool {
        match self {
            Self::Event(event) => matches!(event.name(), "exception" | "error"),
            Self::Log(log) => log.severity() >= ERROR,
        }
    }
}

/// All that happened, by time; of what happened together, events come first.
pub fn happenings(trace: &Trace) -> Vec<Happening<'_>> {
    happenings_until(trace, &Cancellation::never())
}

/// The same until cancelled.
pub fn happenings_until<'a>(
    trace: &'a Trace,
    cancellation: &Cancellation<'_>,
) -> Vec<Happening<'a>> {
    let moved = |span: usize| trace.start_of(span).0 as i64 - trace.span(span).start().0 as i64;
    let mut all = Vec::new();
    for span in (0..trace.len()).take_while(|_| !cancellation.is_cancelled()) {
        let events = trace.span(span).events();
        all.extend(events.enumerate().map(|(place, event)| Happening {
            span,
            time: event.time().shifted(moved(span)),
            what: What::Event(event),
            place,
        }));
    }
    if trace.logs().len() > 0 {
        let numbers = (0..trace.len()).map(|span| (trace.span(span).span_id(), span));
        let numbers: HashMap<SpanId, usize, RandomState> = numbers.collect();
        // A note was made when somebody read the trace, not while it happened.
        let records = trace.logs().enumerate().filter(|(_, log)| !Note::is(*log));
        all.extend(records.filter_map(|(place, log)| {
            let span = *numbers.get(&log.span_id())?;
            Some(Happening {
                span,
                time: log.time().shifted(moved(span)),
                what: What::Log(log),
                place,
            })
        }));
    }
    all.sort_by_key(|happening| happening.time);
    all
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{
        BlockBuilder, LogFields, Nanos, ResourceFields, ScopeFields, Sym, Value, scenario,
    };

    #[test]
    fn events_and_log_records_are_told_by_time_and_those_of_nobody_are_not() {
        let mut builder = BlockBuilder::new();
        let text = "a: r 0..100 id=1 +60:late\n  b: x 10..90 id=2 +5:exception\n";
        scenario::add(&mut builder, scenario::TRACE, text);
        let resource = builder.resource(ResourceFields::default());
        let scope = builder.scope(ScopeFields::default());
        for (id, millis, severity) in [(2, 30, 17), (9, 31, 9), (1, 2, 9)] {
            builder.log(&LogFields {
                trace_id: scenario::TRACE,
                span_id: SpanId(id),
                time: scenario::EPOCH + Nanos::from_millis(millis),
                severity,
                severity_text: Sym::EMPTY,
                body: Value::Str("said"),
                attributes: &[],
                resource,
                scope,
            });
        }
        let trace = Trace::all_of(&[Arc::new(builder.finish())]).remove(0);
        let told: Vec<_> = happenings(&trace)
            .iter()
            .map(|one| {
                let millis = one.time.since(scenario::EPOCH).0 / 1_000_000;
                (one.span, millis, one.what.is_failure())
            })
            .collect();
        let want = [(0, 2, false), (1, 15, true), (1, 30, true), (0, 60, false)];
        assert_eq!(told, want);
    }
}
