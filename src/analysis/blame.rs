//! The why line of a service map: which calls fail, and whose own work the time is.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::finding::{Evidence, Finding, FindingKind, Why, line};
use super::slow::ENOUGH;
use super::survey::{Words, how_much};
use crate::model::{Minutes, Nanos};
use crate::text::{Shown, plural, share};

/// The calls between two services.
#[derive(Debug, Clone, Copy)]
pub struct CallFigures<'a> {
    /// Who calls.
    pub parent: &'a str,
    /// Who is called.
    pub child: &'a str,
    /// How often.
    pub calls: u64,
    /// How many failed.
    pub errors: u64,
    /// Calls and errors over time; empty where that is not known.
    pub minutes: &'a Minutes,
}

/// What stands out in a service map. `own` is the own work of each service, where it is known.
pub fn blame(calls: &[CallFigures<'_>], own: &[(&str, Nanos)], words: Words<'_>) -> Why {
    let mut failing: Vec<&CallFigures<'_>> = calls
        .iter()
        .filter(|call| call.calls >= ENOUGH && call.errors * 100 >= call.calls)
        .filter(|call| !is_passed_on(call, calls))
        .collect();
    failing.sort_by_key(|call| (Reverse(call.errors), call.parent, call.child));
    let mut findings: Vec<Finding> = failing.into_iter().map(|call| fails(call, words)).collect();
    let mut parts: Vec<String> = findings
        .iter()
        .take(1)
        .map(|f| f.text.to_string())
        .collect();
    if let Some(finding) = busiest(own) {
        parts.push(finding.text.to_string());
        findings.push(finding);
    }
    if parts.is_empty() {
        let all: u64 = calls.iter().map(|call| call.calls).sum();
        parts.push(match all {
            0 => "no calls between services yet".to_owned(),
            all => format!("nothing stands out in {}", plural(all, "call")),
        });
    }
    Why {
        line: line(&parts, words.charset),
        findings,
    }
}

/// Whether a failing call mostly passes on failures of calls that the callee makes itself.
fn is_passed_on(call: &CallFigures<'_>, calls: &[CallFigures<'_>]) -> bool {
    let below = calls
        .iter()
        .filter(|next| next.parent == call.child && next.child != call.child);
    let errors: HashMap<&str, u64> = below.map(|next| (next.child, next.errors)).collect();
    errors.values().sum::<u64>() * 2 >= call.errors
}

fn fails(call: &CallFigures<'_>, words: Words<'_>) -> Finding {
    let (how_much, _) = how_much((call.errors, call.calls), call.minutes, words);
    // `21 % since ...`: the share belongs to the calls, not to the time.
    let (percent, rest) = how_much.split_once(" %").unwrap_or((&how_much, ""));
    let (child, parent) = (service(call.child), service(call.parent));
    let text = format!("{child} fails {percent} % of {parent}'s calls{rest}");
    Finding {
        kind: FindingKind::Error,
        text: Shown::from_owned(text),
        explains: Nanos(call.errors),
        evidence: Evidence::Call {
            parent: call.parent.to_owned(),
            child: call.child.to_owned(),
        },
    }
}

fn service(name: &str) -> &str {
    if name.is_empty() {
        "a service without name"
    } else {
        name
    }
}

fn busiest(own: &[(&str, Nanos)]) -> Option<Finding> {
    let total: Nanos = own.iter().map(|(_, time)| *time).sum();
    let &(name, time) = own
        .iter()
        .max_by_key(|&&(name, time)| (time, Reverse(name)))?;
    (time > Nanos(0)).then(|| Finding {
        kind: FindingKind::CriticalShare,
        text: Shown::from_owned(format!(
            "{} has {} of the time, own",
            service(name),
            share(time.0, total.0)
        )),
        explains: time,
        evidence: Evidence::Call {
            parent: String::new(),
            child: name.to_owned(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;
    use crate::text::{Charset, Clock};

    #[test]
    fn the_call_where_it_begins_is_blamed() {
        let mut minutes = Minutes::new();
        for call in 0..1_000_u64 {
            minutes.add(
                Time(call * 1_000_000_000),
                Nanos(1),
                call >= 600 && call % 5 == 0,
            );
        }
        let of = |parent, child, errors| CallFigures {
            parent,
            child,
            calls: 1_000,
            errors,
            minutes: &minutes,
        };
        let calls = [
            of("front", "driver", 70),
            of("driver", "redis", 80),
            of("front", "route", 0),
        ];
        let clock = Clock::frozen(0);
        let words = Words {
            charset: Charset::Unicode,
            clock: &clock,
        };
        let own = [
            ("mysql", Nanos(41)),
            ("redis", Nanos(59 - 20)),
            ("front", Nanos(20)),
        ];
        let why = blame(&calls, &own, words);
        let expected = "redis fails 20 % of driver's calls since 00:10, before 0 % (80 of 400) \
                        · mysql has 41 % of the time, own";
        assert_eq!(why.line.as_str(), expected);
        assert_eq!(why.findings.len(), 2);
    }
}
