//! A trace as Perfetto's service writes it, and what is wrong with others.

use super::*;
use crate::format::protobuf::{put_bytes, put_message, put_number, put_text};
use crate::format::sample::{listed_lines, read_pieces, read_whole};
use crate::model::{Block, SpanRef};

const TRACE: &[u8] = include_bytes!("../../../tests/fixtures/formats/perfetto.pftrace");

/// Lines without the id of the trace, which stands for the whole input.
fn shown(block: &Block) -> Vec<String> {
    let lines = listed_lines(block);
    let own = block.trace_ids().first().map_or(0, |id| id.0);
    let own = format!(">{own:x}/");
    let cut = |line: &String| {
        let (_, rest) = line.split_once('/')?;
        Some(rest.replace(&own, ">TRACE/"))
    };
    lines.iter().filter_map(cut).collect()
}

fn told(findings: &Findings) -> Vec<String> {
    findings.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn slices_of_threads_and_of_asynchronous_tracks_are_read() {
    let (block, findings) = read_whole(TRACE, course());
    assert_eq!(
        shown(&block),
        [
            "1<0 shop: GET /orders 1793714531204001000+3000 internal unset {category=http code.file.path=src/web.rs code.function.name=orders code.line.number=42 status=200 late=true thread.id=4712 thread.name=worker} {service.name=shop process.pid=4711}",
            "2<1 shop: SELECT 1793714531204001500+1000 internal unset {category=db cache=warm rows=[3,0.5] plan={\"cost\":1.5,\"seq\":true} thread.id=4712 thread.name=worker} {service.name=shop process.pid=4711} !1793714531204001600 retry {n=-1}",
            "4<0 shop: fetch 1793714531204002600+2400 internal unset {track.name=requests} {service.name=shop process.pid=4711} >TRACE/1 {}",
            "7<0 process 8: legacy 1793714531204008000+2000 internal unset {thread.id=9 thread.name=old} {service.name=process 8 process.pid=8}",
        ]
    );
    assert_eq!(
        told(&findings),
        [
            "byte 0: counters: 1 passed over",
            "byte 0: packets that hold no slices: 1 passed over",
            "byte 0: events that refer to names from before the recording: 1 passed over",
        ]
    );
}

#[test]
fn packets_may_come_one_by_one() {
    let mut pieces = Vec::new();
    let mut trace = Message::new(TRACE);
    let mut rest = TRACE;
    while trace.field().unwrap().is_some() {
        let (piece, behind) = rest.split_at(rest.len() - trace.bytes().len());
        pieces.push(piece);
        rest = behind;
    }
    let (blocks, _) = read_pieces(&pieces, course(), usize::MAX);
    let mut builder = BlockBuilder::new();
    for block in &blocks {
        builder.append_all(block);
    }
    let spans = |block: &Block| block.spans().map(SpanRef::span_id).collect::<Vec<_>>();
    let (whole, _) = read_whole(TRACE, course());
    assert_eq!(spans(&builder.finish()), spans(&whole));
}

#[test]
fn what_is_broken_costs_its_packet_and_depth_no_stack() {
    let mut trace = Vec::new();
    put_bytes(&mut trace, 1, &[0x40]);
    put_message(&mut trace, 1, |packet| {
        put_number(packet, 8, 7);
        put_message(packet, 11, |event| {
            put_number(event, 9, 3);
            put_text(event, 23, "alone");
            let mut nested = Vec::new();
            for _ in 0..3_000 {
                let mut outer = Vec::new();
                put_bytes(&mut outer, 12, &nested);
                nested = outer;
            }
            put_bytes(event, 4, &nested);
        });
    });
    trace.extend(b"\x0a\x7f");
    let (block, findings) = read_whole(&trace, course());
    assert_eq!(
        (block.len(), told(&findings).len()),
        (1, 2),
        "{:?}",
        told(&findings)
    );
    let alone = shown(&block);
    assert!(alone[0].starts_with("1<0 trace: alone 7+0"), "{alone:?}");
}
