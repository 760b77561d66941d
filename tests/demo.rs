//! The demo through the collector's front door, as any application.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use vizsla::collector::{Collector, Exports, Limits};
use vizsla::config::{Access, Listener, Secret};
use vizsla::demo::{self, CUSTOMERS, Demo, Options, Settings, Trouble};
use vizsla::model::TraceId;
use vizsla::socket;
use vizsla::storage::{self, Store};

const LOOPBACK: [u8; 4] = [127, 0, 0, 1];

struct Running {
    store: Store,
    collector: Collector,
    stop: CancellationToken,
}

impl Running {
    async fn new(access: Access) -> Self {
        let store = Store::new(storage::Limits::of(256 << 20));
        let intake = Arc::new(Exports::new(store.clone()));
        let stop = CancellationToken::new();
        let at = [(Listener::OtlpHttp, (LOOPBACK, 0).into())];
        let collector =
            Collector::start(&at, access, Limits::default(), intake, stop.clone()).await;
        Self {
            store,
            collector,
            stop,
        }
    }

    fn options(&self, settings: Settings) -> Options {
        let at = self.collector.address(Listener::OtlpHttp).unwrap();
        Options {
            settings,
            target: format!("http://{at}"),
            token: None,
        }
    }
}

#[tokio::test]
async fn a_number_of_traces_is_sent_whole_and_at_once() {
    let running = Running::new(Access::default()).await;
    let settings = Settings {
        traces: Some(200),
        seed: 3,
        ..Settings::default()
    };
    let demo = Demo::start(&running.options(settings), running.stop.clone()).unwrap();
    let sent = demo.ended().await.unwrap();
    let stats = running.store.stats();
    assert_eq!((stats.traces, stats.stored), (200, sent.spans));
    assert!(stats.adds_up());
}

#[tokio::test]
async fn a_ride_is_ordered_at_the_frontends_door() {
    let running = Running::new(Access::default()).await;
    let quiet = Settings {
        rate: 0.1,
        ..Settings::default()
    };
    let demo = Demo::start(&running.options(quiet), running.stop.clone()).unwrap();
    let access = Access::default();
    let door = socket::bind((LOOPBACK, 0).into(), &access).await;
    let (listener, at) = door.unwrap();
    let router = demo::router(demo.desk().clone(), access);
    let stop = running.stop.clone();
    tokio::spawn(socket::serve(
        listener,
        socket::Limits::PEOPLE,
        stop,
        router,
    ));
    let url = format!("http://{at}/dispatch");
    let client = super::collector::client(false);
    let stranger = client
        .get(format!("{url}?customer=1"))
        .send()
        .await
        .unwrap();
    assert_eq!(stranger.status(), 404);
    let caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let known = client.get(format!("{url}?customer={}", CUSTOMERS[1].id));
    let answer = known.header("traceparent", caller).send().await.unwrap();
    let response = answer.headers()["traceresponse"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        response.get(..36),
        caller.get(..36),
        "the caller's trace goes on"
    );
    let id: TraceId = response.split('-').nth(1).unwrap().parse().unwrap();
    let trace = running
        .store
        .trace(id)
        .expect("what has ended is in the store")
        .tree();
    assert_eq!(trace.name(), "HTTP GET /dispatch");
    running.stop.cancel();
    demo.ended().await.unwrap();
}

#[tokio::test]
async fn who_refuses_the_spans_is_named() {
    let access = Access {
        token: Some(Secret::new("s3cret")),
        ..Access::default()
    };
    let running = Running::new(access).await;
    let settings = Settings {
        traces: Some(20),
        ..Settings::default()
    };
    let mut options = running.options(settings);
    let refused = Demo::start(&options, running.stop.clone())
        .unwrap()
        .ended()
        .await;
    assert!(matches!(refused, Err(Trouble::Refused { status, .. }) if status == 401));
    options.token = Some(Secret::new("s3cret"));
    let sent = Demo::start(&options, running.stop.clone())
        .unwrap()
        .ended()
        .await;
    assert!(sent.is_ok_and(|sent| sent.spans > 200));
    options.target = "localhost:4318".into();
    assert!(matches!(
        Demo::start(&options, running.stop),
        Err(Trouble::Target(_))
    ));
}
