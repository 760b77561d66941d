//! Broken inputs of every format: a line with the place for what is wrong, the good spans kept, and
//! never a panic.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use vizsla::format::{Format, Input, Limits, Problem, ReadOptions, Reason, Sink, read, write};
use vizsla::model::{Block, Trace, scenario};

/// File, spans that are kept, spans that are counted as rejected, and what the problems say.
const CORPUS: [(&str, u64, u64, &[&str]); 50] = [
    (
        "otlp-truncated.json",
        1,
        0,
        &["line 1, byte 393, resourceSpans[0].scopeSpans[0].spans[1]: the input ends"],
    ),
    (
        "otlp-wrong-types.json",
        4,
        4,
        &[
            "line 33, byte 643, resourceSpans[0].scopeSpans[0].spans[1]: expected a whole number, found an object",
            "spans[2]: expected a string, found an array",
            "spans[3]: expected an object, found a number",
            "spans[4]: expected an array, found an object",
            "spans[5]: expected a string, found a number",
            "spans[6]: expected an array, found a string",
        ],
    ),
    (
        "otlp-bad-lines.jsonl",
        3,
        0,
        &[
            "line 3, byte 385",
            "line 5, byte 709, resourceSpans[0]: this is not JSON",
        ],
    ),
    ("otlp-not-utf8.json", 1, 0, &["no UTF-8"]),
    ("otlp-duplicated.jsonl", 4, 0, &[]),
    ("otlp-cyclic.json", 3, 0, &[]),
    (
        "otlp-empty-id.json",
        1,
        2,
        &["spans[0]: no trace id", "spans[1]: no span id"],
    ),
    ("otlp-controls.json", 1, 1, &["expected a span id"]),
    ("otlp-empty.json", 0, 0, &[]),
    (
        "otlp-truncated.pb",
        1,
        0,
        &["byte 82: the input ends inside a message"],
    ),
    (
        "otlp-lying-length.pb",
        1,
        0,
        &["byte 89: a length beyond the end"],
    ),
    (
        "otlp-wrong-id-length.pb",
        2,
        2,
        &["a trace id of 3 bytes", "a span id of 9 bytes"],
    ),
    ("otlp-wrong-wire-types.pb", 2, 0, &[]),
    ("otlp-not-utf8.pb", 1, 0, &[]),
    ("otlp-groups.pb", 1, 0, &[]),
    (
        "otlp-length-prefixed-cut.pb",
        1,
        0,
        &["the input ends inside a message"],
    ),
    (
        "jaeger-truncated.json",
        2,
        0,
        &["no process", "byte 400, data[0]: the input ends"],
    ),
    (
        "jaeger-wrong-types.json",
        4,
        2,
        &[
            "line 22, byte 373, data[0].spans[1].startTime: expected a whole number",
            "tags: expected an array",
            "found a string",
            "spanID",
        ],
    ),
    ("jaeger-no-process.json", 2, 0, &["there is no process"]),
    ("jaeger-not-utf8.json", 1, 0, &["no UTF-8"]),
    ("jaeger-cyclic.json", 3, 0, &[]),
    ("jaeger-duplicated.json", 2, 0, &[]),
    ("jaeger-empty.json", 0, 0, &[]),
    ("jaeger-not-found.json", 0, 0, &["trace not found"]),
    (
        "zipkin2-truncated.json",
        1,
        0,
        &["byte 237, [1]: the input ends"],
    ),
    (
        "zipkin2-wrong-types.json",
        4,
        1,
        &[
            "line 16, byte 266, [1].timestamp",
            "expected a span, found a number",
            "[3].id",
            "without a valid",
            "[4].tags",
        ],
    ),
    ("zipkin2-not-utf8.json", 1, 0, &[]),
    ("zipkin2-cyclic.json", 2, 0, &[]),
    ("zipkin2-empty.json", 0, 0, &[]),
    (
        "zipkin1-truncated.json",
        1,
        0,
        &["byte 559, [1]: the input ends"],
    ),
    (
        "zipkin1-wrong-types.json",
        4,
        0,
        &[
            "[1].annotations",
            "[2].binaryAnnotations[0]",
            "[2].binaryAnnotations[1]",
            "found null",
        ],
    ),
    (
        "console-broken.log",
        1,
        0,
        &[
            "line 19, byte 531: the input ends where a key was expected",
            "line 28, byte 781, start_time: expected a time of RFC 3339",
            "lines of other text between the spans, passed over",
        ],
    ),
    (
        "console-bad-id.log",
        1,
        1,
        &["line 3, byte 40: \"zz68", "2 lines of other text"],
    ),
    (
        "tempo-search-wrong-types.json",
        3,
        2,
        &[
            "traces[0].spanSets: expected an array, found an object",
            "traces[1].traceID: expected a string, found a number",
            "traces[1]: no trace id",
            "traces[2].spanSets[0].spans[0].spanID: expected a span id",
            "traces[2].spanSets[0].spans[0]: no span id",
            "not whole traces",
        ],
    ),
    (
        "xray-wrong-types.jsonl",
        1,
        5,
        &[
            "subsegments without a trace or an id",
            "line 2, byte 30: no trace id",
            "start_time: expected a string, found an object",
            "http: expected an object, found an array",
            "annotations: expected an object, found a string",
            "expected an object, found a number",
            "subsegments without a trace or an id",
            "line 6, byte 2582: the input ends",
        ],
    ),
    (
        "cloud-trace-truncated.json",
        1,
        0,
        &["line 31, byte 1066, traces[0].spans[1]: the input ends"],
    ),
    (
        "cloud-trace-wrong-types.json",
        2,
        2,
        &[
            "traces[0].spans[0].startTime: expected a time",
            "traces[0].spans[1].spanId: expected a whole number",
            "traces[0].spans[1]: no span id",
            "traces[0].spans[2]: expected an object, found a number",
            "traces[0].spans[3].labels.a: expected a string",
        ],
    ),
    (
        "pinpoint-no-index.json",
        0,
        10,
        &["there is no callStackIndex"],
    ),
    (
        "jaeger-lying.thrift",
        2,
        1,
        &[
            "spans[2]: a span without a valid traceID",
            "byte 692: cut off in a number",
        ],
    ),
    (
        "jaeger-truncated.thrift",
        1,
        0,
        &["byte 631: a length beyond the end"],
    ),
    (
        "zipkin-no-id.pb",
        1,
        1,
        &["byte 113, [1]: a span without a valid traceId and id"],
    ),
    (
        "zipkin-truncated.thrift",
        1,
        0,
        &["byte 820: a length beyond the end"],
    ),
    ("empty", 0, 0, &["the input is empty"]),
    ("blank.json", 0, 0, &["the input is empty"]),
    ("page.html", 0, 0, &["login page"]),
    ("search.json", 1, 0, &["not whole traces"]),
    ("cut.gz", 1, 0, &["incomplete deflate stream", "line 2"]),
    ("binary.bin", 0, 0, &["of no known format"]),
    ("proto-bomb", 0, 0, &["nested deeper"]),
    ("json-bomb", 1, 0, &["nested deeper"]),
];

