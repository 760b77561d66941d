//! OTLP over HTTP: encodings, answers, refusals.

use super::*;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;

#[tokio::test]
async fn http_takes_every_encoding() {
    let running = Running::plain().await;
    let (plain, url) = (request(3), running.http("/v1/traces"));
    let block = snap::raw::Encoder::new().compress_vec(&plain).unwrap();
    let bodies = [
        ("identity", plain.clone()),
        ("gzip", gzip(&plain)),
        ("zstd", zstd::encode_all(&plain[..], 1).unwrap()),
        ("deflate", zlib(&plain)),
        ("snappy", snappy(&plain)),
        ("snappy", block),
        (
            "zstd, gzip",
            gzip(&zstd::encode_all(&plain[..], 1).unwrap()),
        ),
    ];
    let sent = bodies.len() as u64;
    for (encoding, body) in bodies {
        let answer = post(
            url.clone(),
            &[PROTOBUF, ("content-encoding", encoding)],
            body,
        )
        .await;
        assert_eq!(answer.status(), StatusCode::OK, "{encoding}");
        assert_eq!(answer.headers()["content-type"], "application/x-protobuf");
        let answer = ExportTraceServiceResponse::decode(answer.bytes().await.unwrap()).unwrap();
        assert_eq!(answer, ExportTraceServiceResponse::default());
    }
    assert_eq!(running.spans(), 3 * sent);
    for path in ["/v1/logs", "/v1/metrics"] {
        let answer = post(running.http(path), &[PROTOBUF], Vec::new()).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn http_says_partial_success_in_the_words_of_the_request() {
    let running = Running::plain().await;
    let answer = post(running.http("/v1/traces"), &[JSON], b"{}".to_vec()).await;
    assert_eq!(answer.headers()["content-type"], "application/json");
    let text = answer.text().await.unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["partialSuccess"]["rejectedSpans"], "2");
    assert_eq!(value["partialSuccess"]["errorMessage"], "two had no id");
}

#[tokio::test]
async fn http_refuses_in_the_words_of_the_request() {
    let limits = Limits {
        body: 1000,
        ..Limits::default()
    };
    let running = Running::new(Access::default(), limits).await;
    let url = running.http("/v1/traces");
    let get = client(false).get(&url).send().await.unwrap();
    assert_eq!(
        (
            get.status().as_u16(),
            get.headers()["allow"].to_str().unwrap()
        ),
        (405, "POST, OPTIONS")
    );
    assert_eq!(
        post(running.http("/nowhere"), &[PROTOBUF], vec![])
            .await
            .status(),
        404
    );
    assert_eq!(
        post(url.clone(), &[("content-type", "text/plain")], vec![])
            .await
            .status(),
        415
    );
    assert_eq!(post(url.clone(), &[], vec![]).await.status(), 415);
    let broken = post(url.clone(), &[JSON], b"{".to_vec()).await;
    assert_eq!(broken.status(), 400);
    let broken: serde_json::Value = serde_json::from_str(&broken.text().await.unwrap()).unwrap();
    assert_eq!(broken["code"], 3);
    let unknown = post(url.clone(), &[PROTOBUF, ("content-encoding", "br")], vec![]).await;
    assert_eq!(unknown.status(), 400);
    assert_eq!(
        post(url.clone(), &[PROTOBUF], vec![0; 1001]).await.status(),
        413
    );
    let bomb = gzip(&vec![0; 100 << 20]);
    let bomb = zstd::encode_all(&bomb[..], 1).unwrap();
    let answer = post(
        url.clone(),
        &[PROTOBUF, ("content-encoding", "gzip, zstd")],
        bomb,
    )
    .await;
    assert_eq!(answer.status(), 413);
    assert!(answer.headers().get("retry-after").is_none());
    running.intake.full.store(true, Ordering::Relaxed);
    let full = post(url.clone(), &[PROTOBUF], request(1)).await;
    assert_eq!(
        (
            full.status().as_u16(),
            full.headers()["retry-after"].to_str().unwrap()
        ),
        (503, "1")
    );
    running.intake.full.store(false, Ordering::Relaxed);
    assert_eq!(
        post(url, &[PROTOBUF], request(1)).await.status(),
        200,
        "others are served"
    );
    assert_eq!(running.spans(), 1);
}
