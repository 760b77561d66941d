//! OTLP over gRPC: encodings, statuses, health.

use super::*;
use reqwest::header::HeaderValue;

#[tokio::test]
async fn grpc_takes_every_encoding() {
    let running = Running::plain().await;
    let (plain, url) = (request(3), running.grpc(TRACES));
    let bodies = [
        ("", 0, plain.clone()),
        ("gzip", 0, plain.clone()),
        ("gzip", 1, gzip(&plain)),
        ("zstd", 1, zstd::encode_all(&plain[..], 1).unwrap()),
        ("deflate", 1, zlib(&plain)),
        ("snappy", 1, snappy(&plain)),
    ];
    let sent = bodies.len() as u64;
    for (encoding, flag, message) in bodies {
        let (answer, trailers) = call(url.clone(), encoding, flag, &message).await;
        assert_eq!(
            (status(&trailers), &answer[..]),
            ("0", &[0; 5][..]),
            "{encoding}"
        );
    }
    assert_eq!(running.spans(), 3 * sent);
    // Whoever mistakes the ports is served all the same.
    assert_eq!(
        status(&call(running.http(TRACES), "", 0, &plain).await.1),
        "0"
    );
    assert_eq!(
        post(running.grpc("/v1/traces"), &[PROTOBUF], plain)
            .await
            .status(),
        200
    );
}

#[tokio::test]
async fn grpc_refuses_with_the_status_that_stops_or_allows_a_retry() {
    let limits = Limits {
        body: 1000,
        ..Limits::default()
    };
    let running = Running::new(Access::default(), limits).await;
    let url = running.grpc(TRACES);
    let refused = |encoding, flag, message: Vec<u8>| {
        let url = url.clone();
        async move { call(url, encoding, flag, &message).await.1 }
    };
    assert_eq!(status(&refused("", 0, vec![0xff]).await), "3");
    assert_eq!(status(&refused("gzip", 1, vec![0xff]).await), "3");
    assert_eq!(status(&refused("br", 1, vec![]).await), "12");
    let large = refused("", 0, vec![0; 1001]).await;
    assert_eq!(status(&large), "8");
    let bomb = refused("gzip", 1, gzip(&vec![0; 900 << 10])).await;
    assert_eq!(status(&bomb), "8");
    let details = |trailers: &HeaderMap| {
        use base64::Engine as _;
        let text = trailers["grpc-status-details-bin"].to_str().unwrap();
        base64::engine::general_purpose::STANDARD_NO_PAD
            .decode(text)
            .unwrap()
    };
    let has_retry = |bytes: &[u8]| bytes.windows(20).any(|w| w == b"google.rpc.RetryInfo");
    assert!(!has_retry(&details(&large)) && !has_retry(&details(&bomb)));
    running.intake.full.store(true, Ordering::Relaxed);
    let full = refused("", 0, request(1)).await;
    assert_eq!(status(&full), "14");
    assert!(has_retry(&details(&full)));
    let unknown = call(running.grpc("/nobody.Knows/Me"), "", 0, &[]).await.1;
    assert_eq!(status(&unknown), "12");
}

#[tokio::test]
async fn grpc_health_is_checked_and_watched() {
    let running = Running::plain().await;
    let serving = &[0, 0, 0, 0, 2, 8, 1];
    let check = running.grpc("/grpc.health.v1.Health/Check");
    let (answer, trailers) = call(check.clone(), "", 0, &[]).await;
    assert_eq!((status(&trailers), &answer[..]), ("0", &serving[..]));
    assert_eq!(status(&call(check, "", 0, b"\x0a\x04nope").await.1), "5");
    let watch = client(true).post(running.grpc("/grpc.health.v1.Health/Watch"));
    let watch = watch
        .header("content-type", "application/grpc")
        .body(vec![0; 5]);
    let mut body = reqwest::Body::from(watch.send().await.unwrap());
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(&first[..], serving);
    running.stop.cancel();
    let last = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(&last[..], [0, 0, 0, 0, 2, 8, 2], "not serving any more");
    let trailers = body
        .frame()
        .await
        .unwrap()
        .unwrap()
        .into_trailers()
        .unwrap();
    assert_eq!(trailers["grpc-status"], HeaderValue::from_static("0"));
    running.collector.stopped().await;
}
