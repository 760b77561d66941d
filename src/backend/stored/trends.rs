//! How all operations fare, kept up to date beside the store.

use std::collections::BTreeMap;

use crate::analysis::Trends;
use crate::storage::{NewSpans, Summary};

/// Calls, errors and durations of every operation, a share for each generation.
#[derive(Default)]
pub struct KeptTrends(BTreeMap<u32, Trends>);

impl Summary for KeptTrends {
    fn on_commit(&mut self, new: NewSpans<'_>) {
        self.0
            .entry(new.generation)
            .or_default()
            .add_block(new.block);
    }

    fn on_evict(&mut self, generation: u32) {
        self.0.remove(&generation);
    }

    fn bytes(&self) -> usize {
        self.0.values().map(Trends::bytes).sum()
    }
}

impl KeptTrends {
    /// Those of all generations together.
    pub fn all(&self) -> Trends {
        let mut all = Trends::new();
        self.0.values().for_each(|share| all.merge(share));
        all
    }
}
