//! Hashes of the services and operations of a block, each worked out once.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::model::{Block, ResourceIx, SpanRef};

/// Equal for equal names, whatever block they stand in.
pub(super) struct NameHashes {
    services: Vec<u64>,
    operations: Vec<u64>,
}

impl NameHashes {
    /// Those of a block.
    pub(super) fn new(block: &Block, hasher: &RandomState) -> Self {
        let resources = (0..block.resource_count() as u32).map(ResourceIx);
        let service = |index| hasher.hash_one(block.resource(index).service());
        let operations = block.operations().iter();
        let operation = |&name| hasher.hash_one(block.dictionary().text(name));
        Self {
            services: resources.map(service).collect(),
            operations: operations.map(operation).collect(),
        }
    }

    /// The hashes of a span's service and operation.
    pub(super) fn of(&self, span: SpanRef<'_>) -> (u64, u64) {
        let operation = span.block().operation_column().get(span.row() as usize);
        let hash = |hashes: &[u64], at: u32| hashes.get(at as usize).copied().unwrap_or(0);
        (
            hash(&self.services, span.resource().index().0),
            operation.map_or(0, |at| hash(&self.operations, at)),
        )
    }
}
