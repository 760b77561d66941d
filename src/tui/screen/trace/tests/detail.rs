//! The detail driven by keys: its forms, its filter, what its lines can be used for, and values
//! that no application should send.

use super::*;
use crate::config::{LinkPattern, LinkPlace, Matcher, Origin};
use crate::model::{BlockBuilder, SpanId, Sym, TraceId, Value};
use crate::tui::harness::golden::compare;
use crate::tui::harness::single;

/// A call of a model with a tool, an order as JSON, a failure with its stack.
async fn charge(size: (u16, u16)) -> Harness {
    let text = Value::Str;
    let trace = single::span(
        &[
            ("gen_ai.operation.name", text("chat")),
            ("gen_ai.request.model", text("pointer-1")),
            ("gen_ai.usage.input_tokens", Value::Int(1204)),
            ("gen_ai.usage.output_tokens", Value::Int(31)),
            ("gen_ai.usage.cost", Value::Double(0.0041)),
            (
                "gen_ai.input.messages",
                text(
                    r#"[{"role":"system","parts":[{"type":"text","content":"You sort refunds."}]},{"role":"user","parts":[{"type":"text","content":"The customer says that the card was charged twice for order 4711, once at noon and once a minute later, and wants one of the two back."}]},{"role":"assistant","parts":[{"type":"tool_call","id":"1","name":"charges","arguments":{"order":4711}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"1","response":"2 charges of 12.00"}]}]"#,
                ),
            ),
            (
                "gen_ai.output.messages",
                text(
                    r#"[{"role":"assistant","parts":[{"type":"text","content":"Refund the second charge."}]}]"#,
                ),
            ),
            ("customer.id", text("392")),
            (
                "order",
                text(
                    r#"{"id":4711,"items":[{"sku":"A-1"},{"sku":"B-7"}],"total":{"sum":12.0,"currency":"EUR"}}"#,
                ),
            ),
            ("blob", Value::Bytes(&[0, 1, 254, 255])),
        ],
        &[(
            "exception",
            &[
                ("exception.type", text("Declined")),
                (
                    "exception.stacktrace",
                    text(
                        "Declined: no funds\n\tat shop.Pay.charge(Pay.java:7)\n\tat java.lang.Thread.run(T.java:1)",
                    ),
                ),
            ],
        )],
    );
    let mut setup = setup();
    setup.links = Arc::new([LinkPattern {
        place: LinkPlace::Span,
        key: Matcher::one("customer.id"),
        value: Matcher::Any,
        url: "https://crm.example/#{customer.id}".to_owned(),
        text: "customer #{customer.id}".to_owned(),
        origin: Origin::Default,
    }]);
    let backend = Arc::new(Fixed::new(vec![trace]));
    Harness::start(setup, backend, Arc::new(Alone), Some(single::ID), size).await
}

fn setup() -> Setup {
    Setup::plain(Clock::frozen(0), Depth::Truecolor, Charset::Unicode)
}

const SCREENS: [(&str, &str); 6] = [
    ("detail", "<Enter>"),
    ("detail-alone", "DDD"),
    ("detail-beside", "D"),
    ("detail-filter", "DDD/order"),
    ("detail-line", "DDD/customer.id<Enter>j<Space>"),
    ("columns", "C.id"),
];

#[tokio::test]
async fn the_detail_in_every_form() {
    for (width, height) in [(80, 24), (120, 40)] {
        for (name, keys) in SCREENS {
            let mut harness = charge((width, height)).await;
            harness.keys(keys).await.unwrap();
            compare(
                &format!("trace-{name}-{width}x{height}.txt"),
                &harness.text(),
            );
        }
    }
}

