//! `compare()`: which values of which attributes some spans have that the others have not.
//!
//! Rows are shown twice: first every value is counted, then [`Comparison::choose`] keeps the most
//! frequent of each attribute and side, and those are counted by step.

use super::series::{Label, Series};
use super::steps::Steps;
use super::values::{Keys, NIL, Values};
use crate::model::{Block, Kind, PairIx, ResourceIx, Row, Status, Time, Value};
use crate::traceql::attribute::{Attribute, Intrinsic, Scope};
use crate::traceql::eval::{Bits, Datum};
use crate::traceql::tree::Literal;

/// Values of one attribute that are told apart; one with more is told to have too many.
const MOST_VALUES: usize = 10_000;

/// How often rows are shown, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// To find the most frequent values.
    Count,
    /// To count those by step.
    Time,
}

/// The sides: the spans that were not selected, and those that were.
const SIDES: [&str; 2] = ["baseline", "selection"];

/// Two sets of spans, compared by the values of all their attributes.
#[derive(Debug)]
pub struct Comparison {
    top: usize,
    window: Option<(Time, Time)>,
    steps: Steps,
    /// Attributes as written, numbered by their places here.
    attributes: Vec<Told>,
    values: Values,
    /// Attribute and value; its number is the facet's.
    facets: Keys,
    /// By facet and side.
    counts: Vec<[u64; 2]>,
    /// For each facet its place in `chosen`, if it is among the most frequent.
    places: Vec<Option<usize>>,
    /// By place, side and step.
    cells: Vec<[Vec<u64>; 2]>,
    /// By side and step.
    totals: [Vec<u64>; 2],
}

/// An attribute that occurs.
#[derive(Debug)]
struct Told {
    attribute: Attribute,
    values: usize,
}

/// No facet: nothing to count.
const NONE: u32 = u32::MAX;

impl Comparison {
    pub(super) fn new(top: u64, window: Option<(Time, Time)>, steps: Steps) -> Self {
        Self {
            top: usize::try_from(top).unwrap_or(usize::MAX),
            window,
            steps,
            attributes: Vec::new(),
            values: Values::default(),
            facets: Keys::new(2),
            counts: Vec::new(),
            places: Vec::new(),
            cells: Vec::new(),
            totals: [vec![0; steps.count()], vec![0; steps.count()]],
        }
    }

    /// Shows rows of a block: all that are compared, and which of them are selected.
    pub fn rows(&mut self, pass: Pass, block: &Block, all: &Bits, selected: &Bits) {
        let facets = Facets::of(self, block);
        for row in all.iter() {
            let start = block.span(row as Row).start();
            let Some(step) = self.steps.of(start) else {
                continue;
            };
            let inside = self
                .window
                .is_none_or(|(from, to)| (from..=to).contains(&start));
            let side = usize::from(inside && selected.contains(row));
            for facet in facets.of_row(block, row as Row) {
                self.see(pass, facet, side, step);
            }
            if pass == Pass::Count
                && let Some(total) = self.totals[side].get_mut(step)
            {
                *total += 1;
            }
        }
    }

    fn see(&mut self, pass: Pass, facet: u32, side: usize, step: usize) {
        let facet = facet as usize;
        match pass {
            Pass::Count => {
                if let Some(counts) = self.counts.get_mut(facet) {
                    counts[side] += 1;
                }
            }
            Pass::Time => {
                let place = self.places.get(facet).copied().flatten();
                let cells = place.and_then(|place| self.cells.get_mut(place));
                if let Some(cell) = cells.and_then(|cells| cells[side].get_mut(step)) {
                    *cell += 1;
                }
            }
        }
    }

    /// The number of an attribute's value; none of nil, and of one value too many.
    fn facet(&mut self, attribute: u32, datum: Datum<'_>) -> u32 {
        let value = self.values.number_of(datum);
        let Some(told) = self.attributes.get_mut(attribute as usize) else {
            return NONE;
        };
        if value == NIL || told.values > MOST_VALUES {
            return NONE;
        }
        let before = self.facets.len();
        let facet = self.facets.number_of(&[attribute, value], usize::MAX);
        if self.facets.len() > before {
            told.values += 1;
            self.counts.push([0; 2]);
        }
        facet.unwrap_or(NONE)
    }

    fn attribute(&mut self, attribute: &Attribute) -> u32 {
        let known = self
            .attributes
            .iter()
            .position(|told| told.attribute == *attribute);
        known.unwrap_or_else(|| {
            self.attributes.push(Told {
                attribute: attribute.clone(),
                values: 0,
            });
            self.attributes.len() - 1
        }) as u32
    }

    /// Keeps the most frequent values of each attribute, on each side.
    pub fn choose(&mut self) {
        if !self.places.is_empty() {
            return;
        }
        self.places = vec![None; self.facets.len()];
        let mut of_attribute: Vec<Vec<u32>> = vec![Vec::new(); self.attributes.len()];
        for facet in 0..self.facets.len() as u32 {
            let attribute = self.facets.key(facet).first().copied().unwrap_or(NIL);
            if let Some(facets) = of_attribute.get_mut(attribute as usize) {
                facets.push(facet);
            }
        }
        for (told, facets) in self.attributes.iter().zip(&mut of_attribute) {
            if told.values > MOST_VALUES {
                continue;
            }
            for side in 0..SIDES.len() {
                let count = |facet: u32| self.counts.get(facet as usize).map_or(0, |c| c[side]);
                facets.sort_by_key(|&facet| (std::cmp::Reverse(count(facet)), facet));
                for &facet in facets
                    .iter()
                    .take(self.top)
                    .filter(|&&facet| count(facet) > 0)
                {
                    if let Some(place @ None) = self.places.get_mut(facet as usize) {
                        *place = Some(self.cells.len());
                        let cells = vec![0; self.steps.count()];
                        self.cells.push([cells.clone(), cells]);
                    }
                }
            }
        }
    }

