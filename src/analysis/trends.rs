//! How the operations of many traces fare: calls, errors and durations, by version and minute.
//!
//! Told of each block as it comes, it needs no tree; it is what a store can say of itself at any
//! time. One [`Trends`] for each generation of a store, merged when asked.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::slow::Alike;
use crate::model::{Block, Durations, Minutes, ResourceIx, SpanRef, Sym, Time, Trace};

/// Operations told apart at most; spans of more are counted in [`Trends::left_out`].
const MOST_OPERATIONS: usize = 10_000;

/// Versions of an operation told apart at most.
const MOST_VERSIONS: usize = 8;

/// One operation of one service.
#[derive(Debug, Clone)]
pub struct Trend {
    /// The service.
    pub service: Arc<str>,
    /// The operation.
    pub operation: Arc<str>,
    /// Failed spans; all spans are [`Durations::count`] of `durations`.
    pub errors: u64,
    /// How long its spans took.
    pub durations: Durations,
    /// Spans and errors over time.
    pub minutes: Minutes,
    /// By `service.version`, where that is known.
    pub versions: Vec<VersionTrend>,
}

/// One operation in one version of its service.
#[derive(Debug, Clone)]
pub struct VersionTrend {
    /// The version.
    pub version: Arc<str>,
    /// The start of its first span.
    pub first: Time,
    /// How long its spans took.
    pub durations: Durations,
}

/// All operations of some spans.
#[derive(Debug, Clone, Default)]
pub struct Trends {
    places: HashMap<(Arc<str>, Arc<str>), usize, RandomState>,
    operations: Vec<Trend>,
    left_out: u64,
    /// Heap bytes of names and figures.
    figures: usize,
}

impl Trends {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those that were counted elsewhere.
    pub fn of(trends: impl IntoIterator<Item = Trend>) -> Self {
        let mut all = Self::new();
        trends.into_iter().for_each(|trend| all.add_trend(&trend));
        all
    }

    /// Adds the spans of a block.
    pub fn add_block(&mut self, block: &Block) {
        let mut known = Known::new(block);
        for span in block.spans() {
            self.add(&mut known, span);
        }
    }

    /// Adds the spans of a trace: for a list of results, where blocks hold more than was asked.
    pub fn add_trace(&mut self, trace: &Trace) {
        let mut known: Vec<Known> = trace
            .blocks()
            .iter()
            .map(|block| Known::new(block))
            .collect();
        for number in 0..trace.len() {
            let (block, _) = trace.place(number);
            if let Some(known) = known.get_mut(block) {
                self.add(known, trace.span(number));
            }
        }
    }

    /// Adds all of another's, as of another generation.
    pub fn merge(&mut self, other: &Self) {
        self.left_out += other.left_out;
        for trend in &other.operations {
            self.add_trend(trend);
        }
    }

    fn add_trend(&mut self, trend: &Trend) {
        let place = self.place(&trend.service, &trend.operation);
        match place.and_then(|place| self.operations.get_mut(place)) {
            Some(known) => {
                self.figures -= known.bytes();
                known.merge(trend);
                self.figures += known.bytes();
            }
            None => self.left_out += trend.durations.count(),
        }
    }

    /// Every operation, in no order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Trend> {
        self.operations.iter()
    }

    /// All spans.
    pub fn spans(&self) -> u64 {
        self.operations
            .iter()
            .map(|trend| trend.durations.count())
            .sum()
    }

    /// Spans not counted, since there are too many operations.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        let operations = self.operations.capacity() * size_of::<Trend>();
        self.places.allocation_size() + operations + self.figures
    }

    fn add(&mut self, known: &mut Known, span: SpanRef<'_>) {
        let resource = span.resource().index();
        let operation = span.block().operation(span.row());
        let key = (resource, operation);
        let place = if let Some(&place) = known.places.get(&key) {
            place
        } else {
            let place = self.place(span.service(), span.operation());
            known.places.insert(key, place);
            place
        };
        let Some(trend) = place.and_then(|place| self.operations.get_mut(place)) else {
            self.left_out += 1;
            return;
        };
        let (start, duration, failed) = (span.start(), span.duration(), span.is_error());
        self.figures -= trend.bytes();
        trend.errors += u64::from(failed);
        trend.durations.add(duration);
        trend.minutes.add(start, duration, failed);
        let version = known
            .versions
            .get(resource.0 as usize)
            .and_then(Option::as_ref);
        if let Some(version) = version.and_then(|version| trend.version(version, start)) {
            version.durations.add(duration);
        }
        self.figures += trend.bytes();
    }

    fn place(&mut self, service: &str, operation: &str) -> Option<usize> {
        let key: (Arc<str>, Arc<str>) = (service.into(), operation.into());
        if let Some(&place) = self.places.get(&key) {
            return Some(place);
        }
        let place = self.operations.len();
        if place >= MOST_OPERATIONS {
            return None;
        }
        let (service, operation) = key.clone();
        self.figures += service.len() + operation.len() + 4 * size_of::<usize>();
        self.places.insert(key, place);
        self.operations.push(Trend {
            service,
            operation,
            errors: 0,
            durations: Durations::new(),
            minutes: Minutes::new(),
            versions: Vec::new(),
        });
        Some(place)
    }
}

