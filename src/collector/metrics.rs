//! Counting the data points of a metrics request.
//!
//! Applications export metrics to the same port as spans. They are accepted, so that the
//! application's exporter is content, counted, and not kept.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::refusal::Refusal;
use super::wire::Fields;

/// Data points of an `ExportMetricsServiceRequest`. What is open is one message a level, so
/// that a million tiny messages take no memory.
///
/// # Errors
/// A malformed message.
pub fn count_protobuf(request: &[u8]) -> Result<u64, Refusal> {
    /// `resource_metrics`, `scope_metrics`, `metrics`; then any of the data's fields.
    const PATH: [u64; 3] = [1, 2, 2];
    const DATA: [u64; 5] = [5, 7, 9, 10, 11];
    const POINTS: u64 = 1;
    let mut open = vec![Fields(request)];
    let mut points = 0;
    while let Some(message) = open.last_mut() {
        let Some(field) = message.next() else {
            open.pop();
            continue;
        };
        let malformed = |_| Refusal::Malformed("malformed protobuf in a metrics request".into());
        let (number, content) = field.map_err(malformed)?;
        let inside = match PATH.get(open.len() - 1) {
            Some(&wanted) => number == wanted,
            None if open.len() == PATH.len() + 1 => DATA.contains(&number),
            None => {
                points += u64::from(number == POINTS);
                false
            }
        };
        if inside {
            open.push(Fields(content));
        }
    }
    Ok(points)
}

/// Data points of the same request in JSON.
///
/// # Errors
/// Malformed JSON, with line and column.
pub fn count_json(request: &[u8]) -> Result<u64, Refusal> {
    serde_json::from_slice(request)
        .map(|request: Request| request.points())
        .map_err(|error| Refusal::Malformed(format!("malformed metrics request: {error}")))
}

trait Points {
    fn points(&self) -> u64;
}

impl Points for IgnoredAny {
    fn points(&self) -> u64 {
        1
    }
}

/// The points of a list, added up while it is read: no element outlives the next.
struct Sum<T> {
    points: u64,
    of: PhantomData<T>,
}

impl<T> Default for Sum<T> {
    fn default() -> Self {
        Self {
            points: 0,
            of: PhantomData,
        }
    }
}

impl<'de, T: Deserialize<'de> + Points> Deserialize<'de> for Sum<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Self::default())
    }
}

impl<'de, T: Deserialize<'de> + Points> Visitor<'de> for Sum<T> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Self, A::Error> {
        while let Some(element) = list.next_element::<T>()? {
            self.points += element.points();
        }
        Ok(self)
    }
}

/// Declares a message whose fields are lists or messages that hold points.
macro_rules! message {
    ($name:ident { $($field:ident / $snake:literal: $type:ty),+ }) => {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        #[derive(Default)]
        struct $name { $(#[serde(alias = $snake)] $field: $type),+ }

        impl Points for $name {
            fn points(&self) -> u64 { 0 $(+ self.$field.points())+ }
        }
    };
}

impl<T> Points for Sum<T> {
    fn points(&self) -> u64 {
        self.points
    }
}

impl<T: Points> Points for Option<T> {
    fn points(&self) -> u64 {
        self.as_ref().map_or(0, Points::points)
    }
}

message!(Request { resource_metrics / "resource_metrics": Sum<ResourceMetrics> });
message!(ResourceMetrics { scope_metrics / "scope_metrics": Sum<ScopeMetrics> });
message!(ScopeMetrics { metrics / "metrics": Sum<Metric> });
message!(Metric {
    gauge / "gauge": Option<Data>,
    sum / "sum": Option<Data>,
    histogram / "histogram": Option<Data>,
    exponential_histogram / "exponential_histogram": Option<Data>,
    summary / "summary": Option<Data>
});
message!(Data { data_points / "data_points": Sum<IgnoredAny> });

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
    use prost::Message;

    use super::*;

    #[test]
    fn points_of_every_kind_are_counted() {
        let json = r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[
            {"name":"a","gauge":{"dataPoints":[{"asInt":"1"},{"asInt":"2"}]}},
            {"name":"b","histogram":{"data_points":[{"count":"3"}],"aggregationTemporality":1}},
            {"name":"c","summary":{}}]}]}, {}]}"#;
        assert_eq!(count_json(json.as_bytes()), Ok(3));
        assert!(count_json(b"{\"resourceMetrics\":7}").is_err());

        use opentelemetry_proto::tonic::metrics::v1::{
            Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Summary,
            SummaryDataPoint, metric::Data,
        };
        let gauge = Data::Gauge(Gauge {
            data_points: vec![NumberDataPoint::default(); 2],
        });
        let summary = Data::Summary(Summary {
            data_points: vec![SummaryDataPoint::default()],
        });
        let metrics = [gauge, summary]
            .map(|data| Metric {
                name: "m".into(),
                data: Some(data),
                ..Metric::default()
            })
            .to_vec();
        let scope = ScopeMetrics {
            metrics,
            ..ScopeMetrics::default()
        };
        let resource = ResourceMetrics {
            scope_metrics: vec![scope],
            ..ResourceMetrics::default()
        };
        let bytes = ExportMetricsServiceRequest {
            resource_metrics: vec![resource],
        }
        .encode_to_vec();
        assert_eq!(count_protobuf(&bytes), Ok(3));
        assert!(count_protobuf(&bytes[..bytes.len() - 1]).is_err());
    }
}
