//! `google.rpc.Status` in protobuf and in JSON: the body of an OTLP/HTTP failure, and the
//! details of a gRPC one.

use serde_json::json;

use super::refusal::Refusal;
use crate::format::protobuf::{put_message, put_number, put_text};

const RETRY_INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";

/// The refusal as a `google.rpc.Status` message, with `RetryInfo` where it can be retried.
pub fn protobuf(refusal: &Refusal) -> Vec<u8> {
    let mut status = Vec::new();
    put_number(&mut status, 1, refusal.code() as u64);
    put_text(&mut status, 2, &refusal.to_string());
    if let Some(delay) = refusal.retry_after() {
        put_message(&mut status, 3, |any| {
            put_text(any, 1, RETRY_INFO);
            put_message(any, 2, |info| {
                put_message(info, 1, |duration| {
                    put_number(duration, 1, delay.as_secs());
                    put_number(duration, 2, u64::from(delay.subsec_nanos()));
                });
            });
        });
    }
    status
}

/// The same in proto3's JSON mapping.
pub fn json(refusal: &Refusal) -> Vec<u8> {
    let mut status = json!({ "code": refusal.code() as u8, "message": refusal.to_string() });
    if let (Some(delay), Some(object)) = (refusal.retry_after(), status.as_object_mut()) {
        let seconds = format!("{}s", delay.as_secs_f64());
        object.insert(
            "details".into(),
            json!([{ "@type": RETRY_INFO, "retryDelay": seconds }]),
        );
    }
    status.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overload_says_when_to_come_back_and_too_large_does_not() {
        let busy = Refusal::overloaded("full");
        let text = String::from_utf8(json(&busy)).unwrap();
        assert!(
            text.contains(r#""retryDelay":"1s""#) && text.contains(r#""code":14"#),
            "{text}"
        );
        assert!(protobuf(&busy).ends_with(b"\x12\x04\x0a\x02\x08\x01"));
        let large = Refusal::TooLarge {
            what: "request body",
            limit: 9,
        };
        assert!(!String::from_utf8(json(&large)).unwrap().contains("details"));
        assert_eq!(protobuf(&large)[..2], [8, 8]);
    }
}
