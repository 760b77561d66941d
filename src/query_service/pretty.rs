//! `prettyPrint`: answers laid out in lines, four blanks a level, as Go's `MarshalIndent` does it.
//! The web UI's links to a trace's JSON ask for it.

use axum::body::{self, Body, Bytes};
use axum::extract::{Query, Request};
use axum::http::{Response, StatusCode, header};
use axum::middleware::Next;

use super::params::Params;

/// Lays out an answer if its request wants it.
pub async fn laid_out(
    Query(asked): Query<Vec<(String, String)>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let wanted = Params::new(asked)
        .get("prettyPrint")
        .is_some_and(|value| value != "false");
    let response = next.run(request).await;
    if !wanted || response.status() != StatusCode::OK {
        return response;
    }
    let (mut head, body) = response.into_parts();
    // What is answered here is in memory already.
    let text = body::to_bytes(body, usize::MAX).await;
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(
        head,
        Body::from(indented(&text.unwrap_or_else(|_| Bytes::new()))),
    )
}

/// JSON without blanks, in lines.
fn indented(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut bytes = json.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if quoted {
            out.push(byte);
            quoted = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'{' | b'[' => {
                out.push(byte);
                if let Some(end) = bytes.next_if(|next| matches!(next, b'}' | b']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                line(&mut out, depth);
            }
            b':' => out.extend_from_slice(b": "),
            _ => {
                quoted = byte == b'"';
                out.push(byte);
            }
        }
    }
    out
}

fn line(out: &mut Vec<u8>, depth: usize) {
    out.push(b'\n');
    out.resize(out.len() + 4 * depth, b' ');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laid_out_as_serde_does_it() {
        let compact = br#"{"a":[1,{"b":"x\\\"{},[:]"},[],{}],"c":null}"#;
        let value: serde_json::Value = serde_json::from_slice(compact).unwrap();
        let mut want = Vec::new();
        let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
        let mut serializer = serde_json::Serializer::with_formatter(&mut want, formatter);
        serde::Serialize::serialize(&value, &mut serializer).unwrap();
        assert_eq!(
            String::from_utf8(indented(compact)).unwrap(),
            String::from_utf8(want).unwrap()
        );
    }
}
