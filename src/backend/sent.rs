//! What a backend was really asked: the last requests, without their secrets.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{Nanos, Time};

/// Requests that are kept.
const KEPT: usize = 200;

/// One request and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRequest {
    /// When it was sent.
    pub at: Time,
    /// The URL with its query. Credentials are in headers, which are not kept.
    pub url: String,
    /// The HTTP status; none if there was no answer.
    pub status: Option<u16>,
    /// How long the answer took.
    pub took: Nanos,
    /// Bytes of the answer, decompressed.
    pub bytes: u64,
}

/// The last requests of a client and its copies.
#[derive(Debug, Clone, Default)]
pub struct Sent(Arc<Mutex<VecDeque<SentRequest>>>);

impl Sent {
    /// Keeps a request; the oldest goes.
    pub fn keep(&self, request: SentRequest) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(request);
    }

    /// Those that are kept, oldest first.
    pub fn all(&self) -> Vec<SentRequest> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().cloned().collect()
    }
}
