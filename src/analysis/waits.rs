//! Waiting that events tell of: "Waiting for lock behind 3 transactions" ... "Acquired lock".

use super::critical_path::CriticalPath;
use crate::model::{EventRef, Nanos, Time, Trace};

/// What something waited for, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// The span.
    pub span: usize,
    /// What it waited for, in a word: `lock`, `connection`.
    pub what: &'static str,
    /// How much of the critical path the wait is.
    pub time: Nanos,
}

/// Things that are waited for, as they are written in events, and the word for each.
const THINGS: [(&str, &str); 10] = [
    ("lock", "a lock"),
    ("mutex", "a lock"),
    ("semaphore", "a semaphore"),
    ("connection", "a connection"),
    ("pool", "a connection"),
    ("worker", "a worker"),
    ("thread", "a thread"),
    ("slot", "a slot"),
    ("token", "a token"),
    ("queue", "its turn in a queue"),
];

const BEGINS: [&str; 5] = ["waiting", "wait for", "blocked", "queued", "enqueued"];
const ENDS: [&str; 6] = [
    "acquired",
    "obtained",
    "granted",
    "got ",
    "dequeued",
    "unblocked",
];

/// The waits of a span on the critical path that have a beginning and an end.
pub fn waits(trace: &Trace, path: &CriticalPath, span: usize) -> Vec<Wait> {
    let at = trace.span(span);
    // Events are timed by the clock of their span, which may have been corrected.
    let shift = i128::from(trace.start_of(span).0) - i128::from(at.start().0);
    let mut waits = Vec::new();
    let mut begun: Option<(Time, &'static str)> = None;
    for event in at.events() {
        let text = text(event).to_ascii_lowercase();
        let time = at.start().0.max(event.time().0);
        let time = Time((i128::from(time) + shift).clamp(0, i128::from(u64::MAX)) as u64);
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let thing = THINGS
            .iter()
            .find(|(word, _)| text.contains(word))
            .map(|(_, what)| *what);
        match (begun, thing) {
            (Some((from, what)), _) if has(&ENDS) => {
                begun = None;
                let time = on_path(path, span, from, time);
                if time > Nanos(0) {
                    waits.push(Wait { span, what, time });
                }
            }
            (None, Some(what)) if has(&BEGINS) => begun = Some((time, what)),
            _ => {}
        }
    }
    waits
}

/// An event's name, and what its message says where the name is only a word for all.
fn text(event: EventRef<'_>) -> String {
    let attributes = event.attributes();
    let more = ["message", "event"]
        .into_iter()
        .filter_map(|key| attributes.get(key));
    more.fold(event.name().to_owned(), |text, more| {
        text + " " + &more.to_text()
    })
}

fn on_path(path: &CriticalPath, span: usize, from: Time, to: Time) -> Nanos {
    path.sections()
        .iter()
        .filter(|section| section.span == span)
        .fold(Nanos(0), |sum, section| {
            sum + section.to.min(to).since(section.from.max(from))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::critical_path;
    use crate::model::scenario;

    #[test]
    fn only_the_wait_on_the_path_counts() {
        let trace = scenario::trace(
            "a: r 0..100\n  mysql: SELECT 10..90 +5:Waiting_for_lock +45:Acquired_lock\n    \
             mysql: child 20..30\n",
        );
        let path = critical_path(&trace);
        let expected = Wait {
            span: 1,
            what: "a lock",
            time: Nanos::from_millis(30),
        };
        assert_eq!(waits(&trace, &path, 1), [expected]);
        assert_eq!(waits(&trace, &path, 0), []);
    }
}
