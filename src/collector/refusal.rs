//! Why a request was not taken, said in gRPC's words and in HTTP's.
//!
//! One value travels from wherever the trouble is found to the edge, where it becomes a
//! `grpc-status` or an HTTP status. Whether the client will try again hangs on that mapping
//! ([OTLP failures](https://opentelemetry.io/docs/specs/otlp/#failures)): overload is
//! retryable and says when; a request that is too large or malformed never will fit.

use std::time::Duration;

use hyper::StatusCode;

use super::budget::NoRoom;
use crate::config::Denied;

/// gRPC status codes that the collector answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Code {
    /// `OK`
    Ok = 0,
    /// `INVALID_ARGUMENT`
    InvalidArgument = 3,
    /// `DEADLINE_EXCEEDED`
    DeadlineExceeded = 4,
    /// `NOT_FOUND`
    NotFound = 5,
    /// `PERMISSION_DENIED`
    PermissionDenied = 7,
    /// `RESOURCE_EXHAUSTED`
    ResourceExhausted = 8,
    /// `UNIMPLEMENTED`
    Unimplemented = 12,
    /// `INTERNAL`
    Internal = 13,
    /// `UNAVAILABLE`
    Unavailable = 14,
    /// `UNAUTHENTICATED`
    Unauthenticated = 16,
}

/// A request that was refused as a whole; nothing of it was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The bytes are not what they claim to be. The text says where.
    #[error("{0}")]
    Malformed(String),
    /// More bytes than the limit, before or after decompression. Trying again is no use.
    #[error("the {what} is larger than {limit} bytes")]
    TooLarge {
        /// Which reading of the body: as sent, or decompressed.
        what: &'static str,
        /// The limit it passed.
        limit: usize,
    },
    /// Nothing wrong with it, but not now.
    #[error("{reason}; try again in {} s", retry_after.as_secs())]
    Overloaded {
        /// What is short.
        reason: &'static str,
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// The body came slower than the slowest honest client.
    #[error("the request body came too slowly")]
    TooSlow,
    /// The connection broke before the body was whole.
    #[error("the request body ended early: {0}")]
    Cut(String),
    /// A compression this collector does not know.
    #[error("unsupported compression {0:?}: gzip, zstd, deflate, snappy or identity")]
    UnknownEncoding(String),
    /// The request was turned away at the door.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such method or path.
    #[error("{0} is not served here")]
    Unimplemented(String),
    /// A name asked for is not known.
    #[error("unknown service {0:?}")]
    NotFound(String),
    /// A defect of the collector itself.
    #[error("the collector failed: {0}")]
    Internal(String),
}

impl Refusal {
    /// The answer to overload: not now, a second later.
    pub fn overloaded(reason: &'static str) -> Self {
        Self::Overloaded {
            reason,
            retry_after: Duration::from_secs(1),
        }
    }

    /// What `what` is refused with when the bytes in flight, at most `limit`, leave no room.
    pub fn short(room: NoRoom, what: &'static str, limit: usize) -> Self {
        match room {
            NoRoom::Now => Self::overloaded("too many bytes in flight"),
            NoRoom::Ever => Self::TooLarge { what, limit },
        }
    }

    /// The code in gRPC.
    pub fn code(&self) -> Code {
        match self {
            Self::Malformed(_) | Self::Cut(_) => Code::InvalidArgument,
            Self::TooLarge { .. } => Code::ResourceExhausted,
            Self::Overloaded { .. } => Code::Unavailable,
            Self::TooSlow => Code::DeadlineExceeded,
            Self::UnknownEncoding(_) | Self::Unimplemented(_) => Code::Unimplemented,
            Self::Denied(Denied::Token) => Code::Unauthenticated,
            Self::Denied(_) => Code::PermissionDenied,
            Self::NotFound(_) => Code::NotFound,
            Self::Internal(_) => Code::Internal,
        }
    }

    /// The status in HTTP.
    pub fn http_status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) | Self::Cut(_) | Self::UnknownEncoding(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Overloaded { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Denied(Denied::Token) => StatusCode::UNAUTHORIZED,
            Self::Denied(_) => StatusCode::FORBIDDEN,
            Self::Unimplemented(_) | Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// When the client may try again; `None` where trying again cannot help.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Overloaded { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    /// One word for the counters (`rejected` by reason).
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::TooLarge { .. } => "too large",
            Self::Overloaded { .. } => "overloaded",
            Self::TooSlow => "too slow",
            Self::Cut(_) => "cut off",
            Self::UnknownEncoding(_) => "unknown compression",
            Self::Denied(_) => "denied",
            Self::Unimplemented(_) | Self::NotFound(_) => "not served",
            Self::Internal(_) => "internal",
        }
    }
}
