//! Evaluation: one evaluator for the store, for files, and for filters inside a trace.
//!
//! A [`Query`] is bound to a block ([`Query::bind`]), where each condition is decided once for
//! every distinct string, pair and resource; testing a span is then to compare integers. Rows
//! that may match are [`Bound::candidates`]; what it takes to decide is [`Query::needs`]. A
//! whole trace is answered by [`Query::eval`], or by an [`Evaluator`] where there are many.
//!
//! ```
//! use vizsla::model::scenario;
//! use vizsla::traceql::Query;
//!
//! let trace = scenario::trace("web: GET / 0..90 server\n  db: SELECT 10..80 client error\n");
//! let query = Query::parse("{ kind = server } > { status = error }")?;
//! assert_eq!(query.eval(&trace).map(|found| found.spans), Some(vec![1]));
//! # Ok::<(), vizsla::traceql::QueryError>(())
//! ```

mod anchor;
mod bind;
mod census;
mod datum;
mod expr;
mod note;
mod pipeline;
mod presence;
mod relation;
mod spot;
mod tag;
mod test;

use std::sync::Arc;

pub use crate::model::Bits;
pub use census::Census;
pub use datum::Datum;
pub(super) use datum::compare;
pub use note::Note;
pub use pipeline::Group;
pub use spot::{Around, Facts, Spot};
pub(super) use tag::text_of as tag_text;

use super::attribute::Attribute;
use super::error::{Fault, QueryError};
use super::parser;
use super::tree::{Body, Field, Literal, Stage, Tree};
use crate::model::{Block, Cancellation, Row, Trace};
use bind::{Binder, needs_facts, needs_tree};
use expr::Patterns;
use pipeline::{Plan, Run};
use test::{Test, With};

/// What it takes to decide whether a trace matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// Nothing more: the candidates are the spans that match.
    Rows,
    /// For each candidate, the [`Facts`] of its trace: [`Bound::accepts`].
    Facts,
    /// The trace: [`Query::eval`].
    Tree,
}

/// What it takes to read an attribute of a span.
pub fn needs_of(attribute: &Attribute) -> Needs {
    if needs_tree(attribute) {
        Needs::Tree
    } else if needs_facts(attribute) {
        Needs::Facts
    } else {
        Needs::Rows
    }
}

/// What a query found in a trace.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Match {
    /// All spans that match, by number in the trace, ascending.
    pub spans: Vec<u32>,
    /// The sets that they stand in: one, unless `by()` made several.
    pub groups: Vec<Group>,
}

