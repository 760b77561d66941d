//! Time on the critical path that no span tells of: between the calls of a span, and between a
//! client and the server that it called.
//!
//! The limits are those that the sources of the anti-pattern detectors use: 20 ms and a fifth of
//! the span for a gap, 5 ms and longer than the server worked for a call's way.

use super::call::callee;
use super::critical_path::{CriticalPath, Section};
use crate::model::{Nanos, Trace};

/// No gap is shorter.
const LEAST: Nanos = Nanos::from_millis(20);

/// No gap is a smaller part of its span: one in so many.
const PART: u64 = 5;

/// No call's way is shorter.
const LEAST_WAY: Nanos = Nanos::from_millis(5);

/// Where in a span a gap lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Before its first call: a slow start.
    Start,
    /// Between two calls.
    Between,
    /// After its last call.
    End,
}

/// A stretch of a span's own time that has neither child nor event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// When and whose.
    pub section: Section,
    /// Where in the span.
    pub place: Place,
}

/// The gaps on the critical path, the longest first. Spans without children have none: there
/// nothing was promised; neither have calls of another service, whose own time is their way.
pub fn gaps(trace: &Trace, path: &CriticalPath) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = path
        .sections()
        .iter()
        .filter(|section| is_gap(trace, section))
        .map(|&section| Gap {
            section,
            place: place(trace, section),
        })
        .collect();
    gaps.sort_by_key(|gap| (std::cmp::Reverse(gap.section.duration()), gap.section.span));
    gaps
}

fn is_gap(trace: &Trace, section: &Section) -> bool {
    let Section { span, from, to } = *section;
    let long = section.duration() >= LEAST
        && section.duration().0 >= trace.duration_of(span).0 / PART
        && trace.subtree(span).len() > 1;
    // Events are timed by the clock of their span, which may have been corrected.
    let start = trace.span(span).start();
    let inside = from.since(trace.start_of(span)).0..=to.since(trace.start_of(span)).0;
    let silent = || {
        let mut events = trace.span(span).events();
        !events.any(|event| inside.contains(&event.time().since(start).0))
    };
    long && callee(trace, span).is_none() && silent()
}

fn place(trace: &Trace, section: Section) -> Place {
    if section.to == trace.end_of(section.span) {
        Place::End
    } else if section.from == trace.start_of(section.span) {
        Place::Start
    } else {
        Place::Between
    }
}

/// A call that spent more time on its way, or in the server's queue, than at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// The span of the caller.
    pub client: usize,
    /// The span of the one called.
    pub server: usize,
    /// How much longer the client's is.
    pub time: Nanos,
}

/// Such calls on the critical path, the longest way first.
pub fn ways(trace: &Trace, path: &CriticalPath) -> Vec<Way> {
    let mut clients: Vec<usize> = path.sections().iter().map(|section| section.span).collect();
    clients.sort_unstable();
    clients.dedup();
    let mut ways: Vec<Way> = clients
        .into_iter()
        .filter_map(|client| {
            let server = callee(trace, client)?;
            let worked = trace.duration_of(server);
            let time = trace.duration_of(client) - worked;
            (time >= LEAST_WAY && time > worked).then_some(Way {
                client,
                server,
                time,
            })
        })
        .collect();
    ways.sort_by_key(|way| (std::cmp::Reverse(way.time), way.client));
    ways
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::critical_path;
    use crate::model::scenario;

    fn told(text: &str) -> Vec<(Place, u64)> {
        let trace = scenario::trace(text);
        let gaps = gaps(&trace, &critical_path(&trace));
        gaps.iter()
            .map(|gap| (gap.place, gap.section.duration().0 / 1_000_000))
            .collect()
    }

    #[test]
    fn gaps_are_told_by_place_and_not_where_an_event_or_nothing_else_is() {
        let text = "a: r 0..200\n  b: x 60..70\n  b: y 120..130\n";
        assert_eq!(
            told(text),
            [(Place::End, 70), (Place::Start, 60), (Place::Between, 50)]
        );
        let spoken =
            "a: r 0..200 +30:cache +90:parse +160:render\n  b: x 60..70\n  b: y 120..130\n";
        assert_eq!(told(spoken), []);
        assert_eq!(told("a: r 0..200\n"), []);
        assert_eq!(told("a: r 0..1000\n  b: x 19..1000\n"), []);
    }

    #[test]
    fn a_way_longer_than_the_work_is_no_gap_of_the_client() {
        let text = "a: call 0..100 client\n  b: handle 60..90 server\n";
        assert_eq!(told(text), []);
        let trace = scenario::trace(text);
        let expected = Way {
            client: 0,
            server: 1,
            time: Nanos::from_millis(70),
        };
        assert_eq!(ways(&trace, &critical_path(&trace)), [expected]);
    }
}