impl Alike for Trends {
    fn alike(&self, service: &str, operation: &str) -> Option<&Durations> {
        let place = self.places.get(&(service.into(), operation.into()))?;
        self.operations.get(*place).map(|trend| &trend.durations)
    }
}

impl Trend {
    /// Heap bytes of its figures.
    fn bytes(&self) -> usize {
        let text = |version: &VersionTrend| version.version.len() + 2 * size_of::<usize>();
        let version = |version: &VersionTrend| text(version) + version.durations.bytes();
        let versions = self.versions.iter().map(version).sum::<usize>();
        let listed = self.versions.capacity() * size_of::<VersionTrend>();
        self.durations.bytes() + self.minutes.bytes() + versions + listed
    }

    fn version(&mut self, version: &Arc<str>, start: Time) -> Option<&mut VersionTrend> {
        let at = self
            .versions
            .iter()
            .position(|known| known.version == *version);
        let at = match at {
            Some(at) => at,
            None if self.versions.len() >= MOST_VERSIONS => return None,
            None => {
                let (version, durations) = (Arc::clone(version), Durations::new());
                self.versions.push(VersionTrend {
                    version,
                    first: start,
                    durations,
                });
                self.versions.len() - 1
            }
        };
        let known = self.versions.get_mut(at)?;
        known.first = known.first.min(start);
        Some(known)
    }

    fn merge(&mut self, other: &Self) {
        self.errors += other.errors;
        self.durations.merge(&other.durations);
        self.minutes.merge(&other.minutes);
        for version in &other.versions {
            if let Some(known) = self.version(&version.version, version.first) {
                known.durations.merge(&version.durations);
            }
        }
    }
}

/// What has been looked up for one block.
struct Known {
    places: HashMap<(ResourceIx, Sym), Option<usize>, RandomState>,
    /// The version that each resource names.
    versions: Vec<Option<Arc<str>>>,
}

impl Known {
    fn new(block: &Block) -> Self {
        let version = |index| {
            let attributes = block.resource(ResourceIx(index)).attributes();
            attributes
                .get("service.version")
                .map(|version| version.to_text().into())
        };
        Self {
            places: HashMap::default(),
            versions: (0..block.resource_count() as u32).map(version).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Nanos, scenario};

    #[test]
    fn spans_are_counted_by_operation_version_and_minute() {
        let block = scenario::block(
            "a: x 0..10 res.service.version=v1\na: x 70000..70030 error res.service.version=v2\nb: x 0..1\n",
        );
        let mut trends = Trends::new();
        trends.add_block(&block);
        let mut twice = Trends::new();
        twice.merge(&trends);
        twice.merge(&trends);
        let trend = twice.iter().find(|trend| &*trend.service == "a").unwrap();
        assert_eq!(
            (
                trend.durations.count(),
                trend.errors,
                trend.minutes.iter().len()
            ),
            (4, 2, 2)
        );
        let versions: Vec<_> = trend
            .versions
            .iter()
            .map(|v| (&*v.version, v.durations.quantile(1.0)))
            .collect();
        let [ten, thirty] = [10, 30].map(|ms| Some(Nanos::from_millis(ms)));
        assert_eq!(versions, [("v1", ten), ("v2", thirty)]);
        assert_eq!(twice.alike("b", "x").map(Durations::count), Some(2));
    }
}
