//! Who runs when, from the first start of a trace to its last end: what the critical path of a root
//! cannot tell where most of a trace lies beyond that root, as with messages, callbacks and jobs.
//!
//! At each instant the time is that of the running span that started last, the innermost in a tree
//! of calls; where none runs it is nobody's, a pause.

use std::collections::BinaryHeap;

use crate::model::{Nanos, Time, Trace};

/// A stretch of time in which no span runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// First instant.
    pub from: Time,
    /// The start of the span that ends it.
    pub to: Time,
    /// That span.
    pub before: usize,
}

impl Pause {
    /// Its length.
    pub fn duration(self) -> Nanos {
        self.to.since(self.from)
    }
}

/// The whole duration of a trace, by who ran.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Elapsed {
    times: Vec<Nanos>,
    pauses: Vec<Pause>,
}

impl Elapsed {
    /// How long a span was the one that ran.
    pub fn time_of(&self, span: usize) -> Nanos {
        self.times.get(span).copied().unwrap_or_default()
    }

    /// When no span ran, by time.
    pub fn pauses(&self) -> &[Pause] {
        &self.pauses
    }

    /// How long no span ran, in all.
    pub fn idle(&self) -> Nanos {
        self.pauses.iter().map(|pause| pause.duration()).sum()
    }
}

/// Who ran when: one sweep over the spans by start. All times and pauses together are the trace's
/// duration. O(n log n).
pub fn elapsed(trace: &Trace) -> Elapsed {
    let mut spans: Vec<usize> = (0..trace.len())
        .filter(|&span| trace.duration_of(span) > Nanos(0))
        .collect();
    // Of spans that start together the one further down is the inner one.
    spans.sort_by_key(|&span| (trace.start_of(span), span));
    let mut sweep = Sweep {
        trace,
        running: BinaryHeap::new(),
        clock: trace.start(),
        times: vec![Nanos(0); trace.len()],
    };
    let mut pauses = Vec::new();
    for span in spans {
        let start = trace.start_of(span);
        sweep.run(start);
        if sweep.clock < start {
            let (from, to, before) = (sweep.clock, start, span);
            pauses.push(Pause { from, to, before });
            sweep.clock = start;
        }
        sweep.running.push((start, span));
    }
    sweep.run(Time::MAX);
    Elapsed {
        times: sweep.times,
        pauses,
    }
}

struct Sweep<'t> {
    trace: &'t Trace,
    /// Spans that have started, the last one on top; those that have ended go when they come up.
    running: BinaryHeap<(Time, usize)>,
    clock: Time,
    times: Vec<Nanos>,
}

impl Sweep<'_> {
    /// Hands out the time until `limit`, as long as anything runs.
    fn run(&mut self, limit: Time) {
        while let Some(&(_, span)) = self.running.peek() {
            let until = self.trace.end_of(span).min(limit);
            if self.clock < until {
                self.times[span] = self.times[span] + until.since(self.clock);
                self.clock = until;
            }
            if self.clock >= limit {
                break;
            }
            self.running.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::scenario;

    #[test]
    fn the_innermost_has_the_time_and_a_pause_is_nobodys() {
        let trace = scenario::trace(
            "a: send 0..10\n  b: handle 40..90\n    b: sql 50..70\n  b: late 80..100\n",
        );
        let elapsed = elapsed(&trace);
        let times: Vec<u64> = (0..4).map(|at| elapsed.time_of(at).0 / 1_000_000).collect();
        assert_eq!(times, [10, 20, 20, 20]);
        assert_eq!(elapsed.idle(), Nanos::from_millis(30));
        assert_eq!(elapsed.pauses()[0].before, 1);
    }

    proptest! {
        #[test]
        fn every_instant_is_somebodys_or_in_a_pause(spans in prop::collection::vec((0..60_u32, 0..20_u32), 1..30)) {
            let line = |(start, length): (u32, u32)| format!("s: o {start}..{}", start + length);
            let text: Vec<String> = spans.into_iter().map(line).collect();
            let trace = scenario::trace(&text.join("\n"));
            let elapsed = elapsed(&trace);
            let busy: Nanos = (0..trace.len()).map(|span| elapsed.time_of(span)).sum();
            // Spans without length run at no time, also where they are the trace's last.
            prop_assert!(busy + elapsed.idle() <= trace.duration());
            if trace.spans().all(|span| span.duration() > Nanos(0)) {
                prop_assert_eq!(busy + elapsed.idle(), trace.duration());
            }
        }
    }
}
