//! A query on many traces.

use std::sync::Arc;

use super::pipeline::{self, Group, Run};
use super::test::{Test, With};
use super::{Facts, Match, Query};
use crate::model::{Block, Cancellation, Trace};

/// Evaluates a query on many traces.
#[derive(Debug)]
pub struct Evaluator<'q> {
    query: &'q Query,
    cancellation: Cancellation<'q>,
    /// The blocks seen last, the newest at the end, with their compiled filters.
    compiled: Vec<(Arc<Block>, Vec<Test>)>,
}

/// How many blocks an evaluator remembers, if no one trace has more.
const REMEMBERED: usize = 32;

impl<'q> Evaluator<'q> {
    pub(super) fn new(query: &'q Query, cancellation: Cancellation<'q>) -> Self {
        Self {
            query,
            cancellation,
            compiled: Vec::new(),
        }
    }

    /// What ends its work early.
    pub fn cancellation(&self) -> &Cancellation<'_> {
        &self.cancellation
    }

    /// What the query finds in a trace.
    pub fn eval(&mut self, trace: &Trace) -> Option<Match> {
        let query = self.query;
        self.compile(trace.blocks());
        let filters: Vec<&[Test]> = trace
            .blocks()
            .iter()
            .map(|block| self.tests(block))
            .collect();
        let run = Run {
            trace,
            facts: &Facts::of(trace),
            filters: &filters,
            with: With {
                patterns: &query.patterns,
                cancellation: &self.cancellation,
            },
        };
        let everything = Group {
            spans: (0..trace.len() as u32).collect(),
            labels: Vec::new(),
        };
        let groups = run.plan(&query.plan, everything);
        let spans = pipeline::all_spans(&groups);
        (!spans.is_empty()).then_some(Match { spans, groups })
    }

    fn tests(&self, block: &Arc<Block>) -> &[Test] {
        let found = self
            .compiled
            .iter()
            .find(|(known, _)| Arc::ptr_eq(known, block));
        found.map_or(&[], |(_, tests)| tests.as_slice())
    }

    /// Compiles the filters for blocks that are not remembered, forgetting others for them.
    fn compile(&mut self, blocks: &[Arc<Block>]) {
        if self.compiled.len() + blocks.len() > REMEMBERED {
            let wanted = |known: &Arc<Block>| blocks.iter().any(|block| Arc::ptr_eq(known, block));
            self.compiled.retain(|(known, _)| wanted(known));
        }
        for block in blocks {
            if self
                .compiled
                .iter()
                .all(|(known, _)| !Arc::ptr_eq(known, block))
            {
                let with = With {
                    patterns: &self.query.patterns,
                    cancellation: &self.cancellation,
                };
                let tests = pipeline::compile(&self.query.filters, block, with);
                self.compiled.push((Arc::clone(block), tests));
            }
        }
    }
}
