//! What a server takes of the machine's memory, told by the system and not by the server itself:
//! at most 1.1 times `--max-memory` and 64 MiB, whatever is sent.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use vizsla::format::protobuf::{put_bytes, put_message, put_text};

use crate::cli::Home;

const MIB: u64 = 1 << 20;
const BUDGET: u64 = 64 * MIB;

/// `vizsla serve` with a budget of 64 MiB.
struct Server {
    child: Child,
    otlp: String,
    query: String,
    _home: Home,
}

impl Server {
    fn start() -> Self {
        let home = Home::new();
        let mut args = vec!["serve", "--max-memory", "64MiB", "--otlp-grpc", "off"];
        args.extend(["--otlp-http", "127.0.0.1:0", "--query", "127.0.0.1:0"]);
        args.extend(["--query-grpc", "off", "--jaeger-grpc", "off"]);
        let mut child = home.command(&args).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut at = |name: &str| {
            let line = said.by_ref().map(Result::unwrap);
            let prefix = format!("listening {name} ");
            let mut found = line.filter_map(|line| line.strip_prefix(&prefix).map(str::to_owned));
            found.next().unwrap()
        };
        let (otlp, query) = (at("otlp-http"), at("query"));
        Self {
            child,
            otlp,
            query,
            _home: home,
        }
    }

    fn post(&self, body: &[u8]) -> u16 {
        let head = format!(
            "POST /v1/traces HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-protobuf\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n",
            self.otlp,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.otlp).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        status(&text(stream))
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.query).unwrap();
        let host = &self.query;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        text(stream)
    }

    /// A line of `/proc/PID/status`, in bytes.
    fn told(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kib = line.split_whitespace().nth(1).unwrap();
        kib.parse::<u64>().unwrap() * 1024
    }

    /// The most it ever had, against the promise. The program's own file counts little in a
    /// release and a lot with debug information, so what is mapped of it is left out.
    fn keeps_its_promise(&self, after: &str) {
        let most = self.told("VmHWM:") - self.told("RssFile:");
        let allowed = BUDGET / 10 * 11 + 64 * MIB;
        let (most, allowed) = (most / MIB, allowed / MIB);
        assert!(most <= allowed, "{after}: {most} MiB of {allowed}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    let code = answer.split_whitespace().nth(1);
    code.unwrap_or_else(|| panic!("no answer: {answer}"))
        .parse()
        .unwrap()
}

/// A request of one scope with these spans, each by what is in it beside its ids.
fn request(spans: impl Iterator<Item = (u128, Vec<u8>)>) -> Vec<u8> {
    let mut scope = Vec::new();
    for (number, (trace, rest)) in spans.enumerate() {
        put_message(&mut scope, 2, |span| {
            put_bytes(span, 1, &trace.to_be_bytes());
            put_bytes(span, 2, &(number as u64 + 1).to_be_bytes());
            span.extend(rest);
        });
    }
    let (mut resource, mut request) = (Vec::new(), Vec::new());
    put_bytes(&mut resource, 2, &scope);
    put_bytes(&mut request, 1, &resource);
    request
}

fn key_value(key: &str, value: &str) -> Vec<u8> {
    let mut out = Vec::new();
    put_message(&mut out, 9, |pair| {
        put_text(pair, 1, key);
        put_message(pair, 2, |any| put_text(any, 1, value));
    });
    out
}

/// An attribute whose value is an array of so many empty values.
fn wide(items: usize) -> Vec<u8> {
    let mut out = Vec::new();
    put_message(&mut out, 9, |pair| {
        put_text(pair, 1, "wide");
        put_message(pair, 2, |any| put_bytes(any, 5, &[0x0a, 0].repeat(items)));
    });
    out
}

#[test]
fn memory_stays_within_the_promise_through_bombs() {
    let server = Server::start();
    // A store that is full already, of spans that are all different.
    for batch in 1..=60_u128 {
        let span = |n: u128| {
            (
                batch << 32 | n >> 3,
                key_value("id", &format!("{batch}-{n}")),
            )
        };
        assert_eq!(server.post(&request((0..20_000).map(span))), 200);
    }
    server.keeps_its_promise("a flood of spans");
    assert!(server.get("/api/stats").contains("\"memory\":"), "evicted");
    // Two bytes each, and four or more when decoded: attributes, events, links, items.
    for (name, field) in [("attributes", 0x4a), ("events", 0x5a), ("links", 0x6a)] {
        for (trace, each) in [(1_u128, 4_000_000), (2, 300_000), (3, 300_000)] {
            let bomb = request([(trace, [field, 0].repeat(each))].into_iter());
            assert!([200, 413].contains(&server.post(&bomb)));
        }
        server.keeps_its_promise(name);
    }
    let items = request([(7, wide(4_000_000))].into_iter());
    assert!([200, 413].contains(&server.post(&items)));
    server.keeps_its_promise("items of an array");
    assert_eq!(server.post(&request([(9, Vec::new())].into_iter())), 200);
}

#[test]
fn what_is_kept_beside_the_spans_counts_too() {
    let server = Server::start();
    // From here on the service graph is kept beside the store.
    assert_eq!(
        status(&server.get("/api/dependencies?endTs=1793714531000")),
        200
    );
    for batch in 1..=40_u128 {
        let span = |n: u128| {
            (
                batch << 32 | n >> 3,
                key_value(&format!("key{batch}-{n}"), ""),
            )
        };
        assert_eq!(server.post(&request((0..20_000).map(span))), 200);
    }
    server.keeps_its_promise("spans with keys of their own");
    let stats = server.get("/api/stats");
    let (_, bytes) = stats.split_once("\"bytes\":").unwrap();
    let bytes: u64 = bytes[..bytes.find(|c: char| !c.is_ascii_digit()).unwrap()]
        .parse()
        .unwrap();
    assert!(bytes <= BUDGET / 100 * 105, "{bytes}");
}

/// A command that reads a file of its own, with a budget of 64 MiB: what it said, and the most that
/// it had.
fn read_file(name: &str, fill: impl FnOnce(&mut dyn std::io::Write)) -> (String, String, u64) {
    let home = Home::new();
    let path = home.path().join(name);
    let mut written = std::io::BufWriter::new(fs::File::create(&path).unwrap());
    fill(&mut written);
    written.into_inner().unwrap().sync_all().unwrap();
    let path = path.to_str().unwrap().to_owned();
    let args = [
        "stats",
        "-s",
        &path,
        "--max-memory",
        "64MiB",
        "--format",
        "json",
    ];
    let mut command = home.command(&args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        // It may end while it is looked at.
        most = fs::read_to_string(&status).map_or(most, |status| most.max(own(&status)));
        std::thread::sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (out, err, most)
}

/// The most that a process had so far, but for what is mapped of its own file.
fn own(status: &str) -> u64 {
    let told = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let kib = line.and_then(|line| line.split_whitespace().nth(1));
        kib.map_or(0, |kib| kib.parse::<u64>().unwrap() * 1024)
    };
    told("VmHWM:").saturating_sub(told("RssFile:"))
}

#[test]
fn a_timeline_that_is_larger_than_memory_is_read_in_portions() {
    const EVENTS: u64 = 2_000_000;
    let (out, err, most) = read_file("timeline.json", |file| {
        write!(file, r#"{{"traceEvents":["#).unwrap();
        for at in 0..EVENTS {
            let comma = if at == 0 { "" } else { "," };
            let (tid, name) = (at % 8, at % 100);
            write!(
                file,
                r#"{comma}{{"ph":"X","pid":1,"tid":{tid},"ts":{at},"dur":3,"name":"work {name}","args":{{"n":{at}}}}}"#
            )
            .unwrap();
        }
        write!(file, "]}}").unwrap();
    });
    assert!(
        out.contains(&format!("\"received\":{EVENTS}")),
        "{out}{err}"
    );
    assert!(
        err.contains("of a timeline are kept at once") && err.contains("--max-memory"),
        "{err}"
    );
    let allowed = BUDGET / 10 * 11 + 64 * MIB;
    assert!(most <= allowed, "{} MiB of {}", most / MIB, allowed / MIB);
}

/// Lists of spans in binary forms: how each begins, its span of this number, and how it ends.
type Form = (
    &'static str,
    &'static [u8],
    fn(u64) -> Vec<u8>,
    &'static [u8],
);

const LISTED: u64 = 400_000;

/// A batch of Jaeger's in protobuf, its process behind its spans.
fn jaeger_span(id: u64) -> Vec<u8> {
    let mut out = Vec::new();
    put_message(&mut out, 1, |span| {
        put_bytes(span, 1, &u128::from(id / 8 + 1).to_be_bytes());
        put_bytes(span, 2, &id.to_be_bytes());
        put_text(span, 3, &format!("{:0200}", id % 100));
        put_message(span, 6, |start| start.extend([8, 1]));
    });
    out
}

/// A span of Zipkin's in Thrift: fields 1, 4, 3, 10, 11, and the end.
fn zipkin_span(id: u64) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, value) in [(1, id / 8 + 1), (4, id), (10, 1_000 + id), (11, 5)] {
        out.extend([10, 0, number]);
        out.extend(value.to_be_bytes());
    }
    out.extend([11, 0, 3, 0, 0, 0, 200]);
    out.extend(format!("{:0200}", id % 100).into_bytes());
    out.push(0);
    out
}

