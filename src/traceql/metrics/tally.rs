//! The spans of one selection, counted by series and step.

use super::Selection;
use super::cells::{Cells, value_of};
use super::column::{Column, read};
use super::series::{Exemplar, Label, Series};
use super::steps::Steps;
use super::values::{Keys, NIL, Values};
use crate::model::{Block, Row, SpanRef};
use crate::traceql::attribute::{Attribute, Intrinsic};
use crate::traceql::eval::{Around, Bits, Datum, Spot};
use crate::traceql::number::Number;
use crate::traceql::tree::{Literal, MetricFunction};
use crate::traceql::types::Type;

/// Cells that a tally keeps at most: what bounds its memory, whatever the spans are grouped by.
const MOST_CELLS: usize = 1 << 20;

/// The spans of one selection, counted by series and step.
#[derive(Debug)]
pub struct Tally<'q> {
    selection: &'q Selection,
    steps: Steps,
    values: Values,
    keys: Keys,
    cells: Cells,
    /// For each cell the span to show for it, if that is wanted.
    exemplars: Option<Vec<Option<Exemplar>>>,
    left_out: u64,
}

impl<'q> Tally<'q> {
    pub(super) fn new(selection: &'q Selection, steps: Steps, exemplars: bool) -> Self {
        let cells = match &selection.function {
            MetricFunction::Over(fold, _) => Cells::Folds(*fold, Vec::new()),
            MetricFunction::Quantiles(..) => Cells::Sketches(Vec::new()),
            _ => Cells::Counts(Vec::new()),
        };
        let buckets = matches!(selection.function, MetricFunction::Histogram(_));
        Self {
            selection,
            steps,
            values: Values::default(),
            keys: Keys::new(selection.by.len() + usize::from(buckets)),
            cells,
            exemplars: exemplars.then(Vec::new),
            left_out: 0,
        }
    }

