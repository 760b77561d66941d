//! Who may come in, listeners, timeouts and the end.

use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vizsla::config::{NoListen, Secret};

#[tokio::test]
async fn strangers_are_turned_away_at_the_door() {
    let access = Access {
        origins: vec!["https://shop.example".into()],
        ..Access::default()
    };
    let running = Running::new(access, Limits::default()).await;
    let url = running.http("/v1/traces");
    let rebound = post(
        url.clone(),
        &[JSON, ("host", "evil.example")],
        b"{}".to_vec(),
    )
    .await;
    assert_eq!(rebound.status(), 403);
    let foreign = post(
        url.clone(),
        &[JSON, ("origin", "https://evil.example")],
        b"{}".to_vec(),
    )
    .await;
    assert_eq!(foreign.status(), 403);
    assert!(
        foreign
            .headers()
            .get("access-control-allow-origin")
            .is_none()
    );
    let preflight = client(false).request(reqwest::Method::OPTIONS, &url);
    let preflight = preflight
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    let preflight = preflight.send().await.unwrap();
    assert_eq!(preflight.status(), 204);
    assert_eq!(
        preflight.headers()["access-control-allow-headers"],
        "content-type"
    );
    let shop = post(
        url,
        &[JSON, ("origin", "https://shop.example")],
        b"{}".to_vec(),
    )
    .await;
    assert_eq!(
        shop.headers()["access-control-allow-origin"],
        "https://shop.example"
    );
    assert_eq!(
        running.collector.traffic().refused.load(Ordering::Relaxed),
        2
    );
}

#[tokio::test]
async fn a_token_is_asked_for_in_both_protocols() {
    let access = Access {
        token: Some(Secret::new("s3cret")),
        ..Access::default()
    };
    let running = Running::new(access, Limits::default()).await;
    let url = running.http("/v1/traces");
    assert_eq!(
        post(url.clone(), &[PROTOBUF], request(1)).await.status(),
        401
    );
    assert_eq!(
        status(&call(running.grpc(TRACES), "", 0, &request(1)).await.1),
        "16"
    );
    let known = post(
        url,
        &[PROTOBUF, ("authorization", "Bearer s3cret")],
        request(1),
    )
    .await;
    assert_eq!(known.status(), 200);
    assert_eq!(running.spans(), 1);
}

#[tokio::test]
async fn a_listener_that_cannot_listen_says_why_and_the_rest_runs() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = taken.local_addr().map(|at| (at, taken)).unwrap();
    let receivers = [
        (Listener::OtlpGrpc, taken.0),
        (Listener::OtlpGrpc, ([0, 0, 0, 0], 0).into()),
        (Listener::OtlpHttp, ([127, 0, 0, 1], 0).into()),
    ];
    let (access, stop) = (Access::default(), CancellationToken::new());
    let intake = Arc::<Counter>::default();
    let collector = Collector::start(&receivers, access, Limits::default(), intake, stop).await;
    let [first, second, last] = collector.listeners() else {
        panic!("three")
    };
    assert!(matches!(first.state, Err(NoListen::Taken(port)) if port == taken.0.port()));
    assert!(matches!(second.state, Err(NoListen::Open)));
    let at = last.state.as_ref().unwrap();
    let answer = post(format!("http://{at}/v1/traces"), &[PROTOBUF], request(1)).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn silence_and_long_headers_end_a_connection() {
    let limits = Limits {
        header_timeout: std::time::Duration::from_millis(50),
        ..Limits::default()
    };
    let running = Running::new(Access::default(), limits).await;
    let at = running.collector.address(Listener::OtlpHttp).unwrap();
    for opening in ["", "P", "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n"] {
        let mut drip = TcpStream::connect(at).await.unwrap();
        drip.write_all(opening.as_bytes()).await.unwrap();
        assert_eq!(
            drip.read(&mut [0; 1]).await.unwrap_or(0),
            0,
            "closed after {opening:?}"
        );
    }
    let mut endless = TcpStream::connect(at).await.unwrap();
    endless.write_all(b"POST / HTTP/1.1\r\nx: ").await.unwrap();
    while endless.write_all(&[b'x'; 4096]).await.is_ok() {}
}

#[tokio::test]
async fn what_has_begun_is_answered_after_a_stop() {
    let running = Running::plain().await;
    let at = running.collector.address(Listener::OtlpHttp).unwrap();
    let mut slow = TcpStream::connect(at).await.unwrap();
    let body = request(1);
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n\
         Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    slow.read_exact(&mut go_on).await.unwrap();
    running.stop.cancel();
    slow.write_all(&body).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(running.spans(), 1);
    running.collector.stopped().await;
    assert!(
        TcpStream::connect(at).await.is_err(),
        "nobody listens any more"
    );
}
