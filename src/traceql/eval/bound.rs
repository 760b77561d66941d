//! A query bound to a block: its conditions decided for whatever the block says more than once.

use super::bind::Binder;
use super::test::{Test, With};
use super::{Around, Facts, Needs, Query, Spot};
use crate::model::{Bits, Block, Cancellation, Row};
use crate::traceql::tree::Field;

/// A query compiled for one block.
#[derive(Debug)]
pub struct Bound<'q> {
    query: &'q Query,
    candidates: Test,
    further: Vec<Test>,
    exact: Option<Test>,
}

impl<'q> Bound<'q> {
    pub(super) fn new(query: &'q Query, block: &Block, cancellation: &Cancellation<'_>) -> Self {
        let binder = |unknown| Binder {
            block,
            with: With {
                patterns: &query.patterns,
                cancellation,
            },
            unknown,
        };
        let mut anchors = query.anchors.iter();
        let test = |unknown, anchor: Option<&Field>| match anchor {
            Some(field) => binder(unknown).test(field),
            None => Test::Always(true),
        };
        let first = anchors.next();
        let further = if query.needs() == Needs::Tree {
            anchors
                .map(|anchor| test(Some(true), Some(anchor)))
                .collect()
        } else {
            Vec::new()
        };
        Self {
            query,
            candidates: test(Some(true), first),
            further,
            exact: (query.needs() == Needs::Facts).then(|| test(None, first)),
        }
    }

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
