//! The critical path in whole per cents for one line: its leading operation, the next services,
//! and the rest, which together are 100.

use std::cmp::Reverse;

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
    /// Of the others: `route` 31, `redis` 27, `rest` 2.
    pub others: Vec<(String, u64)>,
}

impl Split {
    /// Splits a path by its shares, which are sorted.
    pub fn new(path: &CriticalPath, shares: &[Share<'_>]) -> Self {
        let own = shares.first().map_or("", |leader| leader.service);
        let leader = shares.first().map_or(Nanos(0), |leader| leader.time);
        let mut services: Vec<(String, Nanos)> = Vec::new();
        for share in shares.iter().skip(1) {
            let service = match share.service {
                service if service == own => format!("other {}", name(service, "")),
                service => name(service, ""),
            };
            match services.iter_mut().find(|(known, _)| *known == service) {
                Some((_, time)) => *time = *time + share.time,
                None => services.push((service, share.time)),
            }
        }
        services.sort_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
        services.retain(|(_, time)| is_worth(*time, path.total()));
        services.truncate(NAMED);
        let named: Nanos = services.iter().map(|(_, time)| *time).sum();
        services.push(("rest".to_owned(), path.total() - leader - named));
        let mut times = vec![leader.0];
        times.extend(services.iter().map(|(_, time)| time.0));
        let mut per_cents = per_cents(&times).into_iter();
        Self {
            leader: per_cents.next().unwrap_or(0),
            others: services
                .into_iter()
                .map(|(who, _)| who)
                .zip(per_cents)
                .filter(|(_, per_cent)| *per_cent > 0)
                .collect(),
        }
    }
}

/// Whether a part of the path is large enough to be told of.
pub(super) fn is_worth(time: Nanos, total: Nanos) -> bool {
    u128::from(time.0) * 100 >= u128::from(total.0) * u128::from(WORTH)
}
