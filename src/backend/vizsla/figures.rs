//! Figures as they go from one vizsla to another: durations and minutes, which merge on the other
//! side as if they had been counted there, and how operations fare, `/api/vizsla/trends`.

use serde::Deserialize;

use crate::analysis::{Trend, Trends, VersionTrend};
use crate::model::{DurationParts, Durations, Minute, Minutes, Time};

/// Number, calls, errors, and the sum of logarithms, which older ones do not tell.
pub(super) type ToldMinute = Vec<u32>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ToldDurations {
    sum: u64,
    few: Vec<u64>,
    first: u32,
    buckets: Vec<u64>,
}

impl ToldDurations {
    /// `None` if they cannot be.
    pub(super) fn durations(self) -> Option<Durations> {
        Durations::of_parts(DurationParts {
            sum: self.sum,
            few: self.few,
            first: self.first,
            buckets: self.buckets,
        })
    }
}

pub(super) fn minutes(told: Vec<ToldMinute>) -> Minutes {
    let told = told.into_iter();
    Minutes::of(told.map(|figures| {
        let figure = |at: usize| figures.get(at).copied().unwrap_or(0);
        Minute {
            number: figure(0),
            calls: figure(1),
            errors: figure(2),
            logs: figure(3),
        }
    }))
}

/// One operation.
#[derive(Debug, Deserialize)]
pub(super) struct ToldTrend {
    service: String,
    operation: String,
    errors: u64,
    durations: ToldDurations,
    #[serde(default)]
    minutes: Vec<ToldMinute>,
    #[serde(default)]
    versions: Vec<ToldVersion>,
}

#[derive(Debug, Deserialize)]
struct ToldVersion {
    version: String,
    first: u64,
    durations: ToldDurations,
}

/// All operations; `None` if one has durations that cannot be.
pub(super) fn trends(told: Vec<ToldTrend>) -> Option<Trends> {
    let trends: Option<Vec<Trend>> = told.into_iter().map(ToldTrend::trend).collect();
    trends.map(Trends::of)
}

impl ToldTrend {
    fn trend(self) -> Option<Trend> {
        let versions = self.versions.into_iter().map(ToldVersion::trend);
        Some(Trend {
            service: self.service.into(),
            operation: self.operation.into(),
            errors: self.errors,
            durations: self.durations.durations()?,
            minutes: minutes(self.minutes),
            versions: versions.collect::<Option<_>>()?,
        })
    }
}

impl ToldVersion {
    fn trend(self) -> Option<VersionTrend> {
        Some(VersionTrend {
            version: self.version.into(),
            first: Time(self.first),
            durations: self.durations.durations()?,
        })
    }
}
