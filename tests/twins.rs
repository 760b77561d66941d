//! The headless twins of the screens, over files: `search`, `show`, `services`, `operations`,
//! `deps`, `stats`, `convert`.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::cli::{Home, Run};

const CART: &str = "0000000000000000000000000000ca47";
const PAY: &str = "000000000000000000000000000b111e";

/// A span as OTLP JSON, times in ms after the day's begin.
fn span(trace: &str, id: u64, parent: u64, name: &str, times: [u64; 2], failed: bool) -> Value {
    let at = |ms: u64| (1_793_714_531_000_000_000 + ms * 1_000_000).to_string();
    let parent = if parent == 0 {
        String::new()
    } else {
        format!("{parent:016x}")
    };
    json!({
        "traceId": trace, "spanId": format!("{id:016x}"), "parentSpanId": parent, "name": name, "kind": 2,
        "startTimeUnixNano": at(times[0]), "endTimeUnixNano": at(times[1]),
        "status": {"code": if failed { 2 } else { 0 }},
        "attributes": [{"key": "step", "value": {"intValue": id.to_string()}}],
    })
}

fn service(name: &str, spans: &[Value]) -> Value {
    json!({
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]},
        "scopeSpans": [{"spans": spans}],
    })
}

/// Two traces of a shop; the second fails.
fn shop() -> String {
    let shop = [
        span(CART, 1, 0, "GET /cart", [0, 100], false),
        span(PAY, 4, 0, "POST /pay", [500, 900], false),
    ];
    let mysql = [
        span(CART, 2, 1, "SELECT", [10, 50], false),
        span(CART, 3, 1, "SELECT", [40, 90], false),
        span(PAY, 5, 4, "INSERT", [600, 850], true),
    ];
    json!({"resourceSpans": [service("shop", &shop), service("mysql", &mysql)]}).to_string()
}

fn home() -> (Home, String) {
    let home = Home::new();
    let path = home.write("shop.json", &shop());
    (home, path)
}

