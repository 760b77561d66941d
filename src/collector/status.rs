//! `google.rpc.Status` in protobuf and in JSON: the body of an OTLP/HTTP failure, and the
//! details of a gRPC one.

use serde_json::json;

use super::refusal::Refusal;
use super::wire;

const RETRY_INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";

/// The refusal as a `google.rpc.Status` message, with `RetryInfo` where it can be retried.
pub fn protobuf(refusal: &Refusal) -> Vec<u8> {
    let mut status = Vec::new();
    wire::put_varint(&mut status, 1, refusal.code() as u64);
    wire::put_bytes(&mut status, 2, refusal.to_string().as_bytes());
    if let Some(delay) = refusal.retry_after() {
        let (mut duration, mut info, mut any) = (Vec::new(), Vec::new(), Vec::new());
        wire::put_varint(&mut duration, 1, delay.as_secs());
        wire::put_varint(&mut duration, 2, u64::from(delay.subsec_nanos()));
        wire::put_bytes(&mut info, 1, &duration);
        wire::put_bytes(&mut any, 1, RETRY_INFO.as_bytes());
        wire::put_bytes(&mut any, 2, &info);
        wire::put_bytes(&mut status, 3, &any);
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
