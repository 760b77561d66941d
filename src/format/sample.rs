//! What tests of decoders show of what was read.

use std::sync::Arc;

use super::course::Course;
use super::findings::Findings;
use super::output::{Decode, Output};
use crate::model::{Attributes, Block, BlockBuilder, SpanRef, Trace};

/// What a decoder reads from a text that is no JSON in the end, too.
pub(super) fn read_text(text: impl AsRef<[u8]>, decode: Decode) -> (Block, Findings) {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    if let Err(problem) = decode(text.as_ref(), Output::new(&mut builder, &mut findings)) {
        findings.report(problem);
    }
    (builder.finish(), findings)
}

/// The traces that a decoder reads, what it found, and what ended the reading.
pub(super) fn read_traces(decode: Decode, bytes: &[u8]) -> (Vec<Trace>, Findings, Option<String>) {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    let result = decode(bytes, Output::new(&mut builder, &mut findings));
    let ended = result.err().map(|problem| problem.to_string());
    let traces = Trace::all_of(&[Arc::new(builder.finish())]);
    (traces, findings, ended)
}

/// What is read from some pieces of an input by what keeps something between them, if no more than
/// `room` bytes are to be kept.
pub(super) fn read_pieces(
    pieces: &[&[u8]],
    mut course: Box<dyn Course>,
    room: usize,
) -> (Vec<Block>, Findings) {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    let mut blocks = Vec::new();
    let mut take = |builder: &mut BlockBuilder| {
        blocks.push(builder.finish());
        true
    };
    for piece in pieces {
        let out = Output::new(&mut builder, &mut findings).in_blocks(&mut take);
        if let Err(problem) = course.piece(piece, room, out) {
            findings.report(problem);
        }
    }
    course.finish(Output::new(&mut builder, &mut findings).in_blocks(&mut take));
    blocks.push(builder.finish());
    (blocks, findings)
}

/// What is read from a whole text by what would keep something between its pieces.
pub(super) fn read_whole(text: impl AsRef<[u8]>, course: Box<dyn Course>) -> (Block, Findings) {
    let (blocks, findings) = read_pieces(&[text.as_ref()], course, usize::MAX);
    let mut builder = BlockBuilder::new();
    for block in &blocks {
        builder.append_all(block);
    }
    (builder.finish(), findings)
}

/// Every span of a faultless text as a line.
pub(super) fn lines(text: impl AsRef<[u8]>, decode: Decode) -> Vec<String> {
    listed_spans(&read_text(text, decode))
}

/// Every span as a line, and every log record; there must be no problems.
pub(super) fn listed_spans((block, findings): &(Block, Findings)) -> Vec<String> {
    assert_eq!(findings.problems, []);
    listed_lines(block)
}

/// Every span as a line, and every log record.
pub(super) fn listed_lines(block: &Block) -> Vec<String> {
    let logs = (0..block.log_count()).map(|log| {
        let log = block.log(log as u32);
        let (time, attributes) = (log.time().0, listed(log.attributes()));
        format!("log {time} {} {:?} {attributes}", log.span_id(), log.body())
    });
    block.spans().map(shown).chain(logs).collect()
}

fn shown(span: SpanRef<'_>) -> String {
    let mut words = vec![
        format!(
            "{:x}/{:x}<{:x}",
            span.trace_id().0,
            span.span_id().0,
            span.parent_id().0
        ),
        format!("{}: {}", span.service(), span.operation()),
        format!("{}+{}", span.start().0, span.duration().0),
        format!("{} {}", span.kind().name(), span.status().name()),
    ];
    let extra = [span.status_message(), span.trace_state()];
    words.extend(
        extra
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
    );
    words.push(listed(span.attributes()));
    words.push(listed(span.resource().attributes()));
    if !span.scope().name().is_empty() {
        let attributes = listed(span.scope().attributes());
        words.push(format!(
            "@{} {} {attributes}",
            span.scope().name(),
            span.scope().version()
        ));
    }
    words.extend(span.events().map(|event| {
        let attributes = listed(event.attributes());
        format!("!{} {} {attributes}", event.time().0, event.name())
    }));
    words.extend(span.links().map(|link| {
        let attributes = listed(link.attributes());
        format!(
            ">{:x}/{:x} {attributes}",
            link.trace_id().0,
            link.span_id().0
        )
    }));
    words.extend(span.warnings().map(|warning| format!("({warning})")));
    words.join(" ")
}

fn listed(attributes: Attributes<'_>) -> String {
    let shown = attributes
        .iter()
        .map(|(key, value)| format!("{key}={}", value.to_text()));
    format!("{{{}}}", shown.collect::<Vec<_>>().join(" "))
}
