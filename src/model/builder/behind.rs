//! What formats name behind the spans that it is about.

use super::BlockBuilder;
use crate::model::block::{ResourceIx, ScopeIx};

/// A point in the filling of a builder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark {
    spans: usize,
    logs: usize,
    out_of_range: usize,
}

impl BlockBuilder {
    /// How far the builder is filled, for [`Self::assign_resource`] and [`Self::assign_scope`].
    pub fn mark(&self) -> Mark {
        Mark {
            spans: self.block.len(),
            logs: self.block.logs.len(),
            out_of_range: self.out_of_range,
        }
    }

    /// Gives all spans and log records added since `mark` this resource: for formats that may
    /// name it behind them.
    pub fn assign_resource(&mut self, mark: Mark, resource: ResourceIx) {
        self.block.resource.replace(mark.spans, |_| resource.0);
        for log in self.block.logs.get_mut(mark.logs..).unwrap_or_default() {
            log.resource = resource;
        }
    }

    /// Gives each span added since `mark` another resource: for formats whose spans name
    /// resources that are described behind them. Until then a span may hold any stand-in.
    pub fn replace_resources(&mut self, mark: Mark, by: impl Fn(ResourceIx) -> ResourceIx) {
        let by = |index| by(ResourceIx(index)).0;
        self.block.resource.replace(mark.spans, by);
    }

    /// The number of spans added since `mark`.
    pub fn spans_since(&self, mark: Mark) -> usize {
        self.block.len().saturating_sub(mark.spans)
    }

    /// How many of these start or end at a time that cannot be told.
    pub fn out_of_range_since(&self, mark: Mark) -> usize {
        self.out_of_range.saturating_sub(mark.out_of_range)
    }

    /// The number of log records added since `mark`.
    pub fn logs_since(&self, mark: Mark) -> usize {
        self.block.logs.len().saturating_sub(mark.logs)
    }

    /// Gives all spans and log records added since `mark` this scope.
    pub fn assign_scope(&mut self, mark: Mark, scope: ScopeIx) {
        self.block.scope.replace(mark.spans, |_| scope.0);
        for log in self.block.logs.get_mut(mark.logs..).unwrap_or_default() {
            log.scope = scope;
        }
    }
}
