//! From bytes to blocks, through everything.

mod pieces;

use std::io;

use prost::Message as _;

use super::*;
use crate::format::otlp::oracle;
use crate::model::{SpanId, SpanRef};

#[derive(Default)]
struct Kept {
    blocks: Vec<Block>,
    problems: Vec<Problem>,
    at_most: Option<usize>,
    ended: Vec<Input>,
}

impl Sink for Kept {
    fn block(&mut self, block: Block) -> ControlFlow<()> {
        self.blocks.push(block);
        match self.at_most {
            Some(most) if self.blocks.len() >= most => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn ended(&mut self, input: Input) {
        self.ended.push(input);
    }
}

/// Some sources, by name.
struct Named<'t>(&'t [(&'t str, String)]);

impl Sources for Named<'_> {
    fn each(&mut self, read: &mut dyn FnMut(Source<'_>) -> ControlFlow<()>) {
        for (name, text) in self.0 {
            let source = Source {
                name,
                bytes: &mut text.as_bytes(),
                ahead: None,
            };
            assert!(read(source).is_continue());
        }
    }
}

impl Kept {
    fn ids(&self) -> Vec<u64> {
        let spans = self.blocks.iter().flat_map(Block::span_id_column);
        spans.map(|&SpanId(id)| id).collect()
    }

    fn messages(&self) -> Vec<String> {
        self.problems.iter().map(ToString::to_string).collect()
    }
}

fn read_bytes(mut bytes: &[u8]) -> (Kept, Vec<Input>) {
    let mut kept = Kept::default();
    let inputs = read("in", &mut bytes, &ReadOptions::default(), &mut kept);
    (kept, inputs)
}

fn line(id: u64) -> String {
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"01","spanId":"{id:x}"}}]}}]}}]}}"#
    )
}

#[test]
fn bad_lines_cost_themselves_only() {
    let text = [
        line(1),
        line(2)[..40].to_owned(),
        line(3),
        "garbage".into(),
        line(4),
        r#"{"unclosed":"string"#.into(),
        line(5),
    ]
    .join("\n");
    let (kept, inputs) = read_bytes(text.as_bytes());
    assert_eq!(kept.ids(), [1, 3, 4, 5]);
    assert_eq!(inputs[0].spans, 4);
    let lines: Vec<_> = kept
        .problems
        .iter()
        .map(|problem| problem.place.line)
        .collect();
    assert_eq!(lines, [Some(2), Some(4), Some(6)], "{:?}", kept.messages());
}

/// A trace of so many spans as Jaeger writes it, processes last.
#[test]
fn reading_stops_when_the_sink_says_so() {
    let text: String = (1..=40_000).map(|id| line(id) + "\n").collect();
    let mut kept = Kept {
        at_most: Some(1),
        ..Kept::default()
    };
    let inputs = read(
        "in",
        &mut text.as_bytes(),
        &ReadOptions::default(),
        &mut kept,
    );
    assert_eq!(
        (kept.blocks.len(), inputs[0].spans),
        (1, kept.blocks[0].len() as u64)
    );
}

#[test]
fn protobuf_is_read_bare_wrapped_and_behind_lengths() {
    let request = oracle::request_of_spans(3);
    let bytes = request.encode_to_vec();
    let mut wrapped = Vec::new();
    crate::format::protobuf::put_bytes(&mut wrapped, 1, &bytes);
    let frame = |message: &[u8]| [&(message.len() as u32).to_be_bytes()[..], message].concat();
    let frames = [frame(&bytes), frame(&bytes)].concat();
    let packed = frame(&zstd::encode_all(bytes.as_slice(), 1).unwrap());
    let json = frame(line(7).as_bytes());
    for (input, spans) in [
        (&bytes, 3),
        (&wrapped, 3),
        (&frames, 6),
        (&packed, 3),
        (&json, 1),
    ] {
        let (kept, inputs) = read_bytes(input);
        assert_eq!((kept.messages(), inputs[0].spans), (vec![], spans));
    }
    crate::format::protobuf::put_number(&mut wrapped, 3, 1);
    crate::format::protobuf::put_text(&mut wrapped, 4, "too large");
    let (kept, inputs) = read_bytes(&wrapped);
    assert_eq!(inputs[0].spans, 3);
    assert!(
        kept.messages()[0].contains("a part of the trace only: too large"),
        "{:?}",
        kept.messages()
    );
    let (kept, _) = read_bytes(&bytes[..bytes.len() - 3]);
    assert_eq!(kept.problems[0].reason, Reason::Truncated);
    let (kept, inputs) = read_bytes(&frames[..frames.len() - 3]);
    assert_eq!(
        (kept.problems[0].reason, inputs[0].spans),
        (Reason::Truncated, 3)
    );
}

