//! Copying rows from one block into another that is being built, with every reference remapped.
//!
//! This is how small blocks become large ones, how late spans are parted from their request,
//! and how a trace is copied out of a block that is about to go.

use super::block::{Block, EventRow, LinkRow, List, LogIx, ResourceIx, Row, ScopeIx};
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

    /// Copies a whole block, all spans and all log records: column by column.
    pub fn append_all(&mut self, from: &Block) {
        let first = self.len() as Row;
        let mut appender = self.append(from);
        appender.columns();
        appender.details(first);
        for log in 0..from.logs.len() as LogIx {
            appender.log(log);
        }
    }

    /// Makes room for the rows of all of `blocks`, and for the strings that are distinct in
    /// them: half of them all, for many are in several.
    pub fn reserve(&mut self, blocks: &[&Block]) {
        let sum = |of: fn(&Block) -> usize| blocks.iter().map(|block| of(block)).sum::<usize>();
        let (spans, attributes) = (sum(Block::len), sum(|block| block.attribute.len()));
        self.block.reserve(spans, attributes);
        let strings = sum(|block| block.dictionary.string_count());
        self.interner.reserve(strings / 2);
    }
}

impl Appender<'_> {
    /// The builder that rows are copied into.
    pub fn builder(&mut self) -> &mut BlockBuilder {
        self.to
    }

    /// A string of the block, as the builder has it.
    pub fn string(&mut self, sym: Sym) -> Sym {
        let known = self.strings[sym.index()];
        if known != UNMAPPED {
            return Sym(known);
        }
        let new = self.to.string(self.from.dictionary.text(sym));
        self.strings[sym.index()] = new.0;
        new
    }

    /// An attribute of the block, as the builder has it.
    pub fn pair(&mut self, pair: PairIx) -> PairIx {
        let known = self.pairs[pair.index()];
        if known != UNMAPPED {
            return PairIx::new(known);
        }
        let key = self.string(self.from.dictionary.key(pair));
        let new = self.to.pair(key, self.from.dictionary.value(pair));
        self.pairs[pair.index()] = new.index() as u32;
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
            operation: self.string(self.from.operation(row)),
            kind: span.kind(),
            status: span.status(),
            error: span.is_error(),
            resource: self.resource(self.from.resource.at(row as usize)),
            scope: self.scope(self.from.scope.at(row as usize)),
        };
        let attributes = self.mapped(self.from.attribute_pairs(row));
        let new = self.to.span(&fields, &attributes);
        self.give_back(attributes);
        self.to.block.marks[new as usize] = self.from.marks[row as usize];
        self.details_of(row, new);
    }

    /// Copies the columns of all spans. Every string and pair of a finished block is some
    /// span's, so each is looked up, and then all rows are mapped in one go.
    fn columns(&mut self) {
        let from = self.from;
        let pairs: Vec<PairIx> = (0..from.dictionary.pair_count() as u32)
            .map(|pair| self.pair(PairIx::new(pair)))
            .collect();
        let traces: Vec<u32> = from.traces.iter().map(|&id| self.to.trace(id)).collect();
        let names = from.operations.iter().map(|&sym| self.string(sym));
        let names: Vec<Sym> = names.collect();
        let operations: Vec<u32> = names.iter().map(|&sym| self.to.operation(sym)).collect();
        let resources: Vec<u32> = (0..from.resources.len() as u32)
            .map(|index| self.resource(index).0)
            .collect();
        let scopes: Vec<u32> = (0..from.scopes.len() as u32)
            .map(|index| self.scope(index).0)
            .collect();
        let to = &mut self.to.block;
        let before = to.attribute.len() as u32;
        to.trace.extend(&from.trace, &traces);
        to.span_id.extend_from_slice(&from.span_id);
        to.parent_id.extend_from_slice(&from.parent_id);
        to.start.extend_from_slice(&from.start);
        to.duration.extend_from_slice(&from.duration);
        to.operation.extend(&from.operation, &operations);
        to.resource.extend(&from.resource, &resources);
        to.scope.extend(&from.scope, &scopes);
        to.marks.extend_from_slice(&from.marks);
        to.attribute
            .extend(from.attribute.iter().map(|pair| pairs[pair.index()]));
        let ends = from.attribute_end.iter().map(|&end| before + end);
        to.attribute_end.extend(ends);
    }

    /// Copies what few spans have, of all of them; `first` is the row of the first.
    fn details(&mut self, first: Row) {
        let from = self.from;
        for (row, event) in from.events.iter() {
            self.event(first + row, event);
        }
        for (row, link) in from.links.iter() {
            self.link(first + row, link);
        }
        for (row, &message) in from.status_message.iter() {
            let message = self.string(message);
            self.to.block.status_message.push(first + row, message);
        }
        for (row, &state) in from.trace_state.iter() {
            let state = self.string(state);
            self.to.block.trace_state.push(first + row, state);
        }
        for (row, &warning) in from.warnings.iter() {
            let warning = self.string(warning);
            self.to.block.warnings.push(first + row, warning);
        }
        let to = &mut self.to.block;
        to.flags.extend(first, &from.flags);
        to.dropped.extend(first, &from.dropped);
        to.backwards.extend(first, &from.backwards);
    }

    fn event(&mut self, row: Row, event: &EventRow) {
        let name = self.string(event.name);
        let attributes = self.list(event.attributes);
        let copy = EventRow {
            name,
            attributes,
            ..*event
        };
        self.to.block.events.push(row, copy);
    }

    fn link(&mut self, row: Row, link: &LinkRow) {
        let trace_state = self.string(link.trace_state);
        let attributes = self.list(link.attributes);
        let copy = LinkRow {
            attributes,
            trace_state,
            ..*link
        };
        self.to.block.links.push(row, copy);
    }

    /// Copies what few spans have, of one; it was added as `new`.
    fn details_of(&mut self, row: Row, new: Row) {
        let from = self.from;
        for event in from.events.of(row) {
            self.event(new, event);
        }
        for link in from.links.of(row) {
            self.link(new, link);
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

    fn list(&mut self, list: List) -> List {
        let attributes = self.mapped_list(list);
        let copy = self.to.list(&attributes);
        self.give_back(attributes);
        copy
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
