use std::ops::ControlFlow;
use std::sync::Arc;

use crate::format::{Format, Input, ReadOptions, Sink, read};
use crate::model::{Block, EventRef, Kind, Trace, Value};

use super::*;

#[derive(Default)]
struct All(Vec<Arc<Block>>, Vec<String>);

impl Sink for All {
    fn block(&mut self, block: Block) -> ControlFlow<()> {
        self.0.push(Arc::new(block));
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        self.1.push(problem.to_string());
    }
}

fn opened(bytes: &[u8]) -> (Vec<Trace>, Vec<String>, Input) {
    let mut all = All::default();
    let mut inputs = read("log", &mut &*bytes, &ReadOptions::default(), &mut all);
    (Trace::all_of(&all.0), all.1, inputs.remove(0))
}

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/formats/", $name))
    };
}

/// What every one of these programs emits: `GET /cart` of a server, and `load` of a client in it.
#[test]
fn what_each_sdk_prints_is_read_whole() {
    let logs: [(&[u8], &str, u64); 5] = [
        (fixture!("python-console.log"), "shop", 3),
        (fixture!("javascript-console.log"), "node-shop", 2),
        (fixture!("go-stdouttrace.log"), "go-shop", 1),
        (fixture!("go-stdouttrace-pretty.log"), "go-shop", 1),
        (fixture!("java-logging-otlp.log"), "java-shop", 4),
    ];
    for (bytes, service, others) in logs {
        let (found, problems, input) = opened(bytes);
        assert_eq!(
            input.recognised.unwrap().format,
            Format::Console,
            "{service}"
        );
        let lines = crate::text::plural(others, "line");
        assert_eq!(
            problems,
            [format!(
                "log: {lines} of other text between the spans, passed over"
            )],
            "{service}"
        );
        assert_eq!((found.len(), found[0].len()), (1, 2), "{service}");
        let (root, load) = (found[0].span(0), found[0].span(1));
        assert_eq!(
            (root.operation(), root.kind(), root.service()),
            ("GET /cart", Kind::Server, service)
        );
        assert_eq!((load.operation(), load.kind()), ("load", Kind::Client));
        assert_eq!(found[0].depth(1), 1);
        assert!(load.is_error() && !root.is_error());
        assert!(!load.status_message().is_empty());
        assert!(root.duration() > load.duration() && load.duration().0 > 0);
        let events: Vec<&str> = load.events().map(EventRef::name).collect();
        assert_eq!(events, ["retry", "exception"]);
        assert!(load.events().all(|event| event.time() >= root.start()));
        let link = load.links().next().unwrap();
        assert_eq!(
            (link.trace_id(), link.span_id()),
            (found[0].id(), root.span_id())
        );
        let ratio = root
            .attributes()
            .iter()
            .find(|(key, _)| *key == "ratio")
            .unwrap();
        assert!(matches!(ratio.1, Value::Double(_)), "{service}");
    }
}

#[test]
fn lines_without_times_say_so() {
    let (found, _, _) = opened(fixture!("java-logging.log"));
    assert_eq!(found[0].len(), 2);
    let root = found[0].span(1);
    let attributes: Vec<String> = root
        .attributes()
        .iter()
        .map(|(key, value)| format!("{key}={}", value.to_text()))
        .collect();
    assert_eq!(
        attributes,
        ["it's=a 'b'", "c=d", "ratio=0.5", "http.request.method=GET"]
    );
    assert!(
        root.warnings()
            .next()
            .is_some_and(|warning| warning.contains("times"))
    );
    assert_eq!(
        (root.scope().name(), root.scope().version()),
        ("shop", "0.4")
    );
}

#[test]
fn a_broken_document_costs_itself() {
    let good = String::from_utf8_lossy(fixture!("go-stdouttrace-pretty.log"));
    let cut = good.find("\"Events\"").unwrap();
    let text = format!("{}\n{good}", &good[..cut]);
    let (found, problems, input) = opened(text.as_bytes());
    assert_eq!((found[0].len(), input.spans), (2, 2));
    assert!(
        problems[0].starts_with("log: line 2") && problems[0].contains("the input ends"),
        "{problems:?}"
    );
    let text = String::from_utf8_lossy(fixture!("javascript-console.log"))
        .replacen("kind: 2", "kind 2", 1);
    let (found, problems, input) = opened(text.as_bytes());
    assert_eq!(found[0].len(), 1);
    assert!(
        problems[0].starts_with("log: line 22, byte "),
        "{problems:?}"
    );
    assert_eq!(input.rejected.values().sum::<u64>(), 1);
    let text = String::from_utf8_lossy(fixture!("python-console.log")).replacen("0x", "xx", 1);
    let (_, problems, _) = opened(text.as_bytes());
    assert!(
        problems[0].contains("line 6") && problems[0].contains("context.trace_id"),
        "{problems:?}"
    );
}