    /// A series for each side of each value kept, and for each side of all spans.
    pub(super) fn series(&self) -> Vec<Series> {
        let meta = |side: &str| Label::new("__meta_type", Literal::Text(side.to_owned()));
        let told = |values: &[u64]| values.iter().any(|&value| value > 0);
        let numbers = |values: &[u64]| values.iter().map(|&value| value as f64).collect();
        let mut series = Vec::new();
        for (facet, place) in self.places.iter().enumerate() {
            let Some(cells) = place.and_then(|place| self.cells.get(place)) else {
                continue;
            };
            let [attribute, value] = *self.facets.key(facet as u32) else {
                continue;
            };
            let Some(attribute) = self.attributes.get(attribute as usize) else {
                continue;
            };
            let label = Label::new(
                &attribute.attribute.to_string(),
                self.values.get(value).clone(),
            );
            for (side, values) in SIDES.into_iter().zip(cells).filter(|(_, v)| told(v)) {
                series.push(Series {
                    labels: vec![meta(side), label.clone()],
                    values: numbers(values),
                    exemplars: Vec::new(),
                });
            }
        }
        for told in self
            .attributes
            .iter()
            .filter(|told| told.values > MOST_VALUES)
        {
            let error = Literal::Text("__too_many_values__".to_owned());
            series.push(Series {
                labels: vec![
                    Label::new("__meta_error", error),
                    Label::new(&told.attribute.to_string(), Literal::Nil),
                ],
                values: vec![0.0; self.steps.count()],
                exemplars: Vec::new(),
            });
        }
        for (side, values) in SIDES.into_iter().zip(&self.totals) {
            series.push(Series {
                labels: vec![meta(&format!("{side}_total"))],
                values: numbers(values),
                exemplars: Vec::new(),
            });
        }
        series
    }
}

/// The facets of a block's pairs, resources, operations, kinds and statuses.
struct Facets {
    pairs: Vec<u32>,
    resources: Vec<Vec<u32>>,
    operations: Vec<u32>,
    kinds: Vec<u32>,
    statuses: Vec<u32>,
}

impl Facets {
    fn of(all: &mut Comparison, block: &Block) -> Self {
        let dictionary = block.dictionary();
        let mut attributes: Vec<[u32; 2]> = vec![[NONE; 2]; dictionary.string_count()];
        let mut facet = |all: &mut Comparison, pair: PairIx, scope: Scope| {
            let key = dictionary.key(pair);
            let place = attributes.get_mut(key.index());
            let slot = usize::from(scope == Scope::Resource);
            let attribute = match place {
                Some(known) if known[slot] != NONE => known[slot],
                place => {
                    let number = all.attribute(&Attribute::keyed(scope, dictionary.text(key)));
                    if let Some(known) = place {
                        known[slot] = number;
                    }
                    number
                }
            };
            match dictionary.value(pair) {
                Value::Empty => NONE,
                value => all.facet(attribute, Datum::of(value)),
            }
        };
        let mut pairs = vec![NONE; dictionary.pair_count()];
        let (column, _) = block.attribute_columns();
        let mut seen = Bits::none(pairs.len());
        for &pair in column {
            if !seen.contains(pair.index()) {
                seen.insert(pair.index());
                if let Some(place) = pairs.get_mut(pair.index()) {
                    *place = facet(all, pair, Scope::Span);
                }
            }
        }
        let resources = (0..block.resource_count() as u32).map(|ix| {
            let attributes = block.resource(ResourceIx(ix)).attributes();
            let pairs = attributes.pairs().iter();
            pairs
                .map(|&pair| facet(all, pair, Scope::Resource))
                .collect()
        });
        let resources = resources.collect();
        let intrinsic = |all: &mut Comparison, of| all.attribute(&Attribute::Intrinsic(of));
        let name = intrinsic(all, Intrinsic::Name);
        let operations = block.operations().iter();
        let operations = operations
            .map(|&sym| all.facet(name, Datum::text(dictionary.text(sym))))
            .collect();
        let kind = intrinsic(all, Intrinsic::Kind);
        let kinds = Kind::ALL.map(|of| all.facet(kind, Datum::Kind(of)));
        let status = intrinsic(all, Intrinsic::Status);
        let statuses = [Status::Unset, Status::Ok, Status::Error];
        let statuses = statuses.map(|of| all.facet(status, Datum::Status(of)));
        Self {
            pairs,
            resources,
            operations,
            kinds: kinds.into(),
            statuses: statuses.into(),
        }
    }

    fn of_row<'f>(&'f self, block: &'f Block, row: Row) -> impl Iterator<Item = u32> + 'f {
        let at = row as usize;
        let entry = |numbers: &[u32], at: Option<usize>| {
            at.and_then(|at| numbers.get(at).copied()).unwrap_or(NONE)
        };
        let own = block.attribute_pairs(row).iter();
        let own = own.map(move |pair| entry(&self.pairs, Some(pair.index())));
        let resource = block.resource_column().get(at);
        let resource = resource.and_then(|ix| self.resources.get(ix as usize));
        let operation = block.operation_column().get(at);
        let intrinsics = [
            entry(&self.operations, operation.map(|ix| ix as usize)),
            entry(&self.kinds, Some(block.kind(row) as usize)),
            entry(&self.statuses, Some(block.status(row) as usize)),
        ];
        let all = own
            .chain(resource.into_iter().flatten().copied())
            .chain(intrinsics);
        all.filter(|&facet| facet != NONE)
    }
}
