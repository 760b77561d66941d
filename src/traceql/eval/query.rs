//! A query as text or tree made ready to be asked.

use super::bound::Bound;
use super::evaluator::Evaluator;
use super::expr::Patterns;
use super::pipeline::Plan;
use super::{Match, Needs, anchor, presence};
use crate::model::{Bits, Block, Cancellation, Trace};
use crate::traceql::attribute::Attribute;
use crate::traceql::error::{Fault, QueryError};
use crate::traceql::parser;
use crate::traceql::tree::{Aggregate, Body, Field, Literal, Stage, Tree};

/// A query, ready to be asked.
#[derive(Debug, Clone)]
pub struct Query {
    tree: Tree,
    pub(super) plan: Plan,
    pub(super) filters: Vec<Field>,
    /// Each of these is fulfilled by some span of every trace that matches.
    pub(super) anchors: Vec<Field>,
    needs: Needs,
    pub(super) patterns: Patterns,
    selected: Vec<Attribute>,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// What [`parse`](crate::traceql::parse) refuses, and queries for series over time: those are not
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
                    if let Aggregate::Over(_, field) = &filter.aggregate.value {
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

    /// What `select()` asks to bring along, to be read by `Spot::read`.
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
        Bound::new(self, block, cancellation)
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
        Evaluator::new(self, cancellation)
    }
}
