//! One vizsla asked by another over the network: what the twins print is what they print over the
//! same data in a file.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use vizsla::backend::{Backend as _, Vizsla};
use vizsla::config::BackendConfig;

use crate::cli::{Home, Run};

const CART: &str = "0000000000000000000000000000ca47";

/// A vizsla that serves, and where.
struct Server {
    process: Child,
    otlp: String,
    query: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Server {
    fn start(home: &Home) -> Self {
        let args = "serve --otlp-http 127.0.0.1:0 --query 127.0.0.1:0 --otlp-grpc off";
        let args: Vec<&str> = args.split(' ').collect();
        let mut process = home.command(&args).stderr(Stdio::piped()).spawn().unwrap();
        let (mut otlp, mut query) = (None, None);
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        while otlp.is_none() || query.is_none() {
            let line = lines.next().unwrap().unwrap();
            let url = line.rsplit(' ').next().map(|at| format!("http://{at}"));
            match line.split(' ').nth(1) {
                Some("otlp-http") => otlp = url,
                Some("query") => query = url,
                _ => {}
            }
        }
        Self {
            process,
            otlp: otlp.unwrap(),
            query: query.unwrap(),
        }
    }

    fn send(&self, signal: &str, body: &str) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let client = super::collector::client(false);
        let request = client
            .post(format!("{}/v1/{signal}", self.otlp))
            .header("content-type", "application/json")
            .body(body.to_owned());
        let answer = runtime.block_on(async { request.send().await.unwrap() });
        assert_eq!(answer.status(), 200);
    }
}

/// A span of the cart's trace or of another; what JSON of Jaeger or Zipkin would lose is in it.
fn span(trace: &str, id: u64, parent: u64, name: &str, times: [u64; 2]) -> Value {
    let at = |nanos: u64| (1_793_714_531_000_000_000 + nanos).to_string();
    let parent = if parent == 0 {
        String::new()
    } else {
        format!("{parent:016x}")
    };
    json!({
        "traceId": trace, "spanId": format!("{id:016x}"), "parentSpanId": parent, "name": name, "kind": 2,
        "startTimeUnixNano": at(times[0]), "endTimeUnixNano": at(times[1]),
        "status": if id.is_multiple_of(3) { json!({"code": 2, "message": "no <stock> & \u{1b}[31m"}) } else { json!({}) },
        "attributes": [
            {"key": "step", "value": {"intValue": id.to_string()}},
            {"key": "list", "value": {"arrayValue": {"values": [{"doubleValue": 0.5}, {"boolValue": true}]}}},
        ],
        "events": [{"timeUnixNano": at(times[0] + 1), "name": "retry"}],
    })
}

