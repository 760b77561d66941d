//! Copying rows from one block into another that is being built, with every reference remapped.
//!
//! This is how small blocks become large ones, how late spans are parted from their request,
//! and how a trace is copied out of a block that is about to go.

use super::block::{Block, List, LogIx, ResourceIx, Row, ScopeIx};
use super::builder::BlockBuilder;
use super::dictionary::{PairIx, Sym};
use super::fields::{LogFields, ResourceFields, ScopeFields, SpanFields};

const UNMAPPED: u32 = u32::MAX;

/// Copies rows of one block into a builder; look-ups are paid once for each distinct string
/// and pair, not for each span.
pub struct Appender<'a> {
    from: &'a Block,
    to: &'a mut BlockBuilder,
    strings: Vec<u32>,
    pairs: Vec<u32>,
    resources: Vec<u32>,
    scopes: Vec<u32>,
    scratch: Vec<PairIx>,
}

impl BlockBuilder {
    /// Starts copying rows of `from` into this builder.
    pub fn append<'a>(&'a mut self, from: &'a Block) -> Appender<'a> {
        Appender {
            strings: vec![UNMAPPED; from.dictionary.string_count()],
            pairs: vec![UNMAPPED; from.dictionary.pair_count()],
            resources: vec![UNMAPPED; from.resources.len()],
            scopes: vec![UNMAPPED; from.scopes.len()],
            scratch: Vec::new(),
            from,
            to: self,
        }
    }

    /// Copies a whole block: all spans and all log records.
    pub fn append_all(&mut self, from: &Block) {
        let mut appender = self.append(from);
        for row in 0..from.len() as Row {
            appender.span(row);
        }
        for log in 0..from.logs.len() as LogIx {
            appender.log(log);
        }
    }
}

