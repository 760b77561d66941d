//! Against a small Jaeger of our own.

mod fake;

use axum::Router;
use axum::http::{StatusCode, Uri};

use super::*;
use crate::backend::{Part, Pushdown, SearchDone, Sort, TraceRow};
use crate::model::SpanId;
use fake::{HEAD, OLD, V2_20, served, start, window};

/// What a Jaeger 2.20 answered, with and without an archive, and one whose archive is full.
#[tokio::test]
async fn a_trace_goes_into_the_archive_of_a_server_that_has_one() {
    const DONE: &str = r#"{"data":[],"total":0,"limit":0,"offset":0,"errors":[]}"#;
    const NONE: &str = r#"{"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":500,"msg":"archive span storage was not configured"}]}"#;
    const FULL: &str = r#"{"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":500,"msg":"no space left"}]}"#;
    for (status, body, archived) in [
        (200, DONE, Some(true)),
        (500, NONE, Some(false)),
        (500, FULL, None),
    ] {
        let answer = move |method: axum::http::Method, uri: Uri| async move {
            let path = "/api/archive/00000000000000000000000000000007";
            assert_eq!((method.as_str(), uri.path()), ("POST", path));
            (StatusCode::from_u16(status).unwrap(), body)
        };
        let jaeger = served(Router::new().fallback(answer)).await;
        let told = jaeger.archive(TraceId(7), CancellationToken::new()).await;
        assert_eq!(told.as_ref().ok().copied(), archived, "{told:?}");
    }
}

struct Answered {
    rows: Vec<TraceRow>,
    pushdown: Pushdown,
    notes: Vec<String>,
    done: SearchDone,
}

async fn ask(
    jaeger: &Jaeger,
    query: &str,
    window: Option<Window>,
    limit: usize,
    sort: Sort,
) -> Answered {
    let request = SearchRequest {
        query: query.to_owned(),
        window,
        limit,
        sort,
    };
    let mut parts = jaeger.search(request, CancellationToken::new());
    let (mut rows, mut pushdown, mut notes) = (Vec::new(), Pushdown::default(), Vec::new());
    while let Some(part) = parts.recv().await {
        match part {
            Part::Rows(more) => rows.extend(more),
            Part::Pushdown(told) => pushdown = told,
            Part::Note(note) => notes.push(note),
            Part::Progress(_) => {}
            Part::Done(done) => {
                return Answered {
                    rows,
                    pushdown,
                    notes,
                    done,
                };
            }
            Part::Failed(error) => panic!("{error}"),
        }
    }
    panic!("no end")
}

fn names(rows: &[TraceRow]) -> Vec<&str> {
    rows.iter().map(|row| &*row.name).collect()
}

#[tokio::test]
async fn every_version_is_recognised_and_a_stranger_is_told_so() {
    for dialect in [OLD, V2_20, HEAD] {
        let (jaeger, _) = start(dialect, false, 0).await;
        assert_eq!(jaeger.dialect(&CancellationToken::new()).await, Ok(dialect));
    }
    let stranger = Dialect {
        legacy: false,
        v3: false,
        summaries: false,
    };
    let (jaeger, _) = start(stranger, false, 0).await;
    let error = jaeger
        .dialect(&CancellationToken::new())
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("does not answer as Jaeger does"), "{error}");
}

#[tokio::test]
async fn the_newest_are_found_whatever_the_server_leaves_out() {
    for (dialect, needs_service) in [(OLD, true), (V2_20, true), (HEAD, false)] {
        let (jaeger, _) = start(dialect, needs_service, 300).await;
        let found = ask(&jaeger, "{ }", Some(window()), 5, Sort::Newest).await;
        assert_eq!(
            names(&found.rows),
            ["GET /299", "GET /298", "GET /297", "GET /296", "GET /295"],
            "{dialect:?}"
        );
        assert!(found.done.complete, "{dialect:?}");
        assert_eq!(found.rows[0].matched, [SpanId(1), SpanId(2)]);
    }
}

