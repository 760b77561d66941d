//! Traces as their writers make them, and the edges of time.

use super::*;
use crate::format::sample::{listed_spans, read_pieces, read_whole};
use crate::model::{Block, SpanRef};

/// Lines without the id of the trace, which stands for the whole input.
fn shown(text: &str) -> Vec<String> {
    let cut = |line: &String| line.split_once('/').map(|(_, rest)| rest.to_owned());
    listed_spans(&read_whole(text, course()))
        .iter()
        .filter_map(cut)
        .collect()
}

#[test]
fn a_list_may_lack_its_end_and_slices_theirs() {
    let text = include_str!("../../../tests/fixtures/formats/chrome/tracing-chrome.json");
    assert_eq!(
        shown(text),
        [
            "1<0 process 1: handle_request 11500+88000 internal unset {code.file.path=src/web.rs code.line.number=42 category=shop::web path=/orders thread.id=0 thread.name=main} {service.name=process 1 process.pid=1}",
            "2<1 process 1: load 20250+40500 internal unset {code.file.path=src/db.rs code.line.number=7 category=shop::db table=orders rows=3 thread.id=0 thread.name=main} {service.name=process 1 process.pid=1} !25125 event {code.file.path=src/db.rs code.line.number=9 category=shop::db message=retry}",
            "5<0 process 1: shutdown 120000+0 internal unset {category=shop thread.id=0 thread.name=main} {service.name=process 1 process.pid=1}",
        ]
    );
}

#[test]
fn slices_of_a_processor_are_linked_to_their_launch() {
    let text = include_str!("../../../tests/fixtures/formats/chrome/kineto.json");
    assert_eq!(
        shown(text),
        [
            "1<0 python: aten::linear 1793714531204000125+520500 internal unset {category=cpu_op External id=1 Record function id=0 thread.id=4711} {service.name=python process.pid=4711}",
            "2<1 python: cudaLaunchKernel 1793714531204100000+12500 internal unset {category=cuda_runtime correlation=7 thread.id=4711} {service.name=python process.pid=4711}",
            "3<0 process 0: sgemm_32x32 1793714531204300000+200000 internal unset {category=kernel correlation=7 grid=[8,1,1] thread.id=7 thread.name=stream 7} {service.name=process 0 process.pid=0 process.labels=GPU 0} >f7f2960f26a04cf36ded755ed2e9f090/2 {}",
        ]
    );
}

#[test]
fn asynchronous_and_overlapping_slices() {
    let text = include_str!("../../../tests/fixtures/formats/chrome/async.json");
    assert_eq!(
        shown(text),
        [
            "1<0 process 1: fetch 100000+100000 internal unset {category=request url=/a status=200} {service.name=process 1 process.pid=1}",
            "2<1 process 1: parse 120000+30000 internal unset {category=request} {service.name=process 1 process.pid=1} !130000 chunk {category=request bytes=10}",
            "5<0 process 2: wait 10000+20000 internal unset {category=old} {service.name=process 2 process.pid=2} !15000 wait {category=old step=half}",
            "7<0 process w: left 0+10000 internal unset {thread.id=a} {service.name=process w process.pid=w}",
            "8<0 process w: overlaps 5000+10000 internal unset {thread.id=a} {service.name=process w process.pid=w}",
            "9<8 process w: within 6000+2000 internal unset {thread.id=a} {service.name=process w process.pid=w} >48c07c0f055b5b360db979e443523ef3/7 {}",
            "c<0 process w: alone 3000+0 internal unset {thread.id=b} {service.name=process w process.pid=w}",
        ]
    );
}

#[test]
fn what_is_no_slice_is_counted_and_what_is_wrong_is_told() {
    let text = r#"[{"ph":"C","name":"heap","ts":1,"args":{"x":1}},{"ph":"E","ts":5},{"ph":"P","ts":1},
{"ph":"X","name":"no end","ts":1},{"name":"no phase"},{"ph":"X","ts":"soon","dur":1,"name":"no time"},7,
{"ph":"X","name":"good","ts":1e300,"dur":-1},{"ph":"X","name":"far","ts":-4,"dur":1e30},]"#;
    let (block, findings) = read_whole(text, course());
    let told: Vec<String> = findings.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 2, byte 119, [4]: an event without a phase",
            "line 2, byte 154, [5].ts: expected a whole number, found a string",
            "line 2, byte 187, [6]: expected an object, found a number",
            "byte 0: counters: 1 passed over",
            "byte 0: events of kinds that are no spans: 1 passed over",
            "byte 0: ends without a beginning: 1 passed over",
            "byte 0: slices without `dur`: 1 kept without a length",
        ]
    );
    assert_eq!((block.len(), findings.rejected_spans()), (4, 2));
}

