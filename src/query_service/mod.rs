//! The Jaeger-compatible and Tempo-compatible HTTP API over any backend.
