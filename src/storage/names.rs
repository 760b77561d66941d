//! Hashes of the services and operations of a block, each worked out once.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::model::{Block, ResourceIx, SpanRef};

/// Equal for equal names, whatever block they stand in.
pub(super) struct NameHashes<'a> {
    hasher: &'a RandomState,
    services: Vec<u64>,
    /// By symbol; zero where it is not known yet.
    operations: Vec<u64>,
}

impl<'a> NameHashes<'a> {
    /// Those of a block.
    pub(super) fn new(block: &Block, hasher: &'a RandomState) -> Self {
        let resources = (0..block.resource_count() as u32).map(ResourceIx);
        let service = |index| hasher.hash_one(block.resource(index).service());
        Self {
            hasher,
            services: resources.map(service).collect(),
            operations: vec![0; block.dictionary().string_count()],
        }
    }

    /// The hashes of a span's service and operation.
    pub(super) fn of(&mut self, span: SpanRef<'_>) -> (u64, u64) {
        let resource = span.resource().index().0 as usize;
        let service = self.services.get(resource).copied().unwrap_or(0);
        let column = span.block().operation_column();
        let sym = column.get(span.row() as usize).copied().unwrap_or_default();
        let Some(operation) = self.operations.get_mut(sym.index()) else {
            return (service, 0);
        };
        if *operation == 0 {
            *operation = self.hasher.hash_one(span.operation());
        }
        (service, *operation)
    }
}
