//! Lists in binary forms are the same however they come.

use std::io::{self, Read};
use std::ops::ControlFlow;

use crate::format::protobuf::{put_bytes, put_message, put_text};
use crate::format::{Limits, Problem, ReadOptions, Reason, Sink, read};
use crate::model::Block;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/fixtures/formats/", $name))
    };
}

#[derive(Default)]
struct Kept {
    /// Id, service, start and duration of each span.
    spans: Vec<(u64, String, u64, u64)>,
    blocks: usize,
    problems: Vec<Problem>,
}

impl Sink for Kept {
    fn block(&mut self, block: Block) -> ControlFlow<()> {
        self.blocks += 1;
        self.spans.extend(block.spans().map(|span| {
            let service = span.service().to_owned();
            (span.span_id().0, service, span.start().0, span.duration().0)
        }));
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// Gives portions of so many bytes, in turn.
struct Portions<'b>(&'b [u8], Vec<usize>);

impl Read for Portions<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let next = self.1.pop().unwrap_or(usize::MAX);
        let (given, rest) = self.0.split_at(next.min(room.len()).min(self.0.len()));
        room[..given.len()].copy_from_slice(given);
        self.0 = rest;
        Ok(given.len())
    }
}

fn read_in(bytes: &[u8], portions: Vec<usize>, live: bool, ahead_bytes: usize) -> Kept {
    let options = ReadOptions {
        live,
        limits: Limits {
            ahead_bytes,
            ..Limits::default()
        },
        ..ReadOptions::default()
    };
    let mut kept = Kept::default();
    read("in", &mut Portions(bytes, portions), &options, &mut kept);
    kept.spans.sort();
    kept
}

const SAMPLES: [&[u8]; 9] = [
    fixture!("jaeger-batch.pb"),
    fixture!("jaeger-post-spans.pb"),
    fixture!("jaeger-chunk.pb"),
    fixture!("jaeger-batch.thrift"),
    fixture!("jaeger-batch-compact.thrift"),
    fixture!("jaeger-emit.thrift"),
    fixture!("zipkin-list.pb"),
    fixture!("zipkin-list.thrift"),
    fixture!("datadog/v05.msgpack"),
];

#[test]
fn a_list_cut_at_any_byte_has_the_same_spans() {
    for bytes in SAMPLES {
        let whole = read_in(bytes, vec![], false, 1 << 20);
        assert!(!whole.spans.is_empty() && whole.problems.is_empty());
        for at in 1..bytes.len() {
            // What is looked at first has to be recognised; behind it, each byte comes alone.
            let mut portions = vec![1; bytes.len()];
            portions.push(at);
            let cut = read_in(bytes, portions, true, 1 << 20);
            assert_eq!((&cut.spans, cut.problems), (&whole.spans, vec![]), "{at}");
        }
    }
}

#[test]
fn lists_behind_one_another_are_all_read() {
    for bytes in SAMPLES {
        let once = read_in(bytes, vec![], false, 1 << 20).spans;
        let twice = read_in(&bytes.repeat(2), vec![], false, 1 << 20);
        assert_eq!(twice.problems, []);
        let each_twice = once.iter().flat_map(|span| [span.clone(), span.clone()]);
        // Zipkin merges what it is told twice.
        let mut spans = twice.spans;
        if spans.len() == once.len() {
            spans = spans
                .into_iter()
                .flat_map(|span| [span.clone(), span])
                .collect();
        }
        assert!(spans.into_iter().eq(each_twice));
    }
    let behind = [fixture!("jaeger-batch.thrift"), &b"garbage"[..]].concat();
    let kept = read_in(&behind, vec![], false, 1 << 20);
    assert!(kept.problems[0].message.contains("neither a batch"));
}

/// A batch of Jaeger's spans in protobuf, its process behind them.
fn batch(spans: u64, service: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for id in 1..=spans {
        put_message(&mut bytes, 1, |span| {
            put_bytes(span, 1, &1_u128.to_be_bytes());
            put_bytes(span, 2, &id.to_be_bytes());
            put_text(span, 3, "an operation with a name that is not short");
            put_message(span, 6, |start| start.extend([8, 1]));
        });
    }
    put_message(&mut bytes, 2, |process| put_text(process, 1, service));
    bytes
}

#[test]
fn spans_wait_for_the_process_behind_them_as_long_as_there_is_room() {
    let bytes = [batch(60_000, "shop"), batch(10, "cart")].concat();
    let kept = read_in(&bytes, vec![], false, 64 << 20);
    let of = |kept: &Kept, name: &str| kept.spans.iter().filter(|span| span.1 == name).count();
    assert_eq!((of(&kept, "shop"), of(&kept, "cart")), (60_000, 10));
    assert_eq!(kept.problems, []);
    assert!(kept.blocks > 1);
    let kept = read_in(&bytes, vec![], false, 1 << 20);
    assert_eq!((kept.spans.len(), of(&kept, "")), (60_010, 60_010));
    assert_eq!(kept.problems.len(), 1);
    assert!(kept.problems[0].message.contains("show no service"));
}

#[test]
fn what_breaks_off_or_is_too_long_costs_itself() {
    let bytes = batch(1_000, "shop");
    let kept = read_in(&bytes[..bytes.len() / 2], vec![], false, 1 << 20);
    assert!(
        (490..510).contains(&kept.spans.len()),
        "{}",
        kept.spans.len()
    );
    assert_eq!(kept.problems[0].reason, Reason::Truncated);
    let around = |sound: fn() -> Vec<u8>| {
        let mut long = sound();
        put_bytes(&mut long, 1, &vec![0; 3 << 20]);
        long.extend(sound());
        long
    };
    let otlp = || {
        use crate::format::otlp::oracle::request_of_spans;
        prost::Message::encode_to_vec(&request_of_spans(1))
    };
    let limits = Limits {
        message_bytes: 1 << 20,
        ..Limits::default()
    };
    let options = ReadOptions {
        limits,
        ..ReadOptions::default()
    };
    for long in [around(|| batch(1, "shop")), around(otlp)] {
        let mut kept = Kept::default();
        read("in", &mut long.as_slice(), &options, &mut kept);
        assert_eq!((kept.spans.len(), kept.problems.len()), (2, 1));
        assert_eq!(kept.problems[0].reason, Reason::TooLarge);
    }
}