#[derive(Default)]
struct Kept {
    blocks: Vec<Arc<Block>>,
    problems: Vec<Problem>,
}

impl Sink for Kept {
    fn block(&mut self, block: Block) -> ControlFlow<()> {
        self.blocks.push(Arc::new(block));
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

fn read_bytes(bytes: &[u8]) -> (Kept, Vec<Input>) {
    let mut kept = Kept::default();
    let inputs = read("in", &mut &*bytes, &ReadOptions::default(), &mut kept);
    // Whatever was kept makes traces.
    for trace in Trace::all_of(&kept.blocks) {
        assert!(trace.tops().count() > 0 || trace.is_empty());
    }
    (kept, inputs)
}

/// A file of the corpus; what would be large is made here.
fn bytes_of(name: &str) -> Vec<u8> {
    match name {
        "proto-bomb" => proto_bomb(),
        "json-bomb" => {
            let (open, close) = (
                "{\"arrayValue\":{\"values\":[".repeat(100_000),
                "]}}".repeat(100_000),
            );
            format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"01","spanId":"01","attributes":[{{"key":"k","value":{open}{close}}}]}}]}}]}}]}}"#).into_bytes()
        }
        _ => std::fs::read(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/fixtures/bad")
                .join(name),
        )
        .unwrap(),
    }
}

/// A span with an attribute of arrays in arrays.
fn proto_bomb() -> Vec<u8> {
    let field = |number: u8, content: &[u8]| {
        let mut out = vec![number << 3 | 2];
        let mut length = content.len();
        while length >= 0x80 {
            out.push(length as u8 | 0x80);
            length >>= 7;
        }
        out.push(length as u8);
        out.extend(content);
        out
    };
    let mut value = Vec::new();
    for _ in 0..1_000 {
        value = field(5, &field(1, &value));
    }
    let mut span = [field(1, &[1; 16]), field(2, &[2; 8])].concat();
    span.extend(field(9, &field(2, &value)));
    field(1, &field(2, &field(2, &span)))
}

