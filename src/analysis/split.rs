//! The critical path in whole per cents for one line: its leading operation, the next services,
//! and the rest, which together are 100.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::critical_path::CriticalPath;
use super::finding::name;
use super::share::{Share, per_cents};
use crate::model::Nanos;

/// Operations with less than this share of the path, in per cent, are not worth a word.
const WORTH: u64 = 5;

/// How many services are named beside the leading operation.
const NAMED: usize = 2;

/// Per cents that sum to 100.
pub(super) struct Split {
    /// Of the leading operation.
    pub leader: u64,
    /// The service that leads instead, where no operation is worth a word.
    pub leading_service: Option<String>,
    /// Of the others: `route` 31, `redis` 27, `rest` 2.
    pub others: Vec<(String, u64)>,
}

impl Split {
    /// Splits a path by its shares, which are sorted.
    pub fn new(path: &CriticalPath, shares: &[Share<'_>]) -> Self {
        let leader = shares
            .first()
            .filter(|leader| is_worth(leader.time, path.total()));
        let mut services = services(shares, leader);
        let (leading_service, time) = match leader {
            Some(leader) => (None, leader.time),
            None if services.is_empty() => (None, Nanos(0)),
            None => {
                let (service, time) = services.remove(0);
                (Some(service), time)
            }
        };
        services.retain(|(_, time)| is_worth(*time, path.total()));
        services.truncate(NAMED);
        let named: Nanos = services.iter().map(|(_, time)| *time).sum();
        services.push(("rest".to_owned(), path.total() - time - named));
        let mut times = vec![time.0];
        times.extend(services.iter().map(|(_, time)| time.0));
        let mut per_cents = per_cents(&times).into_iter();
        let leader = per_cents.next().unwrap_or(0);
        let others = services.into_iter().map(|(who, _)| who).zip(per_cents);
        Self {
            leader,
            leading_service,
            others: others.filter(|(_, per_cent)| *per_cent > 0).collect(),
        }
    }
}

/// The path by service, without the leading operation, the greatest part first.
fn services(shares: &[Share<'_>], leader: Option<&Share<'_>>) -> Vec<(String, Nanos)> {
    let mut times: HashMap<&str, Nanos> = HashMap::new();
    for share in shares.iter().skip(usize::from(leader.is_some())) {
        let time = times.entry(share.service).or_default();
        *time = *time + share.time;
    }
    let own = leader.map(|leader| leader.service);
    let mut services: Vec<(String, Nanos)> = times
        .into_iter()
        .map(|(service, time)| match name(service, "") {
            who if own == Some(service) => (format!("other {who}"), time),
            who => (who, time),
        })
        .collect();
    services.sort_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
    services
}

/// Whether a part of the path is large enough to be told of.
pub(super) fn is_worth(time: Nanos, total: Nanos) -> bool {
    u128::from(time.0) * 100 >= u128::from(total.0) * u128::from(WORTH)
}
