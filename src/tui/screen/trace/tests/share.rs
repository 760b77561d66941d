//! What is copied.

use super::*;

#[tokio::test]
async fn what_was_copied_is_what_was_seen() {
    let mut harness = ride((120, 40)).await;
    harness.keys("eysyt<Enter>yk").await.unwrap();
    assert_eq!(
        harness.copied,
        [
            "0000000000000007",
            "0000000000000000000000005ce0a510",
            "error=redis_timeout"
        ]
    );
}

#[tokio::test]
async fn what_is_copied_can_be_pasted_elsewhere() {
    let mut harness = ride((120, 40)).await;
    harness.keys("eywycyjyhym").await.unwrap();
    let [parent, command, json, markdown] = harness.copied.as_slice() else {
        panic!("{:?}", harness.copied)
    };
    assert_eq!(
        parent,
        "00-0000000000000000000000005ce0a510-0000000000000007-01"
    );
    assert_eq!(
        command,
        "vizsla fixed 0000000000000000000000005ce0a510 --span=0000000000000007"
    );
    assert!(
        json.starts_with("[\n{\"span_id\":\"0000000000000007\""),
        "{json}"
    );
    assert!(
        markdown.starts_with("- `redis GetDriver` took 31.0 ms"),
        "{markdown}"
    );
    harness.keys("a").await.unwrap();
    let query = "{ resource.service.name = \"redis\" && name = \"GetDriver\" }";
    assert!(harness.text().contains(query), "{}", harness.text());
}
