//! What the embedded backend answers.

use super::*;
use crate::backend::{Edge, Part, SearchDone, Sort, TraceRow};
use crate::model::{BlockBuilder, Nanos, ServiceCount, SpanId, scenario};
use crate::storage::{Limits, Origin};

const SHOP: &str = "
    shop: GET /cart 0..120 server
      shop: load 10..90 client peer.service=cart
        cart: load 20..80 server error status=500
";

fn shops(count: u128) -> Memory {
    let store = Store::new(Limits::default());
    let mut builder = BlockBuilder::new();
    for id in 1..=count {
        scenario::add(&mut builder, TraceId(id), SHOP);
    }
    store.commit(builder.finish(), Origin::default());
    Memory::new(store)
}

struct Told {
    rows: Vec<TraceRow>,
    notes: Vec<String>,
    end: Result<SearchDone, BackendError>,
}

async fn search(backend: &dyn Backend, query: &str, limit: usize) -> Told {
    let request = SearchRequest {
        query: query.to_owned(),
        window: None,
        limit,
        sort: Sort::Newest,
    };
    let mut parts = backend.search(request, CancellationToken::new());
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    while let Some(part) = parts.recv().await {
        match part {
            Part::Rows(more) => rows.extend(more),
            Part::Note(note) => notes.push(note),
            Part::Pushdown(_) | Part::Progress(_) => {}
            Part::Done(done) => {
                return Told {
                    rows,
                    notes,
                    end: Ok(done),
                };
            }
            Part::Failed(error) => {
                return Told {
                    rows,
                    notes,
                    end: Err(error),
                };
            }
        }
    }
    panic!("the stream broke off")
}

#[tokio::test]
async fn a_search_tells_rows_and_how_many_there_are() {
    let told = search(&shops(200), "{ status = error }", 100).await;
    assert_eq!(told.rows.len(), 100);
    let row = &told.rows[0];
    assert_eq!((&*row.service, &*row.name), ("shop", "GET /cart"));
    assert_eq!(
        (row.spans, row.errors, row.duration),
        (3, 1, Nanos::from_millis(120))
    );
    assert_eq!(
        row.services["cart"],
        ServiceCount {
            spans: 1,
            errors: 1
        }
    );
    assert_eq!(row.matched, [SpanId(3)]);
    assert!(!row.incomplete);
    let done = SearchDone {
        complete: true,
        matching: Some(200),
        of: Some(200),
    };
    assert_eq!(told.end, Ok(done));
}

#[tokio::test]
async fn finding_nothing_says_why() {
    let told = search(&shops(1), "{ span.status = \"500\" }", 10).await;
    assert!(told.rows.is_empty());
    assert_eq!(told.notes.len(), 1, "{:?}", told.notes);
    assert!(
        told.notes[0].starts_with("span.status is an int"),
        "{:?}",
        told.notes
    );
}

#[tokio::test]
async fn what_is_no_query_is_the_askers_fault() {
    let told = search(&shops(1), "{ status = }", 10).await;
    assert!(
        matches!(told.end, Err(BackendError::Query(_))),
        "{:?}",
        told.end
    );
}

#[tokio::test]
async fn a_cancelled_search_ends() {
    let backend = shops(1);
    let request = SearchRequest {
        query: String::new(),
        window: None,
        limit: 10,
        sort: Sort::Slowest,
    };
    let cancel = CancellationToken::new();
    cancel.cancel();
    let mut parts = backend.search(request, cancel);
    let mut last = None;
    while let Some(part) = parts.recv().await {
        last = Some(part);
    }
    assert!(
        matches!(last, Some(Part::Failed(BackendError::Cancelled))),
        "{last:?}"
    );
}

#[tokio::test]
async fn services_operations_and_calls_are_counted() {
    let (backend, cancel) = (shops(4), CancellationToken::new);
    let services = backend.services(None, cancel()).await.unwrap();
    let counts: Vec<_> = services
        .iter()
        .map(|row| (row.service.as_str(), row.spans, row.errors))
        .collect();
    assert_eq!(
        counts,
        [("cart", Some(4), Some(4)), ("shop", Some(8), Some(0))]
    );
    let operations = backend
        .operations(Some("shop".into()), None, cancel())
        .await
        .unwrap();
    let names: Vec<_> = operations
        .iter()
        .map(|row| (row.operation.as_str(), row.kind.as_str()))
        .collect();
    assert_eq!(names, [("GET /cart", "server"), ("load", "client")]);
    let window = Window {
        from: scenario::EPOCH,
        to: scenario::EPOCH + Nanos::from_millis(200),
    };
    for window in [None, Some(window)] {
        let calls = backend.dependencies(window, cancel()).await.unwrap();
        let edges: Vec<_> = calls
            .edges
            .iter()
            .map(|e| (e.parent.as_str(), e.child.as_str(), e.calls, e.errors))
            .collect();
        assert_eq!(edges, [("shop", "cart", 4, 4), ("shop", "shop", 4, 0)]);
        assert_eq!(calls.traces, Some(4));
    }
}

#[tokio::test]
async fn calls_are_told_of_the_spans_that_a_query_finds() {
    let backend = shops(40);
    let window = Some(Window {
        from: scenario::EPOCH + Nanos::from_millis(10),
        to: scenario::EPOCH + Nanos::from_millis(15),
    });
    let told = async |query: &str, window| {
        let asked = backend.calls_of(query.into(), window, CancellationToken::new());
        let (graph, traces) = asked.await.unwrap();
        let of = |e: &Edge| format!("{}->{} {}/{}", e.parent, e.child, e.errors, e.calls);
        let rows = Dependencies::of_graph(&graph, traces);
        (rows.edges.iter().map(of).collect::<Vec<_>>(), traces)
    };
    let carts = (vec!["shop->cart 40/40".to_owned()], Some(40));
    assert_eq!(told("{ status = error }", None).await, carts);
    // Of each trace the tree decides.
    let below = "{ kind = client } > { status = error }";
    assert_eq!(told(below, None).await, carts);
    let shops = (vec!["shop->shop 0/40".to_owned()], Some(40));
    assert_eq!(told("{ }", window).await, shops);
    assert_eq!(
        told("{ name = \"none\" }", None).await,
        (Vec::new(), Some(0))
    );
    let wrong = backend.calls_of("{".into(), None, CancellationToken::new());
    assert!(matches!(wrong.await, Err(BackendError::Query(_))));
}

#[tokio::test]
async fn clearing_leaves_nothing_and_says_so() {
    let backend = shops(2);
    let epoch = backend.epoch().unwrap();
    backend.clear().unwrap();
    assert!(epoch.has_changed().unwrap());
    assert!(search(&backend, "{ }", 10).await.rows.is_empty());
    let stats = backend.stats().await.unwrap().unwrap();
    assert_eq!(
        (stats.received, stats.stored, stats.evicted["cleared"]),
        (6, 0, 6)
    );
}