#[test]
fn a_list_of_any_shape_ends_somewhere() {
    for text in [
        "[",
        "[{\"ph\":\"B\",\"ts\":1}",
        "[{\"ph\":\"B\",\"ts\":1},",
        "[{\"ph\":\"B\",\"ts\":1},\n]",
    ] {
        let (_, findings) = read_whole(text, course());
        assert_eq!(findings.problems, [], "{text}");
    }
    let (block, findings) = read_whole("[{\"ph\":\"B\",\"ts\":1},{\"ph\":\"E", course());
    assert_eq!((block.len(), findings.problems.len()), (1, 1));
}

#[test]
fn what_is_written_is_nested_by_time_and_arrows_lead_elsewhere() {
    use crate::model::scenario;

    let trace = scenario::trace(
        "shop: GET 0..120 server error n=5\n  shop: load 10..90 +20:lock\n    shop: parse 20..30\n  shop: beside 50..100\n  cart: add 95..110 server\n  shop: last 100..120\n",
    );
    let mut text = Vec::new();
    let mut writer = ChromeWriter::new(&mut text);
    writer.trace(&trace).unwrap();
    writer.finish().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let events = json["traceEvents"].as_array().unwrap();
    let of = |phase: &'static str| events.iter().filter(move |event| event["ph"] == phase);
    let slices: Vec<_> = of("X")
        .map(|slice| {
            let at = |key: &str| slice[key].to_string();
            let name = slice["name"].as_str().unwrap();
            format!(
                "{name} {}/{} {}+{}",
                at("pid"),
                at("tid"),
                at("ts"),
                at("dur")
            )
        })
        .collect();
    assert_eq!(
        slices,
        [
            "GET 0/0 0+120000",
            "load 0/0 10000+80000",
            "parse 0/0 20000+10000",
            "beside 0/1 50000+50000",
            "add 1/0 95000+15000",
            "last 0/0 100000+20000",
        ]
    );
    assert_eq!(of("s").count(), 2);
    assert_eq!(of("i").next().unwrap()["ts"], 30_000);
    let text = String::from_utf8(text).unwrap();
    let spans = listed_spans(&read_whole(&text, course()));
    let start = scenario::EPOCH.0;
    assert!(
        spans
            .iter()
            .any(|span| span.contains(&format!("shop: GET {start}+120000000"))),
        "{spans:#?}"
    );
}

#[test]
fn what_is_too_much_goes_in_portions_and_keeps_what_is_open() {
    let event = |phase: &str, name: u32, ts: u32| {
        format!(
            r#"{{"ph":"{phase}","name":"n{name}","pid":1,"tid":1,"ts":{ts},"args":{{"n":{name}}}}},"#
        )
    };
    let inner = |from: u32| -> String {
        let pair = |n: u32| event("B", n, n * 2) + &event("E", n, n * 2 + 1);
        (from..from + 2000).map(pair).collect()
    };
    let pieces = [
        format!("[{}{}]", event("B", 0, 1), inner(1)),
        format!("[{}{}]", event("i", 7, 4005), inner(3000)),
        format!("[{}{}]", inner(6000), event("E", 0, 90_000)),
    ];
    let pieces: Vec<&[u8]> = pieces.iter().map(String::as_bytes).collect();
    let (blocks, findings) = read_pieces(&pieces, course(), 64 << 10);
    let told: Vec<String> = findings.problems.iter().map(ToString::to_string).collect();
    assert!(
        told.len() == 1 && told[0].contains("kept at once"),
        "{told:?}"
    );
    assert!(blocks.len() > 3, "{}", blocks.len());
    let spans = || blocks.iter().flat_map(Block::spans);
    assert_eq!(spans().count(), 6001);
    let ids: std::collections::HashSet<_> = spans().map(SpanRef::span_id).collect();
    assert_eq!(ids.len(), 6001, "each has an id of its own");
    let outer = spans().find(|span| span.operation() == "n0").unwrap();
    assert_eq!(
        (outer.duration().0, outer.events().count()),
        (89_999_000, 1)
    );
    let children = spans().filter(|span| span.parent_id() == outer.span_id());
    assert_eq!(children.count(), 6000);
}

#[test]
fn a_span_may_begin_before_its_caller() {
    use crate::model::scenario;

    let trace = scenario::trace("shop: GET 10..20\n  shop: early 5..15\n  cart: add 7..9\n");
    let mut text = Vec::new();
    let mut writer = ChromeWriter::new(&mut text);
    writer.trace(&trace).unwrap();
    writer.finish().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let events = json["traceEvents"].as_array().unwrap();
    let of = |phase| {
        let alike = events.iter().filter(|event| event["ph"] == phase);
        alike.count()
    };
    assert_eq!((of("X"), of("s"), of("f")), (3, 2, 2));
}
