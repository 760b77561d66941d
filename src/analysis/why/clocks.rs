//! A trace whose clocks contradict one another is explained by corrected ones: whose time it was is
//! told by durations, and by an order that can be.

use std::collections::HashMap;

use super::{Alike, Why, tell};
use crate::analysis::critical_path::{CriticalPath, critical_path_until};
use crate::analysis::finding::{Evidence, Finding, FindingKind, between};
use crate::analysis::skew::{self, Verdict};
use crate::model::{Cancellation, Trace};
use crate::text::{Charset, Shown, duration};

/// Clocks that differ by less than this part of the path change nothing that is told: one in so
/// many.
const PART: u64 = 20;

/// Whether what is said of a path hangs on clocks that differ.
pub(super) fn matters(verdict: &Verdict, path: &CriticalPath) -> bool {
    verdict.worst.0 >= path.total().0 / PART
}

/// What stands out by corrected clocks, in spans of the trace as it was received.
pub(super) fn corrected(
    trace: &Trace,
    alike: Option<&dyn Alike>,
    (charset, cancellation): (Charset, &Cancellation<'_>),
    worst: &Verdict,
) -> Why {
    let right = trace.shifted(&skew::proven(trace));
    let path = critical_path_until(&right, cancellation);
    let mut why = tell(&right, &path, alike, (charset, cancellation));
    let places = (0..trace.len()).map(|span| (trace.place(span), span));
    let received: HashMap<_, usize> = places.collect();
    for finding in &mut why.findings {
        if let Evidence::Spans(spans) = &mut finding.evidence {
            for span in spans {
                *span = received.get(&right.place(*span)).copied().unwrap_or(*span);
            }
        }
    }
    let by = duration(worst.worst.0, charset);
    let line = why.line.as_str();
    why.line = Shown::from_owned(format!(
        "with clocks corrected, {line}{}they differ by up to {by}",
        between(charset)
    ));
    why
}

/// The finding that clocks differ.
pub(super) fn finding(verdict: Verdict) -> Finding {
    Finding {
        kind: FindingKind::ClockSkew,
        text: verdict.text,
        explains: verdict.worst,
        evidence: Evidence::Spans(verdict.spans),
    }
}
