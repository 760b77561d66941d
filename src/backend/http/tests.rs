use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use axum::routing::any;

use super::connect::base_url;
use super::*;
use crate::config::{Header, HeaderValue as ConfiguredValue, SecretSource};

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn client(url: &str) -> HttpClient {
    let plain = ConfiguredValue::Plain("shop".into());
    let config = BackendConfig {
        url: url.to_owned(),
        // A variable that every test run has.
        token: Some(SecretSource::Env("CARGO_PKG_NAME".into())),
        headers: vec![Header {
            name: "x-scope-orgid".into(),
            value: plain,
        }],
        ..BackendConfig::default()
    };
    HttpClient::new(&config).unwrap()
}

async fn get(client: &HttpClient) -> Result<Reply, BackendError> {
    client
        .get(
            &["api", "a/b"],
            &[("q", "1 2".to_owned())],
            &CancellationToken::new(),
        )
        .await
}

#[test]
fn a_base_is_a_plain_url_and_holds_no_secret() {
    let base = |text: &str| base_url(text).map(|url| url.to_string());
    assert_eq!(
        base("jaeger+https://host/jaeger?x#y").as_deref(),
        Ok("https://host/jaeger")
    );
    assert_eq!(
        base("localhost:16686").as_deref(),
        Ok("http://localhost:16686/")
    );
    assert!(matches!(base("ftp://host"), Err(BackendError::Input(_))));
    let refused = base("http://user:hunter2@host").unwrap_err().to_string();
    assert!(!refused.contains("hunter2"), "{refused}");
}

#[tokio::test]
async fn paths_stand_below_the_base_and_headers_go_along() {
    let echo = |request: Request| async move {
        let header = |name: &str| {
            request
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        format!(
            "{} {:?} {:?}",
            request.uri(),
            header("authorization"),
            header("x-scope-orgid")
        )
    };
    let url = serve(Router::new().fallback(any(echo))).await;
    let reply = get(&client(&format!("{url}/base/"))).await.unwrap();
    assert_eq!(
        reply.quote(),
        r#"/base/api/a%2Fb?q=1+2 Some("Bearer vizsla") Some("shop")"#
    );
}

#[tokio::test]
async fn credentials_do_not_follow_a_redirect_to_another_host() {
    let asked: Arc<Mutex<usize>> = Arc::default();
    let counter = Arc::clone(&asked);
    let other =
        serve(Router::new().fallback(any(move || async move { *counter.lock().unwrap() += 1 })))
            .await;
    let to = other.clone();
    let url = serve(Router::new().fallback(any(move || async move {
        (StatusCode::FOUND, [(LOCATION, to)]).into_response()
    })))
    .await;
    let error = get(&client(&url)).await.unwrap_err().to_string();
    assert!(
        error.contains("sends us elsewhere") && error.contains(&other),
        "{error}"
    );
    assert_eq!(*asked.lock().unwrap(), 0);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_refusals_say_what_to_do() {
    let tries = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&tries);
    let busy = move || async move {
        let first = counter.fetch_add(1, Ordering::Relaxed) == 0;
        if first {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::OK
        }
    };
    let url = serve(Router::new().fallback(any(busy))).await;
    assert!(get(&client(&url)).await.unwrap().is_ok());
    assert_eq!(tries.load(Ordering::Relaxed), 2);

    let url = serve(Router::new().fallback(any(|| async { StatusCode::UNAUTHORIZED }))).await;
    let error = get(&client(&url)).await.unwrap_err().to_string();
    assert!(
        error.contains("401") && error.contains("token_env") && !error.contains("vizsla\""),
        "{error}"
    );
}

#[tokio::test]
async fn an_answer_is_capped_and_a_silent_server_timed_out() {
    let url = serve(Router::new().fallback(any(|| async { "x".repeat(100_000) }))).await;
    let error = get(&HttpClient {
        cap: 50_000,
        ..client(&url)
    })
    .await
    .unwrap_err()
    .to_string();
    assert!(error.contains("sends more than"), "{error}");

    let url =
        serve(Router::new().fallback(any(|| async { std::future::pending::<()>().await }))).await;
    let impatient = HttpClient {
        timeout: Duration::from_millis(50),
        ..client(&url)
    };
    let error = get(&impatient).await.unwrap_err().to_string();
    assert!(error.contains("did not answer within"), "{error}");
}

#[tokio::test]
async fn nobody_there_is_said_with_a_hint() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = get(&client(&url)).await.unwrap_err().to_string();
    assert!(
        error.contains("cannot be reached") && error.contains("is it running"),
        "{error}"
    );
}
