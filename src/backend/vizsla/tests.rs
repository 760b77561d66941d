use axum::Router;
use axum::routing::get;

use super::*;
use crate::backend::{Probed, TraceRow};

/// A server that answers `body` at `path`, and a vizsla's figures.
async fn serve(path: &str, body: &'static str) -> BackendConfig {
    let stats = get(|| async { r#"{"server":"vizsla","version":"9.9"}"# });
    let router = Router::new()
        .route("/api/stats", stats)
        .route(path, get(move || async move { body }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    BackendConfig {
        url,
        ..BackendConfig::default()
    }
}

async fn search(backend: &dyn Backend) -> Result<Vec<TraceRow>, BackendError> {
    let request = SearchRequest {
        query: "{ status = error }".to_owned(),
        window: None,
        limit: 20,
        sort: Sort::Newest,
    };
    let mut parts = backend.search(request, CancellationToken::new());
    let mut found = Vec::new();
    while let Some(part) = parts.recv().await {
        match part {
            Part::Rows(rows) => found.extend(rows),
            Part::Failed(error) => return Err(error),
            _ => {}
        }
    }
    Ok(found)
}

#[tokio::test]
async fn what_an_older_one_does_not_tell_is_left_out() {
    let answer = r#"{"traces":[{"traceID":"ca47","startTimeUnixNano":"7","durationNanos":"5"}]}"#;
    let config = serve("/api/search", answer).await;
    let probed = Probed::new(Some("prod"), &config).unwrap();
    assert_eq!(probed.source(), config.url);
    let rows = search(&probed).await.unwrap();
    assert_eq!((rows.len(), rows[0].trace_id), (1, TraceId(0xca47)));
    assert_eq!(probed.source(), format!("vizsla+{}", config.url));
    assert!(probed.capabilities().traceql);
    assert_eq!((probed.name(), probed.stats().await), ("prod", Ok(None)));
}

#[tokio::test]
async fn nonsense_is_an_error_of_the_server() {
    for nonsense in [
        r#"{"traces":[{"traceID":"x","startTimeUnixNano":"7","durationNanos":"5"}]}"#,
        r#"{"traces":[{"traceID":"1","startTimeUnixNano":"7"}]}"#,
        "<html>login</html>",
        "[",
    ] {
        let config = serve("/api/search", nonsense).await;
        let error = search(&Vizsla::new(None, &config).unwrap()).await;
        assert!(
            matches!(&error, Err(BackendError::Remote(why)) if why.contains(&config.url)),
            "{error:?}"
        );
    }
    let config = serve("/api/v2/traces/{id}", "\u{12}\u{5}abc").await;
    let vizsla = Vizsla::new(None, &config).unwrap();
    let opened = vizsla.trace(TraceId(1), CancellationToken::new()).await;
    assert!(
        matches!(&opened, Err(BackendError::Remote(why)) if why.contains("no trace")),
        "{opened:?}"
    );
}

#[tokio::test]
async fn a_new_epoch_is_told() {
    let config = serve("/api/vizsla/epoch", r#"{"epoch":7}"#).await;
    let probed = Probed::new(None, &config).unwrap();
    let mut epoch = probed.epoch().unwrap();
    epoch.changed().await.unwrap();
    assert_eq!(*epoch.borrow_and_update(), 7);
}