#[tokio::test]
async fn what_jaeger_cannot_say_is_evaluated_here_and_the_search_walks_back_for_it() {
    for dialect in [OLD, V2_20] {
        let (jaeger, fake) = start(dialect, true, 300).await;
        let query = r#"{ resource.service.name = "shop" && kind = server } > { status = error }"#;
        let found = ask(&jaeger, query, Some(window()), 3, Sort::Newest).await;
        assert_eq!(
            names(&found.rows),
            ["GET /290", "GET /280", "GET /270"],
            "{dialect:?}"
        );
        assert_eq!(found.rows[0].matched, [SpanId(2)]);
        assert_eq!((found.rows[0].errors, found.done.complete), (1, true));
        assert_eq!(
            found.pushdown.pushed,
            ["service shop, tag span.kind=server"]
        );
        assert_eq!(found.pushdown.local.len(), 1);
        let asked = fake.asked.lock().unwrap();
        assert!(
            !asked
                .iter()
                .any(|path| path.contains("service=cart") || path.contains("serviceName=cart"))
        );
    }
}

#[tokio::test]
async fn a_server_is_asked_only_what_it_knows() {
    let (jaeger, fake) = start(OLD, true, 3).await;
    let query =
        r#"{ resource.service.name = "cart" && name = "load" && duration > 5ms && span.n = 2 }"#;
    ask(&jaeger, query, Some(window()), 3, Sort::Newest).await;
    let asked = fake.asked.lock().unwrap();
    let search = asked
        .iter()
        .find(|path| path.starts_with("/api/traces?"))
        .unwrap();
    let (from, to) = (window().from.0 / 1000, window().to.0 / 1000);
    let expected = format!(
        "/api/traces?start={from}&end={to}&limit=20&raw=true&service=cart&operation=load&minDuration=5000us&tags=%7B%22n%22%3A%222%22%7D"
    );
    assert_eq!(*search, expected);
}

#[tokio::test]
async fn the_slowest_need_the_whole_window_and_no_window_is_the_last_hour() {
    let (jaeger, _) = start(V2_20, false, 60).await;
    let found = ask(
        &jaeger,
        "{ name = `GET /7` || name = `GET /8` }",
        Some(window()),
        1,
        Sort::Slowest,
    )
    .await;
    assert_eq!(
        (names(&found.rows), found.done.matching),
        (vec!["GET /7"], Some(2))
    );
    let found = ask(&jaeger, "{ }", None, 1, Sort::Newest).await;
    assert_eq!(found.rows, []);
    assert_eq!(
        found.notes,
        ["no time window given: searched the last hour"]
    );
}

#[tokio::test]
async fn traces_names_and_calls() {
    for (dialect, kind) in [(OLD, "unspecified"), (HEAD, "internal")] {
        let (jaeger, _) = start(dialect, false, 2).await;
        let cancel = CancellationToken::new;
        let trace = jaeger.trace(TraceId(2), cancel()).await.unwrap().unwrap();
        assert_eq!((trace.name(), trace.len()), ("GET /1", 2));
        assert!(jaeger.trace(TraceId(99), cancel()).await.unwrap().is_none());
        let services = jaeger.services(None, cancel()).await.unwrap();
        assert_eq!(
            services
                .iter()
                .map(|row| row.service.as_str())
                .collect::<Vec<_>>(),
            ["cart", "shop"]
        );
        let operations = jaeger
            .operations(Some("cart".into()), None, cancel())
            .await
            .unwrap();
        assert_eq!(operations[0].kind, kind);
    }
    let (jaeger, fake) = start(OLD, true, 0).await;
    let graph = jaeger
        .dependencies(Some(window()), CancellationToken::new())
        .await
        .unwrap();
    assert_eq!((graph.nodes.len(), graph.edges[0].calls), (2, 7));
    let asked = fake.asked.lock().unwrap();
    let end = window().to.0 / 1_000_000;
    assert!(
        asked.contains(&format!("/api/dependencies?endTs={end}&lookback=10000000")),
        "{asked:?}"
    );
}

#[tokio::test]
async fn a_search_can_be_cancelled() {
    let (jaeger, _) = start(OLD, true, 3).await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let request = SearchRequest {
        query: "{ }".into(),
        window: Some(window()),
        limit: 3,
        sort: Sort::Newest,
    };
    let mut parts = jaeger.search(request, cancel);
    assert!(matches!(
        parts.recv().await,
        Some(Part::Failed(BackendError::Cancelled))
    ));
}
