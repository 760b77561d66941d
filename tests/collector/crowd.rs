//! Floods, in little: whoever is well-behaved is served meanwhile.

use super::*;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEAD: &str =
    "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n";

async fn crowd(at: SocketAddr, number: usize, opening: &str) -> Vec<TcpStream> {
    let mut crowd = Vec::new();
    for _ in 0..number {
        let mut stream = TcpStream::connect(at).await.unwrap();
        stream.write_all(opening.as_bytes()).await.unwrap();
        crowd.push(stream);
    }
    crowd
}

#[tokio::test]
async fn who_asks_nothing_or_nothing_more_keeps_nobody_out() {
    let patient = Duration::from_hours(1);
    let limits = Limits {
        connections: 4,
        header_timeout: patient,
        idle_timeout: patient,
        ..Limits::default()
    };
    let running = Running::new(Access::default(), limits).await;
    let at = running.collector.address(Listener::OtlpHttp).unwrap();
    let kept = format!("{HEAD}Content-Length: 0\r\n\r\n");
    for opening in ["", "POST /v1/tra", HEAD, &kept] {
        let _crowd = crowd(at, 12, opening).await;
        let url = running.http("/v1/traces");
        assert_eq!(post(url, &[PROTOBUF], request(1)).await.status(), 200);
    }
    assert_eq!(running.spans(), 4);
}

#[tokio::test]
async fn bodies_that_drip_make_room_for_others() {
    let limits = Limits {
        requests: 3,
        ..Limits::default()
    };
    let running = Running::new(Access::default(), limits).await;
    let at = running.collector.address(Listener::OtlpHttp).unwrap();
    let opening = format!("{HEAD}Content-Length: 1000\r\n\r\nx");
    let drips = crowd(at, 3, &opening).await;
    let url = running.http("/v1/traces");
    assert_eq!(post(url, &[PROTOBUF], request(1)).await.status(), 200);
    for mut drip in drips {
        let mut answer = String::new();
        drip.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// Speaks HTTP/2 until the server has heard enough, and says whether it ever had.
async fn flood(at: SocketAddr, frames: impl Iterator<Item = Vec<u8>>) -> bool {
    let (mut from, mut to) = TcpStream::connect(at).await.unwrap().into_split();
    let listening = tokio::spawn(async move { from.read_to_end(&mut Vec::new()).await });
    to.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await
        .unwrap();
    to.write_all(&frame(4, 0, 0, &[])).await.unwrap();
    let mut enough = false;
    for frame in frames {
        enough = to.write_all(&frame).await.is_err();
        if enough {
            break;
        }
    }
    drop(to);
    drop(listening.await.unwrap());
    enough
}

#[tokio::test]
async fn floods_of_frames_end_their_connection_and_no_other() {
    let running = Running::plain().await;
    let at = running.collector.address(Listener::OtlpGrpc).unwrap();
    // POST, http, and a path by its index.
    let headers = [0x83, 0x86, 0x84];
    let resets = (0..1_000_000).map(|n| {
        let mut both = frame(1, 4, 2 * n + 1, &headers);
        both.extend(frame(3, 0, 2 * n + 1, &8_u32.to_be_bytes()));
        both
    });
    let continued = (0..1_000_000).map(|_| frame(9, 0, 1, &[]));
    let continued = std::iter::once(frame(1, 0, 1, &headers)).chain(continued);
    let pings = (0..1_000_000).map(|_| frame(6, 0, 0, &[0; 8]));
    let settings = (0..1_000_000).map(|_| frame(4, 0, 0, &[0, 3, 0, 0, 0, 9]));
    let ended = tokio::join!(
        flood(at, resets),
        flood(at, continued),
        flood(at, pings),
        flood(at, settings)
    );
    assert_eq!(ended, (true, true, true, true));
    let (_, trailers) = call(running.grpc(TRACES), "", 0, &request(1)).await;
    assert_eq!(status(&trailers), "0");
}