impl Appender<'_> {
    fn string(&mut self, sym: Sym) -> Sym {
        let known = self.strings[sym.index()];
        if known != UNMAPPED {
            return Sym(known);
        }
        let new = self.to.string(self.from.dictionary.text(sym));
        self.strings[sym.index()] = new.0;
        new
    }

    fn pair(&mut self, pair: PairIx) -> PairIx {
        let known = self.pairs[pair.index()];
        if known != UNMAPPED {
            return PairIx(known);
        }
        let key = self.string(self.from.dictionary.key(pair));
        let new = self.to.pair(key, self.from.dictionary.value(pair));
        self.pairs[pair.index()] = new.0;
        new
    }

    /// The remapped pairs, in a buffer that [`Self::give_back`] takes back.
    fn mapped(&mut self, pairs: &[PairIx]) -> Vec<PairIx> {
        let mut mapped = std::mem::take(&mut self.scratch);
        mapped.clear();
        mapped.extend(pairs.iter().map(|&pair| self.pair(pair)));
        mapped
    }

    fn mapped_list(&mut self, list: List) -> Vec<PairIx> {
        self.mapped(self.from.list(list))
    }

    fn give_back(&mut self, buffer: Vec<PairIx>) {
        self.scratch = buffer;
    }

    fn resource(&mut self, index: u32) -> ResourceIx {
        let known = self.resources[index as usize];
        if known != UNMAPPED {
            return ResourceIx(known);
        }
        let row = self.from.resources[index as usize];
        let schema_url = self.string(row.schema_url);
        let attributes = self.mapped_list(row.attributes);
        let fields = ResourceFields {
            attributes: &attributes,
            schema_url,
            dropped: row.dropped,
        };
        let new = self.to.resource(fields);
        self.give_back(attributes);
        self.resources[index as usize] = new.0;
        new
    }

    fn scope(&mut self, index: u32) -> ScopeIx {
        let known = self.scopes[index as usize];
        if known != UNMAPPED {
            return ScopeIx(known);
        }
        let row = self.from.scopes[index as usize];
        let (name, version) = (self.string(row.name), self.string(row.version));
        let schema_url = self.string(row.schema_url);
        let attributes = self.mapped_list(row.attributes);
        let new = self.to.scope(ScopeFields {
            name,
            version,
            attributes: &attributes,
            schema_url,
            dropped: row.dropped,
        });
        self.give_back(attributes);
        self.scopes[index as usize] = new.0;
        new
    }

    /// Copies one span with all that belongs to it.
    pub fn span(&mut self, row: Row) {
        let span = self.from.span(row);
        let fields = SpanFields {
            trace_id: span.trace_id(),
            span_id: span.span_id(),
            parent_id: span.parent_id(),
            start: span.start(),
            end: (!span.is_unfinished()).then(|| span.received_end()),
            operation: self.string(self.from.operation[row as usize]),
            kind: span.kind(),
            status: span.status(),
            error: span.is_error(),
            resource: self.resource(self.from.resource[row as usize]),
            scope: self.scope(self.from.scope[row as usize]),
        };
        let attributes = self.mapped(self.from.attribute_pairs(row));
        let new = self.to.span(&fields, &attributes);
        self.give_back(attributes);
        self.to.block.bits[new as usize] = self.from.bits[row as usize];
        self.sparse(row);
    }

    fn sparse(&mut self, row: Row) {
        let from = self.from;
        for event in from.events.of(row) {
            let name = self.string(event.name);
            let attributes = self.mapped_list(event.attributes);
            self.to.event(event.time, name, &attributes, event.dropped);
            self.give_back(attributes);
        }
        for link in from.links.of(row) {
            let state = self.string(link.trace_state);
            let attributes = self.mapped_list(link.attributes);
            self.to.link(
                link.trace_id,
                link.span_id,
                &attributes,
                state,
                link.flags,
                link.dropped,
            );
            self.give_back(attributes);
        }
        for &message in from.status_message.of(row) {
            let message = self.string(message);
            self.to.status_message(message);
        }
        for &state in from.trace_state.of(row) {
            let state = self.string(state);
            self.to.trace_state(state);
        }
        for &flags in from.flags.of(row) {
            self.to.flags(flags);
        }
        for dropped in from.dropped.of(row) {
            self.to
                .dropped(dropped.attributes, dropped.events, dropped.links);
        }
        for &warning in from.warnings.of(row) {
            let warning = self.string(warning);
            self.to.warning(warning);
        }
    }

    /// Copies one log record.
    pub fn log(&mut self, index: LogIx) {
        let from = self.from;
        let row = from.logs[index as usize];
        let severity_text = self.string(row.severity_text);
        let resource = self.resource(row.resource.0);
        let scope = self.scope(row.scope.0);
        let attributes = self.mapped_list(row.attributes);
        self.to.log(&LogFields {
            trace_id: from.traces[row.trace.0 as usize],
            span_id: row.span_id,
            time: row.time,
            severity: row.severity,
            severity_text,
            body: from.dictionary.value(row.body),
            attributes: &attributes,
            resource,
            scope,
        });
        self.give_back(attributes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn a_copied_block_reads_the_same() {
        let block = scenario::block(
            "shop: GET /cart 0..120 server error msg=boom k=v\n  cart: load 10..90 client n=7\n    cart: parse 20..30\n",
        );
        let mut builder = BlockBuilder::new();
        builder.append_all(&block);
        builder.append_all(&block);
        let twice = builder.finish();
        assert_eq!(twice.len(), 6);
        for row in 0..6 {
            let (copy, original) = (twice.span(row), block.span(row % 3));
            assert_eq!(copy.span_id(), original.span_id());
            assert_eq!(copy.service(), original.service());
            assert_eq!(copy.is_error(), original.is_error());
            let texts = |s: crate::model::SpanRef<'_>| {
                s.attributes()
                    .iter()
                    .map(|(k, v)| format!("{k}={}", v.to_text()))
                    .collect::<Vec<_>>()
            };
            assert_eq!(texts(copy), texts(original));
        }
        assert_eq!(twice.resource_count(), block.resource_count());
        assert_eq!(
            twice.dictionary().pair_count(),
            block.dictionary().pair_count()
        );
    }
}
