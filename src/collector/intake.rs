//! What stands behind the doors: takes one request's bytes, whole or not at all.

use std::sync::Arc;

use super::refusal::Refusal;
use crate::format::otlp::Signal;

/// How a request is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Protobuf.
    Protobuf,
    /// Proto3's JSON mapping, with OTLP's exceptions.
    Json,
}

/// A request that was taken, with what could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Spans, records or points that were not taken, though the request was.
    pub rejected: u64,
    /// Why, or a warning if none was rejected.
    pub message: String,
}

/// Takes decompressed requests.
pub trait Intake: Send + Sync + 'static {
    /// Takes one request.
    ///
    /// # Errors
    /// Nothing of it was kept.
    fn take(&self, signal: Signal, syntax: Syntax, request: &[u8]) -> Result<Accepted, Refusal>;
}

impl<T: Intake + ?Sized> Intake for Arc<T> {
    fn take(&self, signal: Signal, syntax: Syntax, request: &[u8]) -> Result<Accepted, Refusal> {
        (**self).take(signal, syntax, request)
    }
}