fn shop() -> String {
    let mut spans = vec![
        span(CART, 1, 0, "GET /cart", [0, 1_000_001]),
        span(CART, 2, 1, "SELECT", [10, 500_003]),
        span(CART, 3, 1, "SELECT", [600_000, 900_007]),
        // Its clock went backwards.
        span(CART, 4, 1, "tick", [700_000, 650_000]),
        // Its parent was never received.
        span("9", 9, 77, "orphan", [5, 6]),
    ];
    spans[4]["traceId"] = json!(format!("{:032x}", 9));
    for id in 100..130 {
        spans.push(span(
            &format!("{id:032x}"),
            id,
            0,
            "ping",
            [id, id + id % 7],
        ));
    }
    let resource =
        json!({"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]});
    let scope = json!({"name": "lib", "version": "2"});
    json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": scope, "spans": spans}]}]})
        .to_string()
}

fn answer(run: &Run) -> Value {
    assert_eq!(run.code, Some(0), "{}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn every_twin_says_the_same_of_a_server_and_of_a_file() {
    let home = Home::new();
    let path = home.write("shop.json", &shop());
    let server = Server::start(&home);
    server.send("traces", &shop());
    let ask = |source: &str, words: &str| {
        let mut args: Vec<&str> = words.split('|').collect();
        args.extend(["-s", source, "--format", "json"]);
        answer(&home.run(&args))
    };
    for words in [
        "search|--from|1",
        "search|{ status = error }|--from|1|--sort|slowest|--limit|7",
        "search|{ span.step > 1 && name = `SELECT` }|--from|1",
        "search|--from|1793714531000000101|--to|1793714531000000103",
        "services|--from|1",
        "operations|--from|1|--service|shop",
        "operations|--from|1",
        "deps|--from|1",
        "show|ca47",
        "show|9",
    ] {
        let here = ask(&path, words);
        assert_eq!(ask(&server.query, words), here, "{words}");
        let named = format!("vizsla+{}", server.query);
        assert_eq!(ask(&named, words), here, "{words}");
    }
    let stats = ask(&server.query, "stats");
    assert_eq!(
        (&stats["received"], &stats["traces"]),
        (&json!(35), &json!(32))
    );
}

#[test]
fn what_is_said_beside_the_answer_comes_along() {
    let home = Home::new();
    let server = Server::start(&home);
    server.send("traces", &shop());
    let search = |words: &[&str]| {
        let mut args = vec!["search", "-s", &server.query, "--from", "1"];
        args.extend(words);
        home.run(&args)
    };
    let cut = search(&["--limit", "3"]);
    assert!(cut.err.contains("3 of 32 traces"), "{}", cut.err);
    let typed = search(&["{ span.step = \"2\" }"]);
    assert_eq!(typed.code, Some(1));
    assert!(typed.err.contains("step"), "{}", typed.err);
    let nothing = home.run(&["show", "-s", &server.query, "abc"]);
    assert_eq!(nothing.code, Some(1), "{}", nothing.err);
}

#[test]
fn errors_say_what_to_try() {
    let home = Home::new();
    let nobody = home.run(&["services", "-s", "http://127.0.0.1:9"]);
    let line = nobody.refused(3);
    assert!(
        line.contains("vizsla serve") && line.contains("-s FILE"),
        "{line}"
    );
    let server = Server::start(&home);
    let elsewhere = format!("vizsla+{}", server.otlp);
    let line = home.run(&["services", "-s", &elsewhere]).err;
    assert!(line.contains("does not answer as vizsla does"), "{line}");
}

#[test]
fn a_request_without_measure_is_refused() {
    let home = Home::new();
    let server = Server::start(&home);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = super::collector::client(false);
    let ask = |padding: usize| {
        let request = client
            .get(format!("{}/api/stats", server.query))
            .header("x-padding", "x".repeat(padding));
        runtime.block_on(async { request.send().await.unwrap().status().as_u16() })
    };
    assert_eq!((ask(1 << 10), ask(1 << 17)), (200, 431));
}

#[test]
fn the_map_and_the_trends_have_durations_and_times_too() {
    let home = Home::new();
    let server = Server::start(&home);
    server.send("traces", &shop());
    let config = BackendConfig {
        url: server.query.clone(),
        ..BackendConfig::default()
    };
    let peer = Vizsla::new(None, &config).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (calls, (graph, traces), trends) = runtime.block_on(async {
        let calls = peer.dependencies(None, CancellationToken::new()).await;
        let graph = peer.service_graph(None, CancellationToken::new()).await;
        let trends = peer.trends().await.unwrap();
        (calls.unwrap(), graph.unwrap(), trends.unwrap())
    });
    assert_eq!((trends.spans(), trends.iter().len()), (35, 5));
    assert_eq!(
        (traces, calls.edges.len(), graph.edge_count()),
        (Some(32), 1, 1)
    );
    let (call, edge) = (graph.edge_weights().next().unwrap(), &calls.edges[0]);
    assert_eq!((call.calls, call.errors), (edge.calls, edge.errors));
    assert_eq!(call.durations.quantile(0.95), edge.p95);
    assert_eq!(
        call.minutes.iter().map(|m| u64::from(m.calls)).sum::<u64>(),
        call.calls
    );
}

#[test]
fn it_answers_as_a_jaeger_does() {
    let home = Home::new();
    let server = Server::start(&home);
    server.send("traces", &shop());
    let found = |source: &str| {
        let words = "search|--from|1|--limit|50|--format|json|-s".split('|');
        let run = home.run(&words.chain([source]).collect::<Vec<_>>());
        let rows = answer(&run)["traces"].as_array().unwrap().clone();
        let mut ids: Vec<_> = rows.iter().map(|row| row["trace_id"].to_string()).collect();
        ids.sort();
        ids
    };
    let as_jaeger = format!("jaeger+{}", server.query);
    assert_eq!(found(&as_jaeger), found(&server.query));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = super::collector::client(false);
    let ask = |path: &str| -> Value {
        let request = client.get(format!("{}/api/v3/{path}", server.query));
        let body = runtime.block_on(async { request.send().await.unwrap().bytes().await.unwrap() });
        serde_json::from_slice(&body).unwrap()
    };
    assert_eq!(ask("services"), json!({"services": ["shop"]}));
    let kinds = ask("operations?service=shop&spanKind=server");
    assert_eq!(kinds["operations"].as_array().unwrap().len(), 5);
    let window = "query.startTimeMin=2026-01-01T00:00:00Z&query.startTimeMax=2027-01-01T00:00:00Z";
    let orphan = ask(&format!(
        "trace-summaries?{window}&query.operationName=orphan"
    ));
    let summary = &orphan["summaries"][0];
    assert_eq!(summary["orphanSpanCount"], 1);
    assert_eq!(summary.get("rootServiceName"), None);
    // The same id in hex and in base64.
    let [hex, base64] = ["ca47", "AAAAAAAAAAAAAAAAAADKRw=="].map(|id| ask(&format!("traces/{id}")));
    assert_eq!(hex, base64);
    let spans = &hex["result"]["resourceSpans"][0]["scopeSpans"][0]["spans"];
    assert_eq!(spans.as_array().unwrap().len(), 4);
    let refused = ask("trace-summaries?query.serviceName=shop");
    assert_eq!(refused["error"]["httpCode"], 400);
}

#[test]
fn an_archived_trace_is_found_by_its_id_after_a_restart() {
    let home = Home::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = super::collector::client(false);
    let status = |request: reqwest::RequestBuilder| {
        let answer = runtime.block_on(request.send()).unwrap();
        let status = answer.status().as_u16();
        (status, runtime.block_on(answer.text()).unwrap())
    };
    let server = Server::start(&home);
    server.send("traces", &shop());
    let archive = |id: &str| client.post(format!("{}/api/archive/{id}", server.query));
    let (archived, said) = status(archive("ca47"));
    assert_eq!(archived, 200, "{said}");
    assert_eq!(
        serde_json::from_str::<Value>(&said).unwrap()["errors"],
        json!([])
    );
    assert_eq!(status(archive("dead")).0, 404);
    drop(server);
    let server = Server::start(&home);
    let ask = |id: &str| client.get(format!("{}/api/traces/{id}", server.query));
    let (found, said) = status(ask("ca47"));
    assert_eq!(found, 200, "{said}");
    let trace = &serde_json::from_str::<Value>(&said).unwrap()["data"][0];
    assert_eq!(trace["spans"].as_array().unwrap().len(), 4);
    assert_eq!(status(ask("dead")).0, 404);
}
