//! Answers in Jaeger's envelope, and its errors: JSON that is sent as plain text, as Go's
//! `http.Error` does.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::backend::BackendError;

/// Why a request is not answered, in Jaeger's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The status.
    pub status: StatusCode,
    /// What is wrong.
    pub message: String,
}

impl Refused {
    /// The client's fault.
    pub fn bad(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
        }
    }

    /// No such trace.
    pub fn not_found() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            message: "trace not found".to_owned(),
        }
    }
}

impl From<BackendError> for Refused {
    fn from(error: BackendError) -> Self {
        let status = match error {
            BackendError::Query(_) => StatusCode::BAD_REQUEST,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self {
            status,
            message: error.to_string(),
        }
    }
}

#[derive(Serialize)]
struct Envelope<T> {
    data: Option<T>,
    total: usize,
    limit: u32,
    offset: u32,
    errors: Option<Vec<Fault>>,
}

#[derive(Serialize)]
struct Fault {
    code: u16,
    msg: String,
}

/// A list in the envelope; `total` is counted for names only, and nobody known means `null`.
pub fn list<T: Serialize>(data: Option<Vec<T>>, total: usize) -> Response<Body> {
    json(
        StatusCode::OK,
        &Envelope {
            data,
            total,
            limit: 0,
            offset: 0,
            errors: None,
        },
    )
}

/// An error in the envelope.
pub fn refused(refused: Refused) -> Response<Body> {
    let errors = Some(vec![Fault {
        code: refused.status.as_u16(),
        msg: refused.message,
    }]);
    let envelope = Envelope {
        data: None::<Vec<()>>,
        total: 0,
        limit: 0,
        offset: 0,
        errors,
    };
    plain(refused.status, to_json(&envelope) + "\n")
}

/// Jaeger's answer to paths and methods that it does not know.
pub async fn no_such_page() -> Response<Body> {
    plain(StatusCode::NOT_FOUND, "404 page not found\n".to_owned())
}

/// A JSON answer.
pub fn json<T: Serialize>(status: StatusCode, value: &T) -> Response<Body> {
    bytes(status, "application/json", to_json(value).into_bytes())
}

/// A plain-text answer, which no browser may take for anything else.
pub fn plain(status: StatusCode, text: String) -> Response<Body> {
    let mut response = bytes(status, "text/plain; charset=utf-8", text.into_bytes());
    response.headers_mut().insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

/// An answer of that type.
pub fn bytes(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// JSON as Go writes it: `<`, `>` and `&` escaped.
pub fn to_json<T: Serialize>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    if !text.contains(['<', '>', '&']) {
        return text;
    }
    text.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}
