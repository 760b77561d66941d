//! What Zipkin's binary forms share: a list of spans, and addresses.
//!
//! Reports of one span may stand anywhere in a list, so that all of it is read before they are
//! merged and filled, as those of JSON are.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::fill::Filler;
use super::index::Index;
use super::merge;
use super::span::{Key, Report, Span};
use crate::format::findings::Findings;
use crate::format::output::Output;
use crate::format::problem::{Problem, Reason};

/// The spans of a list, reports of one beside each other.
#[derive(Default)]
pub(super) struct List<'a> {
    spans: Vec<Vec<Span<'a>>>,
    known: HashMap<Key, usize>,
    /// Spans that were read.
    index: usize,
}

impl<'a> List<'a> {
    pub(super) fn add(&mut self, report: Report<'a>, at: usize, findings: &mut Findings) {
        let Some(key) = report.key() else {
            let message = "a span without a valid traceId and id";
            return self.reject(at, Reason::BadId, message, findings);
        };
        self.index += 1;
        let slot = *self.known.entry(key).or_insert_with(|| {
            self.spans.push(Vec::new());
            self.spans.len() - 1
        });
        if let Some(reports) = self.spans.get_mut(slot) {
            report.into_spans(reports);
        }
    }

    pub(super) fn reject(
        &mut self,
        at: usize,
        reason: Reason,
        message: &str,
        findings: &mut Findings,
    ) {
        let path = format!("[{}]", self.index);
        self.index += 1;
        let place = findings.place_in_bytes(at, path);
        findings.report(Problem {
            place,
            reason,
            message: message.to_owned(),
            spans: 1,
        });
    }

    pub(super) fn fill(self, out: &mut Output<'_>) {
        let index = Index::of_spans(self.spans.iter().flatten());
        let mut filler = Filler::default();
        for reports in self.spans {
            for span in merge::merge(reports) {
                filler.fill(&span, &index, out.builder);
            }
            out.offer();
        }
    }
}

pub(super) fn ipv4<'a>(bytes: &[u8]) -> Cow<'a, str> {
    let bytes: Result<[u8; 4], _> = bytes.try_into();
    bytes.map_or(Cow::Borrowed(""), |bytes| {
        Ipv4Addr::from(bytes).to_string().into()
    })
}

pub(super) fn ipv6<'a>(bytes: &[u8]) -> Cow<'a, str> {
    let bytes: Result<[u8; 16], _> = bytes.try_into();
    bytes.map_or(Cow::Borrowed(""), |bytes| {
        Ipv6Addr::from(bytes).to_string().into()
    })
}

#[cfg(test)]
mod tests;
