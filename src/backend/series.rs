//! Series over time: what is asked of a backend, and what it answers.

use super::Window;
use crate::model::{Nanos, Time};
use crate::traceql::Steps;
use crate::traceql::metrics::Series;

/// A question for series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesRequest {
    /// A metrics query.
    pub query: String,
    /// Spans that start within it; without one, all there are.
    pub window: Option<Window>,
    /// How time is divided.
    pub by: Division,
    /// Whether spans that stand for others are wanted.
    pub exemplars: bool,
}

/// How time is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Division {
    /// Into some 240 steps of a round length.
    #[default]
    Suitable,
    /// Into steps of this length.
    Steps(Nanos),
    /// Not at all: one number for the whole window.
    Whole,
}

impl Division {
    /// The steps that divide a window.
    pub fn of(self, window: Window) -> Steps {
        let Window { from, to } = window;
        match self {
            Self::Suitable => Steps::covering(from, to, Steps::suitable(to.since(from))),
            Self::Steps(length) => Steps::covering(from, to, length),
            Self::Whole => Steps::whole(from, to),
        }
    }
}

/// Series.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesAnswer {
    /// The steps of time, one for each value.
    pub steps: Steps,
    /// The series, by their labels.
    pub series: Vec<Series>,
    /// What is to be said beside them.
    pub notes: Vec<String>,
}

impl SeriesAnswer {
    /// When each value's step ends.
    pub fn times(&self) -> impl Iterator<Item = Time> {
        let steps = self.steps;
        (0..steps.count()).map(move |step| steps.end_of(step))
    }
}