#[test]
fn every_file_says_what_is_wrong_and_keeps_the_rest() {
    for (name, spans, rejected, says) in CORPUS {
        let (kept, inputs) = read_bytes(&bytes_of(name));
        let messages: Vec<String> = kept.problems.iter().map(ToString::to_string).collect();
        let found: u64 = inputs.iter().map(|input| input.spans).sum();
        let refused: u64 = inputs
            .iter()
            .flat_map(|input| input.rejected.values())
            .sum();
        assert_eq!((found, refused), (spans, rejected), "{name}: {messages:#?}");
        assert_eq!(messages.len(), says.len(), "{name}: {messages:#?}");
        for (message, words) in messages.iter().zip(says) {
            assert!(
                message.starts_with("in: ") && message.contains(words),
                "{name}: {message}"
            );
            assert!(!message.contains('\n'), "{name}: one line");
        }
    }
}

#[test]
fn the_corpus_is_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bad");
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(
            CORPUS.iter().any(|(known, ..)| *known == name),
            "{name} is not in the table"
        );
    }
}

fn good_inputs() -> Vec<(Format, Vec<u8>)> {
    let trace = scenario::trace(
        "shop: GET /cart 0..120 server error n=5 msg=late\n  cart: load 10..90 client +20:lock\n    db: SELECT 20..80\n",
    );
    let formats = [
        Format::OtlpJson,
        Format::OtlpProto,
        Format::JaegerJson,
        Format::ZipkinV2,
    ];
    formats
        .into_iter()
        .map(|format| {
            let mut bytes = Vec::new();
            write(format, &mut bytes, [&trace].into_iter()).unwrap();
            (format, bytes)
        })
        .collect()
}

#[test]
fn an_input_cut_anywhere_is_told_and_loses_only_what_is_cut() {
    for (format, bytes) in good_inputs() {
        for cut in 1..bytes.trim_ascii_end().len() {
            let (kept, inputs) = read_bytes(&bytes[..cut]);
            assert!(inputs[0].spans <= 3);
            // A protobuf message may end behind any field.
            assert!(
                !kept.problems.is_empty() || format == Format::OtlpProto,
                "{format:?} cut at {cut}"
            );
        }
    }
}

#[test]
fn a_byte_changed_anywhere_upsets_nothing() {
    for (_, bytes) in good_inputs() {
        for at in 0..bytes.len() {
            for byte in [0, b'"', b'[', b'}', 0xff] {
                let mut changed = bytes.clone();
                changed[at] = byte;
                read_bytes(&changed);
            }
        }
    }
}

/// Every sample of a format in a folder.
fn samples(folder: &Path, bytes: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            samples(&path, bytes);
        } else {
            bytes.push(std::fs::read(path).unwrap());
        }
    }
}

#[test]
fn samples_cut_or_changed_anywhere_upset_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats");
    let mut all = Vec::new();
    samples(&folder, &mut all);
    for bytes in all {
        let step = (bytes.len() / 30) | 1;
        for at in (0..bytes.len()).step_by(step) {
            read_bytes(&bytes[..at]);
            for byte in [0, b'"', b'{', b']', 0xff] {
                let mut changed = bytes.clone();
                changed[at] = byte;
                read_bytes(&changed);
            }
        }
    }
}

#[test]
fn a_huge_string_passes_and_its_neighbours_too() {
    let span = |id: u8, name: &str| {
        format!(
            r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"01","spanId":"0{id}","name":"{name}"}}]}}]}}]}}"#
        )
    };
    let text = [span(1, "a"), span(2, &"x".repeat(20 << 20)), span(3, "c")].join("\n");
    let (kept, inputs) = read_bytes(text.as_bytes());
    assert_eq!((inputs[0].spans, kept.problems.len()), (3, 0));
}

#[test]
fn a_gzip_bomb_ends_in_the_middle() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(b"{\"resourceSpans\":[").unwrap();
    bomb.write_all(&vec![b' '; 4 << 20]).unwrap();
    let limits = Limits {
        ratio_from: 1 << 20,
        ..Limits::default()
    };
    let options = ReadOptions {
        limits,
        ..ReadOptions::default()
    };
    let mut kept = Kept::default();
    read(
        "in",
        &mut bomb.finish().unwrap().as_slice(),
        &options,
        &mut kept,
    );
    assert!(
        kept.problems
            .iter()
            .any(|problem| problem.reason == Reason::Bomb),
        "{:?}",
        kept.problems
    );
}
