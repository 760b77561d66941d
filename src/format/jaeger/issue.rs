//! What is wrong within a span, and costs a value of it only.

use crate::format::json::JsonError;
use crate::format::problem::Reason;

/// Something wrong within a span or a process that did not cost it.
#[derive(Debug)]
pub(in crate::format) struct Issue {
    /// Offset of the value in the text.
    pub at: usize,
    /// Path of the value, from where the issue is first known.
    pub path: String,
    pub reason: Reason,
    pub message: String,
}

impl Issue {
    /// A value of a wrong type.
    pub(super) fn of_json(error: JsonError, path: String) -> Self {
        let (at, message) = match error {
            JsonError::Type {
                at,
                expected,
                found,
            } => (at, format!("expected {expected}, found {}", found.name())),
            JsonError::Truncated { at, .. } | JsonError::Syntax { at, .. } => {
                (at, error.to_string())
            }
        };
        Self {
            at,
            path,
            reason: Reason::WrongType,
            message,
        }
    }
}