#[test]
fn a_named_format_overrules_what_is_seen() {
    let options = ReadOptions {
        format: Some(Format::JaegerJson),
        ..ReadOptions::default()
    };
    let mut kept = Kept::default();
    let text = r#"{"hello":1,"data":[{"traceID":"1","spans":[{"traceID":"1","spanID":"2","operationName":"o","startTime":1,"duration":1,"processID":"p1"}],"processes":{"p1":{"serviceName":"s"}}}]}"#;
    let inputs = read("in", &mut text.as_bytes(), &options, &mut kept);
    assert_eq!(
        (inputs[0].spans, kept.blocks[0].span(0).service()),
        (1, "s")
    );
}

#[test]
fn a_live_source_is_handed_over_as_it_comes() {
    struct Slow(Vec<String>);
    impl Read for Slow {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let Some(line) = self.0.pop() else {
                return Ok(0);
            };
            room[..line.len()].copy_from_slice(line.as_bytes());
            Ok(line.len())
        }
    }
    let mut source = Slow((1..=3).rev().map(|id| line(id) + "\n").collect());
    let mut kept = Kept::default();
    read(
        "-",
        &mut source,
        &ReadOptions {
            live: true,
            ..ReadOptions::default()
        },
        &mut kept,
    );
    assert_eq!((kept.ids(), kept.blocks.len()), (vec![1, 2, 3], 3));
}

#[test]
fn what_is_no_trace_says_so() {
    for (bytes, word) in [
        (&b""[..], "empty"),
        (b"\x1f\x8b\x08", "unexpected"),
        (br#"{"traces":1}"#, "no known format"),
    ] {
        let (kept, inputs) = read_bytes(bytes);
        assert!(
            kept.messages()[0]
                .to_lowercase()
                .contains(&word.to_lowercase()),
            "{:?}",
            kept.messages()
        );
        assert!(inputs.iter().all(|input| input.spans == 0));
    }
}

#[test]
fn small_sources_share_a_block_and_each_is_counted() {
    let sources: Vec<_> = (1..=100)
        .map(|id| ("one", format!("{}\n{}", line(id), line(id + 1000))))
        .collect();
    let mut kept = Kept::default();
    read_all(&mut Named(&sources), &ReadOptions::default(), &mut kept);
    assert_eq!(kept.ids().len(), 200);
    assert!(kept.blocks.len() < 20, "{}", kept.blocks.len());
    assert_eq!(kept.ended.len(), 100);
    assert!(kept.ended.iter().all(|input| input.spans == 2));
}

#[test]
fn a_document_in_progress_is_superseded_by_its_final_one_in_another_source() {
    let segment = |id: u64, end: &str| {
        format!(
            r#"{{"id":"{id:016x}","trace_id":"1-6b0342e0-c84183f7ec14f5c4071c4cf5","name":"shop","start_time":1,{end}}}"#
        )
    };
    let (open, done) = (r#""in_progress":true"#, r#""end_time":2"#);
    let sources = [
        (
            "early",
            format!("{}\n{}", segment(1, open), segment(2, open)),
        ),
        ("between", line(9)),
        (
            "late",
            format!("{}\n{}", segment(1, done), segment(1, open)),
        ),
    ];
    let mut kept = Kept::default();
    read_all(&mut Named(&sources), &ReadOptions::default(), &mut kept);
    assert_eq!((kept.ids(), kept.messages()), (vec![9, 1, 2], vec![]));
    let spans = kept.blocks.iter().flat_map(Block::spans);
    let unfinished: Vec<bool> = spans.map(SpanRef::is_unfinished).collect();
    assert_eq!(
        unfinished.last(),
        Some(&true),
        "what waited in vain is shown"
    );
    let counts: Vec<u64> = kept.ended.iter().map(|input| input.spans).collect();
    assert_eq!(counts, [0, 1, 2]);
}

#[test]
fn times_that_cannot_be_told_are_counted_and_said() {
    let span = |id: u64, start: &str, duration: &str| {
        format!(
            r#"{{"traceID":"1","spanID":"{id}","operationName":"x","processID":"p","startTime":{start},"duration":{duration}}}"#
        )
    };
    let spans = [
        span(1, "1795357126000000", "5"),
        span(2, "-5", "5"),
        span(3, "99999999999999999999", "5"),
        span(4, "1795357126000000", "9000000000000000000"),
    ]
    .join(",");
    let text = format!(
        r#"{{"data":[{{"traceID":"1","spans":[{spans}],"processes":{{"p":{{"serviceName":"s"}}}}}}]}}"#
    );
    let (kept, inputs) = read_bytes(text.as_bytes());
    assert_eq!((inputs[0].spans, inputs[0].out_of_range), (4, 3));
    assert_eq!(
        kept.messages(),
        [
            "in: 3 spans start or end before 1970 or after 2554: shown with the nearest time that can be told"
        ]
    );
    let far = kept.blocks.iter().flat_map(Block::spans);
    let far: Vec<bool> = far.map(SpanRef::is_out_of_range).collect();
    assert_eq!(far, [false, true, true, true]);
}