#[test]
fn lists_in_binary_forms_that_are_larger_than_memory_are_read_in_portions() {
    // 400,000 as a number of 32 bits.
    const ZIPKIN: &[u8] = &[12, 0, 6, 0x1a, 0x80];
    let forms: [Form; 2] = [
        ("batch.pb", b"", jaeger_span, b"\x12\x06\x0a\x04shop"),
        ("list.thrift", ZIPKIN, zipkin_span, b""),
    ];
    for (name, before, span, behind) in forms {
        let (out, err, most) = read_file(name, |file| {
            file.write_all(before).unwrap();
            for id in 1..=LISTED {
                file.write_all(&span(id)).unwrap();
            }
            file.write_all(behind).unwrap();
        });
        assert!(
            out.contains(&format!("\"received\":{LISTED}")),
            "{out}{err}"
        );
        assert!(!err.contains("no service"), "{err}");
        let allowed = BUDGET / 10 * 11 + 64 * MIB;
        assert!(most <= allowed, "{} MiB of {}", most / MIB, allowed / MIB);
    }
}

#[test]
fn a_value_larger_than_memory_costs_its_span_only() {
    let (out, err, most) = read_file("large.jsonl", |file| {
        for id in 1..=3 {
            let before = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01","spanId":"#;
            write!(file, r#"{before}"0{id}","name":""#).unwrap();
            for _ in 0..if id == 2 { 100 } else { 0 } {
                file.write_all(&vec![b'x'; 1 << 20]).unwrap();
            }
            writeln!(file, r#""}}]}}]}}]}}"#).unwrap();
        }
    });
    assert!(out.contains("\"received\":2"), "{out}{err}");
    assert!(
        err.contains("more than 8 MiB") && err.contains("--max-memory"),
        "{err}"
    );
    let allowed = BUDGET / 10 * 11 + 64 * MIB;
    assert!(most <= allowed, "{} MiB of {}", most / MIB, allowed / MIB);
}
