//! The search screen as a user drives it.

use std::sync::Arc;
use std::time::Duration;

use crate::backend::StoreStats;
use crate::config::Depth;
use crate::model::{BlockBuilder, Trace, TraceId, scenario};
use crate::text::{Charset, Clock};
use crate::tui::harness::Harness;
use crate::tui::msg::Msg;
use crate::tui::session::place::Place;
use crate::tui::setup::Setup;
use crate::tui::source::host::{Alone, Errand, Host};
use crate::tui::source::{Listening, Surroundings};
use crate::tui::{Fixed, Message};

/// A minute after the scenarios began.
const NOW: u64 = scenario::EPOCH.0 + 60_000_000_000;

fn setup() -> Setup {
    Setup::plain(Clock::frozen(NOW), Depth::Truecolor, Charset::Unicode)
}

fn traces() -> Vec<Trace> {
    let texts = [
        "shop: GET /cart 0..120 server\n  cart: load 10..90\n",
        "pay: POST /pay 1000..1900 server\n  bank: charge 1020..1880 error\n",
        "shop: GET /slow 2000..4400 server\n  cart: load 2010..4000\n    redis: GET 2020..3900\n",
    ];
    let mut builder = BlockBuilder::new();
    for (number, text) in texts.into_iter().enumerate() {
        scenario::add(&mut builder, TraceId(number as u128 + 1), text);
    }
    Trace::all_of(&[Arc::new(builder.finish())])
}

async fn start(size: (u16, u16)) -> Harness {
    Harness::start(
        setup(),
        Arc::new(Fixed::new(traces())),
        Arc::new(Alone),
        None,
        size,
    )
    .await
}

async fn after(keys: &str) -> String {
    let mut harness = start((120, 40)).await;
    harness.keys(keys).await.unwrap();
    harness.text()
}

