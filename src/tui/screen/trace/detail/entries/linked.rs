//! What a span has to do with others: links to and from it, and the spans below it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::{Nanos, SpanId, TraceId};
use crate::text;

use super::super::entry::{Entry, Link, Owner, Section, Tone};
use super::Entries;

/// Of more spans below one it takes too long to tell while the cursor moves.
const MOST: usize = 5_000;

/// The spans of one service below a span.
#[derive(Default)]
struct Share {
    spans: usize,
    failed: usize,
    own: Nanos,
    /// The one with most time of its own, and the first that failed.
    longest: (Nanos, usize),
    first_failed: Option<usize>,
}

impl<M: Fn(Section) -> usize> Entries<'_, M> {
    pub(super) fn links(&mut self) {
        for (at, link) in self.span.links().enumerate() {
            let (id, span) = (link.trace_id(), link.span_id());
            let entry = Entry {
                link: self.link_to(id, span),
                ..Entry::told(Section::Links, "", self.linked(id, span))
            };
            self.family(entry, Owner::Link(at), link.attributes(), false);
        }
        self.close(Section::Links);
        self.dropped(Section::Links, self.span.dropped().2, "links");
    }

    /// A linked span in words: its name where it is known.
    pub(super) fn linked(&self, id: TraceId, span: SpanId) -> String {
        let trace = self.known.trace;
        match trace.find(span).filter(|_| id == trace.id()) {
            Some(number) => self.named(number),
            None if id == trace.id() => format!("span {span}, not in this trace"),
            None => format!("trace {id} span {span}"),
        }
    }

    pub(super) fn named(&self, number: usize) -> String {
        let trace = self.known.trace;
        let other = trace.span(number);
        let from = trace.start_of(number).since(trace.start());
        let from = text::duration(from.0, self.known.charset);
        format!("{} {}  from +{from}", other.service(), other.operation())
    }

    /// Where a link leads: nowhere if its span is missing from this trace.
    pub(super) fn link_to(&self, id: TraceId, span: SpanId) -> Option<Link> {
        if id == self.known.trace.id() {
            self.known.trace.find(span).map(Link::Span)
        } else {
            Some(Link::Trace(id, span))
        }
    }

    /// Spans that link to this one: those of the trace, and a way to those of other traces.
    pub(super) fn linked_from(&mut self) {
        let section = Section::LinkedFrom;
        for &number in self.known.back.to(self.span.span_id()) {
            let named = self.named(number);
            self.push(Entry {
                link: Some(Link::Span(number)),
                ..Entry::told(section, "", named)
            });
        }
        self.close(section);
    }

    /// Which services worked below it, and how long: the way on from a span that waited.
    pub(super) fn below(&mut self) {
        let trace = self.known.trace;
        let below = self.number + 1..trace.subtree(self.number).end;
        if below.len() > MOST {
            return;
        }
        let mut shares: BTreeMap<&str, Share> = BTreeMap::new();
        for number in below {
            let (span, own) = (trace.span(number), trace.self_time(number));
            let share = shares.entry(span.service()).or_default();
            if share.spans == 0 || own > share.longest.0 {
                share.longest = (own, number);
            }
            share.spans += 1;
            share.own = share.own + own;
            if span.is_error() {
                share.failed += 1;
                share.first_failed.get_or_insert(number);
            }
        }
        let mut shares: Vec<_> = shares.into_iter().collect();
        shares.sort_by_key(|(_, share)| Reverse(share.own));
        for (service, share) in shares {
            let own = text::duration(share.own.0, self.known.charset);
            let part = text::share(share.own.0, trace.duration().0);
            let spans = text::plural(share.spans as u64, "span");
            let mut words = vec![format!("own {own}"), part, spans];
            if share.failed > 0 {
                words.push(format!("{} failed", text::count(share.failed as u64)));
            }
            let between = crate::analysis::between(self.known.charset);
            let to = share.first_failed.unwrap_or(share.longest.1);
            self.push(Entry {
                link: Some(Link::Span(to)),
                tone: if share.failed > 0 {
                    Tone::Failed
                } else {
                    Tone::Plain
                },
                ..Entry::told(Section::Below, service, words.join(between))
            });
        }
        self.close(Section::Below);
    }
}