fn parsed(run: &Run) -> Value {
    assert_eq!(run.code, Some(0), "{}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn search_finds_newest_first_and_says_what_matched() {
    let (home, path) = home();
    let all = parsed(&home.run(&["search", "-s", &path, "--format", "json"]));
    let ids: Vec<_> = all["traces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|trace| &trace["trace_id"])
        .collect();
    assert_eq!(ids, [PAY, CART]);
    assert_eq!(
        (&all["complete"], &all["notes"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(
        all["traces"][1],
        json!({
            "trace_id": CART, "name": "GET /cart", "service": "shop",
            "start_unix_nano": "1793714531000000000", "duration_nano": 100_000_000, "spans": 3, "errors": 0,
            "services": {"mysql": {"spans": 2, "errors": 0}, "shop": {"spans": 1, "errors": 0}},
            "matched": ["0000000000000001", "0000000000000002", "0000000000000003"],
        })
    );
    let form = [
        "search",
        "-s",
        &path,
        "--service",
        "mysql",
        "--min-duration",
        "100ms",
        "--format",
        "csv",
    ];
    let csv = home.run(&form);
    assert_eq!(csv.out.lines().count(), 2, "{}", csv.out);
    assert!(csv.out.contains(PAY) && csv.out.starts_with("start_unix_nano,service,name,"));
}

#[test]
fn exit_codes_are_those_of_grep() {
    let (home, path) = home();
    let found = |query: &str| home.run(&["search", "-s", &path, query]).code;
    assert_eq!(found("{ status = error }"), Some(0));
    assert_eq!(found("{ name = \"none\" }"), Some(1));
    let wrong = home.run(&["search", "-s", &path, "{ status = }"]);
    assert_eq!(wrong.code, Some(2));
    assert!(
        wrong.err.ends_with("^\n"),
        "the place is shown: {}",
        wrong.err
    );
    home.run(&["search", "-s", "no-such-file.json"]).refused(2);
    let nobody = home.run(&["search", "-s", "jaeger+http://127.0.0.1:9"]);
    assert_eq!(nobody.code, Some(3), "{}", nobody.err);
}

#[test]
fn show_has_the_members_that_scripts_lean_on() {
    let (home, path) = home();
    let trace = parsed(&home.run(&["show", "-s", &path, "ca47", "--format", "json"]));
    let members: Vec<_> = trace
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut wanted = vec![
        "trace_id",
        "name",
        "service",
        "start_unix_nano",
        "duration_nano",
        "services",
        "depth",
        "errors",
        "warnings",
        "spans",
    ];
    wanted.sort_unstable();
    assert_eq!(members, wanted);
    let figures = |key: &str| {
        trace["spans"]
            .as_array()
            .unwrap()
            .iter()
            .map(|span| span[key].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(figures("depth"), [json!(0), json!(1), json!(1)]);
    assert_eq!(
        figures("self_nano"),
        [json!(20_000_000), json!(40_000_000), json!(50_000_000)]
    );
    let critical: u64 = figures("critical_nano")
        .iter()
        .map(|nanos| nanos.as_u64().unwrap())
        .sum();
    assert_eq!(critical, 100_000_000, "the path is as long as the root");
    assert_eq!(trace["spans"][1]["attributes"], json!({"step": 2}));
    assert_eq!(
        trace["spans"][1]["resource"],
        json!({"service.name": "mysql"})
    );
    let lines = home.run(&["show", "-s", &path, CART, "--format", "ndjson"]);
    let first: Value = serde_json::from_str(lines.out.lines().next().unwrap()).unwrap();
    assert_eq!(first, trace["spans"][0]);
}

#[test]
fn show_needs_an_id_only_where_there_is_a_choice() {
    let (home, path) = home();
    let choice = home.run(&["show", "-s", &path]);
    let line = choice.refused(2);
    assert!(line.contains(CART) && line.contains(PAY), "{line}");
    assert_eq!(home.run(&["show", "-s", &path, "1234"]).code, Some(1));
    home.run(&["show", "-s", &path, "xyz"]).refused(2);
    let one = json!({"resourceSpans": [service("shop", &[span(CART, 1, 0, "GET /cart", [0, 100], false)])]});
    let alone = home.write("one.json", &one.to_string());
    assert_eq!(home.run(&["show", "-s", &alone]).code, Some(0));
    let parent = format!("00-{CART}-0000000000000001-01");
    assert_eq!(home.run(&["show", "-s", &path, &parent]).code, Some(0));
}

#[test]
fn the_waterfall_tells_who_waited_for_whom() {
    let (home, path) = home();
    let mut command = home.command(&["show", "-s", &path, PAY, "--ascii"]);
    let run = Home::finish(command.env("TZ", "UTC"));
    let lines: Vec<_> = run.out.lines().collect();
    assert_eq!(
        lines[0],
        "shop  POST /pay  2026-11-03 14:02:11Z  400 ms  2 spans  1 failed"
    );
    assert_eq!(lines[1], PAY);
    assert!(
        lines[2].starts_with("  shop  POST /pay    400 ms  ####"),
        "{}",
        lines[2]
    );
    assert!(
        lines[3].starts_with("!   mysql  INSERT    250 ms      "),
        "{}",
        lines[3]
    );
}

#[test]
fn hostile_names_are_text() {
    let home = Home::new();
    let spans = [span(
        CART,
        1,
        0,
        "\x1b[2J\u{9b}31m\u{202e}x\ny",
        [0, 100],
        true,
    )];
    let hostile = json!({"resourceSpans": [service("\x1b]0;x\x07", &spans)]});
    let path = home.write("hostile.json", &hostile.to_string());
    for args in [
        &["show"][..],
        &["search"],
        &["services"],
        &["operations"],
        &["show", "--format", "md"],
        &["show", "--format", "json"],
    ] {
        let run = home.run(&[args, &["-s", &path]].concat());
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert_eq!(run.code, Some(0), "{args:?}: {}", run.err);
        assert!(!run.out.contains(bad), "{args:?}: {:?}", run.out);
    }
}

#[test]
fn counts_and_calls() {
    let (home, path) = home();
    let ask =
        |args: &[&str]| parsed(&home.run(&[args, &["-s", &path, "--format", "json"]].concat()));
    assert_eq!(
        ask(&["services"]),
        json!([{"service": "mysql", "spans": 3, "errors": 1}, {"service": "shop", "spans": 2, "errors": 0}])
    );
    assert_eq!(
        ask(&["operations", "--service", "mysql"]),
        json!([
            {"service": "mysql", "operation": "INSERT", "kind": "server", "spans": 1, "errors": 1},
            {"service": "mysql", "operation": "SELECT", "kind": "server", "spans": 2, "errors": 0},
        ])
    );
    let deps = ask(&["deps"]);
    assert_eq!(deps["nodes"].as_array().unwrap().len(), 2);
    let edge = &deps["edges"][0];
    assert_eq!(
        (&edge["parent"], &edge["child"]),
        (&json!("shop"), &json!("mysql"))
    );
    assert_eq!((&edge["calls"], &edge["errors"]), (&json!(3), &json!(1)));
    let stats = ask(&["stats"]);
    assert_eq!(
        (&stats["received"], &stats["stored"], &stats["traces"]),
        (&json!(5), &json!(5), &json!(2))
    );
    let dot = home.run(&["deps", "-s", &path, "--format", "dot"]).out;
    assert!(dot.starts_with("digraph") && dot.contains("shop"));
}

#[test]
fn what_is_converted_reads_back() {
    let (home, path) = home();
    let spans = |path: &str| {
        let trace = parsed(&home.run(&["show", "-s", path, PAY, "--format", "json"]));
        let spans = trace["spans"].as_array().unwrap().clone();
        let figures = |span: &Value| {
            [
                "span_id",
                "parent_span_id",
                "service",
                "operation",
                "self_nano",
                "status",
            ]
            .map(|key| span[key].clone())
        };
        spans.iter().map(figures).collect::<Vec<_>>()
    };
    let wanted = spans(&path);
    for format in ["otlp", "otlp-proto", "jaeger", "zipkin"] {
        let out = format!("{path}.{format}");
        let run = home.run(&["convert", &path, "--to", format, "-o", &out]);
        assert_eq!(run.code, Some(0), "{format}: {}", run.err);
        assert_eq!(spans(&out), wanted, "{format}");
    }
    let csv = home.run(&["convert", &path, "--to", "csv"]).out;
    assert_eq!(csv.lines().count(), 6, "{csv}");
}

#[test]
fn bad_input_beside_good_costs_a_line() {
    let (home, path) = home();
    let bad = home.write("bad.json", "{\"resourceSpans\": [");
    let both = home.run(&["services", "-s", &path, "-s", &bad]);
    assert_eq!(both.code, Some(0), "{}", both.err);
    assert!(both.err.contains("bad.json"), "{}", both.err);
    home.run(&["services", "-s", &bad]).refused(2);
}

#[test]
fn standard_input_is_a_source() {
    let home = Home::new();
    let mut command = home.command(&["services", "-s", "-", "--format", "csv"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(shop().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "service,spans,errors\nmysql,3,1\nshop,2,0\n"
    );
}

#[test]
fn clocks_are_corrected_only_when_asked() {
    let home = Home::new();
    let shop = service("shop", &[span(CART, 1, 0, "GET /cart", [100, 200], false)]);
    let mysql = service("mysql", &[span(CART, 2, 1, "SELECT", [0, 40], false)]);
    let skewed = json!({"resourceSpans": [shop, mysql]});
    let path = home.write("skewed.json", &skewed.to_string());
    let start = |more: &[&str]| {
        let trace = parsed(&home.run(&[&["show", "-s", &path, "--format", "json"], more].concat()));
        trace["spans"][1]["start_unix_nano"].as_str().unwrap()[10..13].to_owned()
    };
    assert_eq!(start(&[]), "000", "as received");
    assert_eq!(
        start(&["--adjust-skew"]),
        "130",
        "in the middle of its parent"
    );
}