    /// An empty one of the same selection and steps.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::new(self.selection, self.steps, self.exemplars.is_some())
    }

    /// Counts rows of a block, where a span says all there is to say.
    pub fn rows(&mut self, block: &Block, rows: &Bits) {
        let columns = self.selection.by.iter();
        let mut columns: Vec<Column<'_>> = columns
            .map(|attribute| Column::of(attribute, block, &mut self.values))
            .collect();
        let starts = block.start_column();
        let mut step_of = self.steps.cursor();
        let mut key = vec![NIL; columns.len()];
        // Where the cells of the labels begin, if they are known: the spans of a request mostly
        // share them.
        let (mut known, mut first) = (false, None);
        rows.iter().for_each(|row| {
            let Some(step) = starts.get(row).and_then(|&start| step_of.of(start)) else {
                return;
            };
            let row = row as Row;
            for (value, column) in key.iter_mut().zip(&mut columns) {
                let number = column.number(row, &mut self.values);
                if *value != number {
                    *value = number;
                    known = false;
                }
            }
            let number = self.number(block, row);
            let Some(value) = self.value(number) else {
                return;
            };
            if self.has_buckets() {
                self.count(&mut key, step, number, || block.span(row));
            } else {
                if !known {
                    first = self.first_cell(&key);
                    known = true;
                }
                self.add(first, step, (value, number), || block.span(row));
            }
        });
    }

    /// What the function reads of a row, if it reads a number.
    fn number(&self, block: &Block, row: Row) -> Option<f64> {
        match self.selection.value.as_ref()? {
            Attribute::Intrinsic(Intrinsic::Duration) => {
                let nanos = block.duration_column().get(row as usize);
                nanos.map(|nanos| nanos.0 as f64)
            }
            attribute => {
                let spot = Spot::new(block.span(row), Around::default());
                number_of(&read(attribute, &spot))
            }
        }
    }

    /// Counts a span, where its trace says something too.
    pub fn span(&mut self, spot: &Spot<'_>) {
        let Some(step) = self.steps.of(spot.span.start()) else {
            return;
        };
        let by = self.selection.by.iter();
        let mut key: Vec<u32> = by
            .map(|attribute| self.values.number_of(read(attribute, spot)))
            .collect();
        let value = self.selection.value.as_ref();
        let number = value.and_then(|attribute| number_of(&read(attribute, spot)));
        self.count(&mut key, step, number, || spot.span);
    }

    /// Counts a span with its labels, and its value if the function wants one.
    fn count<'b>(
        &mut self,
        key: &mut Vec<u32>,
        step: usize,
        number: Option<f64>,
        span: impl FnOnce() -> SpanRef<'b>,
    ) {
        let Some(value) = self.value(number) else {
            return;
        };
        let buckets = self.has_buckets();
        if buckets {
            let Some(bucket) = power_of_two(value) else {
                return;
            };
            let bucket = Number::Float(bucket * self.selection.unit());
            key.push(self.values.number_of(Datum::Number(bucket)));
        }
        let first = self.first_cell(key);
        if buckets {
            key.pop();
        }
        self.add(first, step, (value, number), span);
    }

    fn has_buckets(&self) -> bool {
        matches!(self.selection.function, MetricFunction::Histogram(_))
    }

    /// What a span adds: 1, or the number that the function reads. `None` without one.
    fn value(&self, number: Option<f64>) -> Option<f64> {
        match self.selection.value {
            None => Some(1.0),
            Some(_) => number,
        }
    }

    /// Adds a span to the cells that begin at `first`.
    fn add<'b>(
        &mut self,
        first: Option<usize>,
        step: usize,
        (value, number): (f64, Option<f64>),
        span: impl FnOnce() -> SpanRef<'b>,
    ) {
        let Some(first) = first else {
            self.left_out += 1;
            return;
        };
        let at = first + step;
        self.cells.add(at, value);
        if let Some(place) = self.exemplars.as_mut().and_then(|cells| cells.get_mut(at)) {
            Exemplar::offer(place, span(), number.map(|n| n * self.selection.unit()));
        }
    }

    /// Where the cells of a combination of labels begin; `None` if there are too many.
    fn first_cell(&mut self, key: &[u32]) -> Option<usize> {
        let most = (MOST_CELLS / self.steps.count()).max(1);
        let series = self.keys.number_of(key, most)?;
        Some(self.room_for(series))
    }

    /// The first cell of a series.
    fn room_for(&mut self, series: u32) -> usize {
        let from = series as usize * self.steps.count();
        let to = from + self.steps.count();
        if self.cells.len() < to {
            self.cells.grow(to);
            if let Some(exemplars) = &mut self.exemplars {
                exemplars.resize(to, None);
            }
        }
        from
    }

    /// Takes in what another tally of the same selection counted.
    pub fn merge(&mut self, other: &Self) {
        let steps = self.steps.count();
        let most = (MOST_CELLS / steps).max(1);
        self.left_out += other.left_out;
        for theirs in 0..other.keys.len() {
            let key: Vec<u32> = other
                .keys
                .key(theirs as u32)
                .iter()
                .map(|&value| {
                    self.values
                        .number_of(Datum::literal(other.values.get(value)))
                })
                .collect();
            let Some(ours) = self.keys.number_of(&key, most) else {
                self.left_out += 1;
                continue;
            };
            let (to, from) = (self.room_for(ours), theirs * steps);
            for step in 0..steps {
                self.cells.merge(to + step, &other.cells, from + step);
            }
            if let (Some(cells), Some(others)) = (&mut self.exemplars, &other.exemplars) {
                let others = others.iter().skip(from).take(steps);
                for (place, exemplar) in cells.iter_mut().skip(to).zip(others) {
                    Exemplar::best(place, exemplar.as_ref());
                }
            }
        }
    }

    /// Spans whose series would have been one too many.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The series.
    pub(super) fn series(&self) -> Vec<Series> {
        (0..self.keys.len())
            .flat_map(|number| self.series_of(number))
            .collect()
    }

    /// Series of one combination of labels: one, or one for each quantile.
    fn series_of(&self, number: usize) -> Vec<Series> {
        let steps = self.steps.count();
        let cells = number * steps..(number + 1) * steps;
        let labels = self.labels(number);
        let exemplars: Vec<Exemplar> = self
            .exemplars
            .iter()
            .flat_map(|all| all.get(cells.clone()).unwrap_or_default())
            .flatten()
            .copied()
            .collect();
        let series = |labels, values| Series {
            labels,
            values,
            exemplars: exemplars.clone(),
        };
        let seconds = self.steps.length().0 as f64 / 1e9;
        let unit = self.selection.unit();
        match &self.cells {
            Cells::Counts(counts) => {
                let counts = counts.get(cells).unwrap_or_default().iter();
                let rate = self.selection.function == MetricFunction::Rate;
                let value = |&count: &u64| count as f64 / if rate { seconds } else { 1.0 };
                vec![series(labels, counts.map(value).collect())]
            }
            Cells::Folds(fold, folds) => {
                let folds = folds.get(cells).unwrap_or_default().iter();
                let value = |&cell: &(f64, u64)| value_of(*fold, cell) * unit;
                vec![series(labels, folds.map(value).collect())]
            }
            Cells::Sketches(sketches) => {
                let sketches = sketches.get(cells).unwrap_or_default();
                let MetricFunction::Quantiles(_, quantiles) = &self.selection.function else {
                    return Vec::new();
                };
                let one = |&q: &f64| {
                    let mut labels = labels.clone();
                    labels.push(Label::new("p", Literal::Float(q)));
                    let values = sketches.iter().map(|sketch| sketch.quantile(q) * unit);
                    series(labels, values.collect())
                };
                quantiles.iter().map(one).collect()
            }
        }
    }

    /// Labels that have a value; of several that all have none, the first.
    fn labels(&self, number: usize) -> Vec<Label> {
        let mut names: Vec<String> = self.selection.by.iter().map(ToString::to_string).collect();
        let function = &self.selection.function;
        if matches!(function, MetricFunction::Histogram(_)) {
            names.push("__bucket".to_owned());
        }
        let numbers = self.keys.key(number as u32).iter();
        let values = numbers.map(|&value| self.values.get(value).clone());
        let all: Vec<Label> = names
            .into_iter()
            .zip(values)
            .map(|(name, value)| Label { name, value })
            .collect();
        let quantiles = matches!(function, MetricFunction::Quantiles(..));
        if all.is_empty() && !quantiles {
            let name = Literal::Text(self.selection.function_name().to_owned());
            return vec![Label::new(Label::NAME, name)];
        }
        let there = |label: &&Label| label.value != Literal::Nil;
        if all.iter().any(|label| there(&label)) {
            return all.iter().filter(there).cloned().collect();
        }
        all.into_iter().take(1).collect()
    }
}

fn number_of(datum: &Datum<'_>) -> Option<f64> {
    let number = datum.number()?.to_f64();
    number.is_finite().then_some(number)
}

/// The power of two that a number does not exceed; none below 2.
fn power_of_two(value: f64) -> Option<f64> {
    if value < 2.0 {
        return None;
    }
    let below = 2.0_f64.powi(value.log2().floor() as i32);
    Some(if below < value { below * 2.0 } else { below })
}

impl Selection {
    /// What a value is multiplied with: durations are told in seconds.
    pub(super) fn unit(&self) -> f64 {
        let value = self.value.as_ref().map(Attribute::value_type);
        if value == Some(Type::Duration) {
            1e-9
        } else {
            1.0
        }
    }
}
