//! OTLP, the OpenTelemetry protocol: protobuf and JSON, in and out.
//!
//! Field numbers and names are those of `opentelemetry-proto` 1.x (`trace/v1`, `logs/v1`,
//! `metrics/v1`, `common/v1`, `resource/v1`). Of logs, records that name a trace are kept; of
//! metrics, data points are counted.

pub mod answer;
pub mod json;
pub mod proto;
pub mod write;

#[cfg(test)]
pub(super) mod oracle;

/// What an export request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// `ExportTraceServiceRequest`, the same message as `TracesData`.
    Traces,
    /// `ExportLogsServiceRequest`, the same message as `LogsData`.
    Logs,
    /// `ExportMetricsServiceRequest`, the same message as `MetricsData`.
    Metrics,
}