#[tokio::test]
async fn the_list_shows_what_was_found_and_accounts_for_the_rest() {
    let text = start((120, 40)).await.text();
    for part in [
        "shop  GET /cart",
        "900 ms",
        "✗ 1",
        "bank✗ pay",
        "3 shown, all that match",
        "1/3",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[tokio::test]
async fn sorting_by_letter_and_the_same_letter_reverses() {
    let order = |text: String| {
        let names = ["/cart", "POST", "/slow"];
        let mut places: Vec<_> = names
            .iter()
            .map(|name| (text.find(name).unwrap(), *name))
            .collect();
        places.sort_unstable();
        places.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    assert_eq!(order(after("sd").await), ["/slow", "POST", "/cart"]);
    assert_eq!(order(after("sdsd").await), ["/cart", "POST", "/slow"]);
    assert!(after("s").await.contains("longest first"));
}

#[tokio::test]
async fn errors_are_gone_to_and_rows_are_marked() {
    let text = after("e").await;
    let line = text.lines().find(|line| line.starts_with(" ▌")).unwrap();
    assert!(line.contains("POST /pay"), "{text}");
    assert!(after("gg<Space><Space>").await.contains("2 marked"));
    assert!(!after("gg<Space>U").await.contains("marked"));
}

#[tokio::test]
async fn jumps_and_marks_lead_back() {
    let cursor = |text: String| {
        let line = text.lines().find(|line| line.starts_with(" ▌")).unwrap();
        ["/cart", "/pay", "/slow"]
            .into_iter()
            .find(|name| line.contains(name))
            .unwrap()
    };
    assert_eq!(cursor(after("jG<C-o>").await), "/pay");
    assert_eq!(cursor(after("jmakjj'a").await), "/pay");
    assert_eq!(cursor(after("ejj''").await), "/slow");
    assert!(after("'x").await.contains("no place of that letter"));
}

#[tokio::test]
async fn the_query_line_completes_points_at_faults_and_runs() {
    let text = after("/sh").await;
    assert!(
        text.contains("Tab takes") && text.contains("▌shop"),
        "{text}"
    );
    let text = after("/sh<Tab><Enter>").await;
    assert!(
        text.contains("/ { resource.service.name = \"shop\" }"),
        "{text}"
    );
    let text = after("/{ status = \"x\" }<Enter>").await;
    assert!(text.contains("cannot be compared"), "{text}");
    let text = after("/sh<Tab><Enter>/<C-u>pay<Enter>u").await;
    assert!(text.contains("\"shop\" }"), "{text}");
}

#[tokio::test]
async fn the_form_writes_the_query() {
    let text = after("fshop<Tab>GET /cart<Enter>").await;
    assert!(
        text.contains("{ resource.service.name = \"shop\" && name = \"GET /cart\" }"),
        "{text}"
    );
    let text = after("f<Tab><Tab><Tab>x<Enter>").await;
    assert!(text.contains("form") && text.contains('x'), "{text}");
    let text = after("fshop<C-f>").await;
    assert!(
        text.contains("/ { resource.service.name = \"shop\" }"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_excluded_comes_back() {
    let text = after("xs").await;
    assert!(
        text.contains("{ trace:rootService != \"") || text.contains("rootServiceName != \""),
        "{text}"
    );
    let text = after("xsxoxx").await;
    assert!(text.contains("/ { }"), "{text}");
}

#[tokio::test]
async fn copies_are_what_they_say() {
    let mut harness = start((120, 40)).await;
    harness.keys("yyytymyc").await.unwrap();
    let [row, id, table, command] = &harness.copied[..] else {
        panic!("{:?}", harness.copied)
    };
    assert!(row.contains(id.as_str()) && id.len() == 32);
    assert!(table.starts_with("| start |") && table.contains(id.as_str()));
    assert_eq!(
        command,
        "vizsla search -s fixed '{ }' --since 1h --limit 20"
    );
}

struct Ports;

impl Host for Ports {
    fn surroundings(&self) -> Surroundings {
        let one = |name: &str, state: Result<&str, &str>| Listening {
            name: name.into(),
            state: state.map(Into::into).map_err(Into::into),
        };
        let listening = vec![
            one("otlp-http", Ok("127.0.0.1:4318")),
            one("otlp-grpc", Ok("127.0.0.1:4317")),
            one("zipkin", Err("port 9411 is taken by another process")),
        ];
        Surroundings {
            listening,
            can_demo: true,
            ..Surroundings::default()
        }
    }

    fn order_ride(&self) -> Errand<'_, TraceId> {
        Box::pin(async { Err("no car is free".to_owned()) })
    }
}

#[tokio::test]
async fn the_first_run_says_how_to_send_spans() {
    let backend = Fixed::new(Vec::new()).live(StoreStats {
        budget: 512_000_000,
        ..StoreStats::default()
    });
    let mut harness =
        Harness::start(setup(), Arc::new(backend), Arc::new(Ports), None, (80, 24)).await;
    let text = harness.text();
    for part in [
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318",
        "port 9411 is taken",
        "D demo",
        "0 traces",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    harness.keys("yy").await.unwrap();
    assert_eq!(
        harness.copied,
        ["OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318"]
    );
}

#[tokio::test]
async fn a_live_list_follows_until_the_first_move() {
    let stats = StoreStats {
        received: 7,
        traces: 3,
        budget: 512_000_000,
        ..StoreStats::default()
    };
    let backend = Arc::new(Fixed::new(traces()).live(stats));
    let mut harness = Harness::start(setup(), backend, Arc::new(Alone), None, (120, 40)).await;
    assert!(harness.text().contains("follows"), "{}", harness.text());
    harness.keys("j").await.unwrap();
    assert!(harness.text().contains("1/3"), "{}", harness.text());
    harness.advance(Duration::from_secs(2));
    harness.send(Msg::Notice(Message::note("still here"))).await;
    assert!(harness.text().contains("1/3"), "{}", harness.text());
    harness.keys("gg").await.unwrap();
    assert!(harness.text().contains("follows"), "{}", harness.text());
}

#[tokio::test]
async fn clearing_and_quitting_ask_once_while_traces_would_be_lost() {
    let stats = StoreStats {
        received: 7,
        traces: 3,
        budget: 512_000_000,
        ..StoreStats::default()
    };
    let backend = Arc::new(Fixed::new(traces()).live(stats));
    let mut harness = Harness::start(setup(), backend, Arc::new(Alone), None, (80, 24)).await;
    harness.keys("q").await.unwrap();
    assert!(
        !harness.quit
            && harness
                .text()
                .contains("3 traces held in memory would be lost")
    );
    harness.keys("n").await.unwrap();
    assert!(!harness.quit);
    harness.keys(":clear<Enter>").await.unwrap();
    assert!(
        harness.text().contains("forget all 3 traces?"),
        "{}",
        harness.text()
    );
    harness.keys("q").await.unwrap();
    harness.keys("qy").await.unwrap();
    assert!(harness.quit);
}

#[tokio::test]
async fn a_box_in_the_plot_becomes_a_search() {
    let text = after("gg<Tab><Space><Left>").await;
    assert!(text.contains("box: 2 traces in"), "{text}");
    let text = after("gg<Tab><Space><Left><Enter>").await;
    assert!(text.contains("trace:duration >= 900ms"), "{text}");
    assert!(
        text.contains("trace:duration <= 2.4s") || text.contains("<= 2400ms"),
        "{text}"
    );
    assert!(!after("gg<Tab><Space><Left><Esc>").await.contains("box:"));
}

#[tokio::test]
async fn the_plot_turns_into_a_heatmap_and_goes() {
    let text = after("vh").await;
    assert!(text.contains("2.40 s") && text.contains("120 ms"), "{text}");
    assert!(!after("vn").await.contains("┼"));
    assert!(
        after(":set plot heatmap<Enter>")
            .await
            .contains("plot is now heatmap")
    );
    assert!(
        after(":set plot cake<Enter>")
            .await
            .contains("takes scatter, heatmap, none")
    );
}

#[tokio::test]
async fn traces_are_grouped_again_and_a_group_is_searched() {
    let text = after(",s").await;
    assert!(
        text.contains("grouped by root service") && text.contains("by root service"),
        "{text}"
    );
    let row = text.lines().find(|line| line.contains(" shop ")).unwrap();
    assert!(row.contains('2') && row.contains("few"), "{text}");
    let text = after(",s,e").await;
    assert!(
        text.contains("pay   failed") && text.contains("shop   fine"),
        "{text}"
    );
    let text = after(",o<Enter>").await;
    assert!(text.contains("trace:rootService = "), "{text}");
    let text = after(",aservice.name<Enter>").await;
    assert!(text.contains("by service.name"), "{text}");
}

#[tokio::test]
async fn what_is_in_view_is_written_in_the_format_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jaeger.json");
    let name = path.display();
    let mut harness = start((120, 40)).await;
    harness.keys(&format!(":w {name}<Enter>")).await.unwrap();
    let text = harness.text();
    assert!(text.contains("3 traces, 7 spans written"), "{text}");
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .contains("\"traceID\"")
    );
    harness.keys(&format!(":w {name}<Enter>")).await.unwrap();
    assert!(
        harness.text().contains("is there already"),
        "{}",
        harness.text()
    );
    harness
        .keys(&format!("gg<Enter>:w !{name}<Enter>"))
        .await
        .unwrap();
    assert!(
        harness.text().contains("1 trace, 3 spans"),
        "{}",
        harness.text()
    );
    harness.keys(":w nowhere.doc<Enter>").await.unwrap();
    assert!(
        harness.text().contains("names no format"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn open_traces_are_gone_round_among() {
    let text = after("gg<Enter>qj<Enter>").await;
    assert!(text.contains("[2/2] pay POST /pay"), "{text}");
    let text = after("gg<Enter>jqj<Enter>gt").await;
    assert!(text.contains("[1/2] shop GET /slow"), "{text}");
    assert!(after("gg<Enter>qj<Enter>gtq").await.contains("3 shown"));
    assert!(after("gt").await.contains("no other trace is open"));
}

#[tokio::test]
async fn the_palette_finds_traces_and_names() {
    let text = after(":/slow").await;
    assert!(
        text.contains("trace") && text.contains("shop GET /slow"),
        "{text}"
    );
    assert!(after(":shop slow<Enter>").await.contains("waterfall"));
    let text = after(":'bank<Enter>").await;
    assert!(text.contains("resource.service.name = \"bank\""), "{text}");
}

#[tokio::test]
async fn a_backend_in_this_process_is_sent_nothing() {
    assert!(after("@").await.contains("nothing is sent"));
}

#[tokio::test]
async fn jumps_and_marks_lead_from_screen_to_screen() {
    let mut harness = start((120, 40)).await;
    let mut after = async |keys: &str| {
        harness.keys(keys).await.unwrap();
        harness.state.place()
    };
    let row = after("").await;
    let span = after("<Enter>jjma").await;
    assert!(matches!(span, Some(Place::Span(..))));
    assert_eq!(after("q").await, row);
    assert_eq!(after("'a").await, span);
    let service = after("dmb").await;
    assert!(matches!(service, Some(Place::Service(_))));
    assert_eq!(after("<C-o>").await, span);
    assert_eq!(after("<C-o>").await, row);
    assert_eq!(after("]j").await, span);
    assert_eq!(after("]m").await, service);
}