#[tokio::test]
async fn columns_stand_between_names_and_bars() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut harness = ride((width, height)).await;
        harness
            .keys("Cown<Enter>C.status_code<Tab><Esc>")
            .await
            .unwrap();
        let name = format!("trace-with-columns-{width}x{height}.txt");
        compare(&name, &harness.text());
    }
    let mut harness = ride((120, 40)).await;
    harness.keys("<Enter>|").await.unwrap();
    assert!(
        row(&harness, "  200 ms  ").contains(" http.route "),
        "{}",
        harness.text()
    );
    assert!(
        row(&harness, " /dispatch   ─").contains("739 ms"),
        "{}",
        harness.text()
    );
    harness.keys("|").await.unwrap();
    assert!(
        !row(&harness, "  200 ms  ").contains("http.route"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn a_line_is_copied_searched_for_and_opened() {
    let mut harness = charge((120, 40)).await;
    harness
        .keys("<Enter>/customer.id<Enter>yvykyy")
        .await
        .unwrap();
    let wanted = [
        "392",
        "customer.id=392",
        r#"{"key":"customer.id","value":"392"}"#,
    ];
    assert_eq!(harness.copied, wanted);
    assert!(
        row(&harness, "   392").contains("» customer 392"),
        "{}",
        harness.text()
    );
    harness.keys("o").await.unwrap();
    assert_eq!(harness.opened, ["https://crm.example/392"]);
    harness.keys("<Space>a").await.unwrap();
    let query = "{ span.customer.id = \"392\" }";
    assert!(harness.text().contains(query), "{}", harness.text());
}

/// The row of the tree with the span that the detail tells.
fn told(harness: &Harness) -> String {
    let text = harness.text();
    let heading = text.lines().find(|line| line.starts_with("── "));
    heading.expect("the detail has a heading").to_owned()
}

#[tokio::test]
async fn hunts_go_on_while_the_detail_has_the_keys() {
    let trace = scenario::trace(RIDE);
    let mut harness = opened(trace).await;
    harness.keys("<Enter>").await.unwrap();
    for (keys, operation) in [
        ("e", "GetDriver"),
        ("w", "SQL SELECT"),
        ("]o", "SQL SELECT"),
    ] {
        harness.keys(keys).await.unwrap();
        let heading = told(&harness);
        assert!(heading.contains(operation), "after {keys}: {heading}");
    }
    harness.keys("xs").await.unwrap();
    assert!(harness.text().contains("1 hidden"), "{}", harness.text());
}

#[tokio::test]
async fn the_search_is_narrowed_to_a_value() {
    let trace = scenario::trace(RIDE);
    let mut harness = opened(trace).await;
    harness.keys("<Enter>ga").await.unwrap();
    assert!(
        harness
            .text()
            .contains("{ span.http.route = \"/dispatch\" }"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn links_lead_out_and_back() {
    let mut builder = BlockBuilder::new();
    scenario::add(&mut builder, TraceId(1), "a: send 0..9\n");
    builder.link(TraceId(2), SpanId(2), &[], Sym::EMPTY, 0, 0);
    scenario::add(
        &mut builder,
        TraceId(2),
        "b: root 0..9\n  b: receive 1..2\n  b: other 3..4\n",
    );
    builder.link(TraceId(2), SpanId(2), &[], Sym::EMPTY, 0, 0);
    let traces = Trace::all_of(&[Arc::new(builder.finish())]);
    let backend = Arc::new(Fixed::new(traces));
    let first = Some(TraceId(1));
    let mut harness = Harness::start(setup(), backend, Arc::new(Alone), first, (120, 40)).await;
    harness.keys("gd").await.unwrap();
    assert!(
        here(&harness).contains("receive"),
        "the span that is linked: {}",
        harness.text()
    );
    assert!(
        row(&harness, "linked from 1").contains("b other"),
        "{}",
        harness.text()
    );
    harness.keys("gd").await.unwrap();
    assert!(here(&harness).contains("other"), "{}", harness.text());
    harness.keys("<C-o><C-o>").await.unwrap();
    assert!(
        here(&harness).contains("send"),
        "the way back: {}",
        harness.text()
    );
}

/// All rows are as wide as the screen, and nothing reaches it that a terminal obeys.
fn is_whole(harness: &Harness, width: usize) {
    let text = harness.text();
    assert!(
        text.lines().all(|line| crate::text::width(line) == width),
        "{text}"
    );
    let obeyed = ['\x1b', '\u{202e}', '\u{200b}', '\u{7}', '\u{9b}'];
    assert!(!text.contains(obeyed), "{text}");
}

#[tokio::test]
async fn what_no_application_should_send_breaks_nothing() {
    let tricky =
        "\x1b]0;x\x07\u{202e}drow\u{200b} a\u{301}\u{301} 注文 \u{1f468}\u{200d}\u{1f469} ";
    let huge = tricky.repeat((10 << 20) / tricky.len());
    let deep = "[".repeat(100_000);
    let trace = single::span(
        &[
            ("huge", Value::Str(&huge)),
            (tricky, Value::Str(tricky)),
            ("deep", Value::Str(&deep)),
            ("gen_ai.input.messages", Value::Str(&deep)),
            ("", Value::Str("")),
            ("db.statement", Value::Str("SELECT 'never closed")),
            ("url.full", Value::Str("http://[::1/?%zz=&&&==#?")),
        ],
        &[(tricky, &[(tricky, Value::Str(tricky))])],
    );
    for size in [(80, 24), (120, 40)] {
        let mut harness = show(trace_of(&trace), size).await;
        let width = usize::from(size.0);
        for keys in [
            "<Enter>", "zR", "DDD", "G", "gg", "/d", "<Enter>", "<Esc>", "zM", "q",
        ] {
            harness.keys(keys).await.unwrap();
            is_whole(&harness, width);
        }
        harness
            .keys("<Enter>zRDDD/huge<Enter>j<Enter>G")
            .await
            .unwrap();
        is_whole(&harness, width);
        harness.keys("yv").await.unwrap();
        assert_eq!(harness.copied.last().map(String::len), Some(huge.len()));
    }
}

/// The same trace once more.
fn trace_of(trace: &Trace) -> Trace {
    Trace::all_of(trace.blocks()).remove(0)
}

#[tokio::test]
async fn thousands_of_attributes_and_events_are_told_on_demand() {
    let keys: Vec<String> = (0..5_000).map(|n| format!("key.{n}")).collect();
    let attributes: Vec<_> = keys
        .iter()
        .map(|key| (key.as_str(), Value::Int(7)))
        .collect();
    let events: Vec<_> = (0..20_000).map(|_| ("tick", &[][..])).collect();
    let trace = single::span(&attributes, &events);
    let mut harness = opened(trace).await;
    assert!(
        row(&harness, "attributes 5,000").contains("key.0"),
        "{}",
        harness.text()
    );
    harness.keys("DDD/key.4999").await.unwrap();
    assert!(
        row(&harness, "attributes 5,000").contains('7'),
        "{}",
        harness.text()
    );
    harness.keys("<Esc>]]").await.unwrap();
    assert!(
        here(&harness).contains("events 20.0k"),
        "{}",
        harness.text()
    );
    harness.keys("100j").await.unwrap();
    assert!(
        here(&harness).contains("… 19,900 more"),
        "{}",
        harness.text()
    );
    harness.keys("<Enter>19000j").await.unwrap();
    assert!(here(&harness).contains("tick"), "{}", harness.text());
}
