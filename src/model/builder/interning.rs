//! Distinct things of a block: strings, attributes, resources, scopes, traces, operations.

use super::BlockBuilder;
use crate::model::block::{List, ResourceIx, ResourceRow, ScopeIx, ScopeRow};
use crate::model::dictionary::{PairIx, Sym};
use crate::model::fields::{ResourceFields, ScopeFields};
use crate::model::id::TraceId;
use crate::model::value::Value;

impl BlockBuilder {
    /// Interns a string.
    pub fn string(&mut self, text: &str) -> Sym {
        self.interner.string(&mut self.block.dictionary, text)
    }

    /// Interns an attribute.
    pub fn attribute(&mut self, key: &str, value: Value<'_>) -> PairIx {
        let key = self.string(key);
        self.pair(key, value)
    }

    /// Interns an attribute whose key is interned already.
    pub fn pair(&mut self, key: Sym, value: Value<'_>) -> PairIx {
        let known = self.block.dictionary.pair_count();
        let pair = self.interner.pair(&mut self.block.dictionary, key, value);
        let new = pair.index() == known;
        if new
            && matches!(value, Value::Bool(true) | Value::Str("true"))
            && self.block.dictionary.text(key) == "error"
        {
            self.error_pairs.push(pair);
        }
        pair
    }

    /// Interns a resource: equal ones share a row.
    pub fn resource(&mut self, fields: ResourceFields<'_>) -> ResourceIx {
        let block = &self.block;
        let same = |row: &ResourceRow| {
            row.schema_url == fields.schema_url
                && row.dropped == fields.dropped
                && block.list(row.attributes) == fields.attributes
        };
        // Batches name few resources and repeat the latest: the list is searched from its end,
        // and only as far as repeats are likely, so that a million resources stay linear.
        if let Some(back) = block.resources.iter().rev().take(64).position(same) {
            return ResourceIx((block.resources.len() - 1 - back) as u32);
        }
        let service = fields
            .attributes
            .iter()
            .find(|&&pair| block.dictionary.text(block.dictionary.key(pair)) == "service.name");
        let service = service
            .and_then(|&pair| block.dictionary.value_sym(pair))
            .unwrap_or_default();
        let attributes = self.list(fields.attributes);
        let ResourceFields {
            schema_url,
            dropped,
            ..
        } = fields;
        self.block.resources.push(ResourceRow {
            attributes,
            service,
            schema_url,
            dropped,
        });
        ResourceIx(self.block.resources.len() as u32 - 1)
    }

    /// Interns a scope: equal ones share a row.
    pub fn scope(&mut self, fields: ScopeFields<'_>) -> ScopeIx {
        let block = &self.block;
        let same = |row: &ScopeRow| {
            row.name == fields.name
                && row.version == fields.version
                && row.schema_url == fields.schema_url
                && row.dropped == fields.dropped
                && block.list(row.attributes) == fields.attributes
        };
        if let Some(back) = block.scopes.iter().rev().take(64).position(same) {
            return ScopeIx((block.scopes.len() - 1 - back) as u32);
        }
        let attributes = self.list(fields.attributes);
        let ScopeFields {
            name,
            version,
            schema_url,
            dropped,
            ..
        } = fields;
        self.block.scopes.push(ScopeRow {
            name,
            version,
            attributes,
            schema_url,
            dropped,
        });
        ScopeIx(self.block.scopes.len() as u32 - 1)
    }

    pub(in crate::model) fn list(&mut self, pairs: &[PairIx]) -> List {
        if pairs.is_empty() {
            return List::default();
        }
        let from = self.block.lists.len() as u32;
        self.block.lists.extend_from_slice(pairs);
        List {
            from,
            to: self.block.lists.len() as u32,
        }
    }

    pub(in crate::model) fn trace(&mut self, id: TraceId) -> u32 {
        if let Some((last, index)) = self.last_trace
            && last == id
        {
            return index;
        }
        // Trace ids are random already: their low half is hash enough, but an attacker could
        // choose it, so it is mixed with a seed through the interner's hasher.
        let traces = &mut self.block.traces;
        let interner = &self.interner;
        let hash = interner.hash(id);
        let found = self
            .traces
            .find(hash, |&index| traces[index as usize] == id)
            .copied();
        let index = found.unwrap_or_else(|| {
            let index = traces.len() as u32;
            traces.push(id);
            self.traces
                .insert_unique(hash, index, |&index| interner.hash(traces[index as usize]));
            index
        });
        self.last_trace = Some((id, index));
        index
    }

    /// The position of an operation among those of the block.
    pub(in crate::model) fn operation(&mut self, name: Sym) -> u32 {
        const NONE: u32 = u32::MAX;
        if self.operations.len() <= name.index() {
            self.operations.resize(name.index() + 1, NONE);
        }
        let known = &mut self.operations[name.index()];
        if *known == NONE {
            *known = self.block.operations.len() as u32;
            self.block.operations.push(name);
        }
        *known
    }
}