/// A query, ready to be asked.
#[derive(Debug, Clone)]
pub struct Query {
    tree: Tree,
    plan: Plan,
    filters: Vec<Field>,
    /// Each of these is fulfilled by some span of every trace that matches.
    anchors: Vec<Field>,
    needs: Needs,
    patterns: Patterns,
    selected: Vec<Attribute>,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// What [`parse`](super::parse) refuses, and queries for series over time: those are not
    /// about spans.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Self::new(parser::parse(text)?)
    }

    /// Makes a query of a tree.
    ///
    /// # Errors
    /// If it asks for series over time.
    pub fn new(tree: Tree) -> Result<Self, QueryError> {
        let pipeline = match &tree.body {
            Body::Spans(pipeline) => pipeline,
            Body::Metrics(metric) => {
                let message = "this asks for series over time, not for spans".to_owned();
                let error = QueryError::new(metric.place, Fault::Refused(message));
                return Err(
                    error.with_hint("vizsla search prints them; for spans, ask up to the | before")
                );
            }
        };
        let mut filters = Vec::new();
        let plan = Plan::new(pipeline, &mut filters);
        let mut patterns = Patterns::default();
        let mut selected = Vec::new();
        for filter in &filters {
            patterns.collect(filter);
        }
        for stage in &pipeline.stages {
            match &stage.value {
                Stage::By(field) => patterns.collect(field),
                Stage::Filter(filter) => {
                    if let super::tree::Aggregate::Over(_, field) = &filter.aggregate.value {
                        patterns.collect(field);
                    }
                }
                Stage::Select(attributes) => {
                    selected.extend(attributes.iter().map(|attribute| attribute.value.clone()));
                }
                Stage::Spans(_) | Stage::Coalesce => {}
            }
        }
        Ok(Self {
            anchors: anchor::of(pipeline),
            needs: anchor::needs(pipeline, &filters),
            tree,
            plan,
            filters,
            patterns,
            selected,
        })
    }

    /// The query as a tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// What it takes to decide, beyond the candidates.
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// What `select()` asks to bring along, to be read by [`Spot::read`].
    pub fn selected(&self) -> &[Attribute] {
        &self.selected
    }

    /// What its filters read and what `select()` names, each once: what to tell of a span found.
    pub fn told(&self) -> Vec<&Attribute> {
        let read = self.filters.iter().flat_map(|filter| filter.attributes());
        let mut told: Vec<&Attribute> = Vec::new();
        for attribute in read.chain(&self.selected) {
            if !told.contains(&attribute) {
                told.push(attribute);
            }
        }
        told
    }

    /// Whether it asks for the newest traces rather than any (`with (most_recent=true)`).
    pub fn most_recent(&self) -> bool {
        let newest = Literal::Bool(true);
        let mut hints = self.tree.hints.iter();
        hints.any(|hint| hint.name.value == "most_recent" && hint.value.value == newest)
    }

    /// The query compiled for one block until cancelled.
    pub fn bind<'q>(&'q self, block: &Block, cancellation: &Cancellation<'_>) -> Bound<'q> {
        let binder = |unknown| Binder {
            block,
            with: With {
                patterns: &self.patterns,
                cancellation,
            },
            unknown,
        };
        let mut anchors = self.anchors.iter();
        let test = |unknown, anchor: Option<&Field>| match anchor {
            Some(field) => binder(unknown).test(field),
            None => Test::Always(true),
        };
        let first = anchors.next();
        let further = if self.needs == Needs::Tree {
            anchors
                .map(|anchor| test(Some(true), Some(anchor)))
                .collect()
        } else {
            Vec::new()
        };
        Bound {
            query: self,
            candidates: test(Some(true), first),
            further,
            exact: (self.needs == Needs::Facts).then(|| test(None, first)),
        }
    }

    /// Whether a block may matter to a match, as far as its strings tell: to be asked before
    /// anything is compiled for it. `false` is certain, and costs a few hashes.
    pub fn may_match_in(&self, block: &Block) -> bool {
        let mut conditions = match self.needs {
            // Each of them may be fulfilled in another block.
            Needs::Tree => self.anchors.iter(),
            Needs::Rows | Needs::Facts => self.anchors.get(..1).unwrap_or_default().iter(),
        };
        let dictionary = block.dictionary();
        self.anchors.is_empty() || conditions.any(|field| presence::may_hold(field, dictionary))
    }

    /// The rows of a block that may match: every trace that matches has one of them.
    pub fn candidates(&self, block: &Block) -> Bits {
        let cancellation = Cancellation::never();
        self.bind(block, &cancellation)
            .candidates(block, &cancellation)
    }

    /// What the query finds in a trace.
    pub fn eval(&self, trace: &Trace) -> Option<Match> {
        self.evaluator().eval(trace)
    }

    /// For many traces: remembers what was compiled for their blocks.
    pub fn evaluator(&self) -> Evaluator<'_> {
        self.evaluator_until(Cancellation::never())
    }

    /// The same until cancelled.
    pub fn evaluator_until<'q>(&'q self, cancellation: Cancellation<'q>) -> Evaluator<'q> {
        Evaluator {
            query: self,
            cancellation,
            compiled: Vec::new(),
        }
    }
}

/// A query compiled for one block.
#[derive(Debug)]
pub struct Bound<'q> {
    query: &'q Query,
    candidates: Test,
    further: Vec<Test>,
    exact: Option<Test>,
}

impl Bound<'_> {
    /// Whether no row of the block can match, found without looking at any.
    pub fn is_hopeless(&self) -> bool {
        matches!(self.candidates, Test::Always(false))
    }

    /// The rows of the block that may match.
    pub fn candidates(&self, block: &Block, cancellation: &Cancellation<'_>) -> Bits {
        if self.is_hopeless() {
            return Bits::none(block.len());
        }
        self.narrowed(&self.candidates, block, cancellation)
    }

    /// Rows of the block that matching traces have beside a candidate: of each of these sets one,
    /// in this block or another.
    pub fn companions(&self, block: &Block, cancellation: &Cancellation<'_>) -> Vec<Bits> {
        let tests = self.further.iter();
        tests
            .map(|test| self.narrowed(test, block, cancellation))
            .collect()
    }

    fn narrowed(&self, test: &Test, block: &Block, cancellation: &Cancellation<'_>) -> Bits {
        let mut rows = Bits::all(block.len());
        let patterns = &self.query.patterns;
        test.narrow(
            &mut rows,
            block,
            With {
                patterns,
                cancellation,
            },
        );
        rows
    }

    /// Whether a candidate matches, given its trace: for [`Needs::Facts`], and trivially for
    /// [`Needs::Rows`].
    pub fn accepts(&self, block: &Block, row: Row, facts: &Facts<'_>) -> bool {
        let around = Around {
            facts: Some(facts),
            tree: None,
        };
        let spot = Spot::new(block.span(row), around);
        let test = self.exact.as_ref().unwrap_or(&self.candidates);
        let with = With {
            patterns: &self.query.patterns,
            cancellation: &Cancellation::never(),
        };
        test.accepts(&spot, with)
    }
}

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

impl Evaluator<'_> {
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

#[cfg(test)]
mod tests;
