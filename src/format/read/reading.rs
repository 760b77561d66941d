//! The course of a reading: what another thread cuts is decoded, and handed over block by block.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

use super::cutting::{Part, place};
use super::decoders::{self, Decode};
use super::decoding::{Decoded, resume};
use super::held::Held;
use super::pieces::Text;
use super::queue::{Popped, Queue};
use super::{Input, ReadOptions, Sink};
use crate::format::detect;
use crate::format::findings::{Findings, Piece};
use crate::format::otlp::{self, Signal};
use crate::format::problem::Problem;
use crate::format::{Format, console};
use crate::model::BlockBuilder;

/// Spans of the first block: rows are to be seen soon.
const FIRST_BLOCK: usize = 1 << 10;
/// How long nothing has to come until what there is is handed over.
const IDLE: Duration = Duration::from_millis(40);

/// One reading: what is built, and what was found so far.
pub(super) struct Reading<'s> {
    options: &'s ReadOptions,
    sink: &'s mut dyn Sink,
    builder: BlockBuilder,
    block_spans: usize,
    /// About the input at hand, whose entry is the last one.
    findings: Option<Findings>,
    held: Held,
    inputs: Vec<Input>,
}

impl<'s> Reading<'s> {
    pub(super) fn new(options: &'s ReadOptions, sink: &'s mut dyn Sink) -> Self {
        Self {
            options,
            sink,
            builder: BlockBuilder::new(),
            block_spans: FIRST_BLOCK,
            findings: None,
            held: Held::default(),
            inputs: Vec::new(),
        }
    }

    /// Decodes what comes until nothing more does, or nobody wants it.
    pub(super) fn run(mut self, queue: &Queue<Part>) -> Vec<Input> {
        let exit = queue.exit();
        let flow = self.take_all(queue);
        drop(exit);
        let _ended = self.close(flow);
        self.inputs
    }

    fn take_all(&mut self, queue: &Queue<Part>) -> ControlFlow<()> {
        loop {
            match queue.pop(Some(IDLE)) {
                Popped::Item(part) => self.part(part, queue)?,
                Popped::Idle => self.hand_over()?,
                Popped::Ended => return ControlFlow::Continue(()),
            }
        }
    }

    fn part(&mut self, part: Part, queue: &Queue<Part>) -> ControlFlow<()> {
        match part {
            Part::Input {
                name,
                containers,
                recognised,
            } => {
                self.close(ControlFlow::Continue(()))?;
                self.findings = Some(Findings::of(&name));
                self.inputs.push(Input {
                    name,
                    containers,
                    recognised,
                    spans: 0,
                    logs: 0,
                    rejected: BTreeMap::new(),
                    rejected_logs: 0,
                    logs_without_trace: 0,
                    metric_points: 0,
                });
                return ControlFlow::Continue(());
            }
            Part::Problem(problem) => {
                self.close(ControlFlow::Continue(()))?;
                self.sink.problem(problem);
                return ControlFlow::Continue(());
            }
            _ => {}
        }
        let Some(mut findings) = self.findings.take() else {
            return ControlFlow::Continue(());
        };
        let flow = self.piece_of_input(part, &mut findings, queue);
        self.findings = Some(findings);
        flow?;
        self.hand_over_full()
    }

    fn piece_of_input(
        &mut self,
        part: Part,
        findings: &mut Findings,
        queue: &Queue<Part>,
    ) -> ControlFlow<()> {
        match part {
            Part::Text(format, text) => {
                self.text(format, &text, findings)?;
                queue.give_back(text.bytes);
            }
            Part::Message(signal, bytes, at) => {
                findings.at_piece(place(findings.input(), at));
                let decoded = otlp::proto::decode(signal, &bytes, &mut self.builder, findings);
                if let Err(problem) = decoded {
                    findings.report(problem);
                }
                queue.give_back(bytes);
            }
            Part::Prefixed(message, index) => self.prefixed(&message, index, findings),
            Part::Excerpt(document, piece) => self.excerpt(&document, piece, findings),
            Part::OtherLines(lines) => {
                findings.at_piece(place(findings.input(), 0));
                findings.other_lines += lines;
                console::report_other_lines(findings);
            }
            Part::Whole(format, bytes) => self.whole(format, &bytes, findings)?,
            Part::Decoded(decoded) => return self.decoded(*decoded, findings),
            Part::Fault(reason, message, at) => {
                findings.at_piece(place(findings.input(), at));
                let place = findings.place_in_bytes(0, String::new());
                findings.report(Problem {
                    place,
                    reason,
                    message,
                    spans: 0,
                });
            }
            Part::Input { .. } | Part::Problem(_) => {}
        }
        ControlFlow::Continue(())
    }

    /// A piece that was decoded already. It stands behind what is at hand.
    fn decoded(&mut self, decoded: Decoded, findings: &mut Findings) -> ControlFlow<()> {
        self.release(findings)?;
        self.flush(findings)?;
        findings.absorb(decoded.findings);
        if let Some(input) = self.inputs.last_mut() {
            input.spans += decoded.block.len() as u64;
            input.logs += decoded.block.log_count() as u64;
        }
        if decoded.block.is_empty() && decoded.block.log_count() == 0 {
            return ControlFlow::Continue(());
        }
        self.sink.block(decoded.block)
    }

    /// A piece of text. One whose spans are explained behind it is held until that is known.
    fn text(&mut self, format: Format, text: &Text, findings: &mut Findings) -> ControlFlow<()> {
        if !self.held.waits_for(text.sought.as_ref()) {
            self.release(findings)?;
            self.held = Held::default();
        }
        let here = Piece {
            input: findings.input().to_owned(),
            ..text.piece.clone()
        };
        let Some(behind) = &text.sought else {
            let decode = decoders::of(format).decode;
            return self.piece(&text.bytes, &here, decode, findings);
        };
        findings.at_piece(here);
        let room = self.sink.room().max(self.options.limits.ahead_bytes);
        let decoded = self
            .held
            .decode(&text.bytes, behind, &mut self.builder, findings, room);
        if let Err(problem) = decoded {
            findings.report(problem);
        }
        if self.held.is_explained() {
            self.release(findings)?;
        } else if self.is_full() {
            self.held.keep(&mut self.builder);
            self.enlarge();
        }
        ControlFlow::Continue(())
    }

    /// The next block may be larger.
    fn enlarge(&mut self) {
        self.block_spans = (self.block_spans * 4).min(self.options.limits.block_spans);
    }

    /// Hands over what was held: what explains it is known, or will never be.
    fn release(&mut self, findings: &mut Findings) -> ControlFlow<()> {
        for mut builder in self.held.release(&mut self.builder, findings) {
            std::mem::swap(&mut builder, &mut self.builder);
            let flow = self.flush(findings);
            self.builder = builder;
            flow?;
        }
        ControlFlow::Continue(())
    }

    /// Decodes a piece of text.
    fn piece(
        &mut self,
        text: &[u8],
        piece: &Piece,
        decode: Decode,
        findings: &mut Findings,
    ) -> ControlFlow<()> {
        resume(text, piece, findings, |rest, findings| {
            self.decode(rest, decode, findings)
        })
    }

    /// Decodes one text. Blocks that fill up within it are handed over at once: it may be one
    /// large trace.
    fn decode(
        &mut self,
        text: &[u8],
        decode: Decode,
        findings: &mut Findings,
    ) -> (Result<(), Problem>, ControlFlow<()>) {
        let mut flow = ControlFlow::Continue(());
        let (sink, input) = (&mut *self.sink, self.inputs.last_mut());
        let (size, limits) = (&mut self.block_spans, &self.options.limits);
        let mut spans = 0;
        let mut offered = |builder: &mut BlockBuilder| {
            let full = builder.len() >= *size || builder.bytes() >= limits.block_bytes;
            if full {
                let block = builder.finish();
                spans += block.len() as u64;
                *size = (*size * 4).min(limits.block_spans);
                if flow.is_continue() {
                    flow = sink.block(block);
                }
            }
            full
        };
        let result = decode(text, &mut self.builder, findings, &mut offered);
        if let Some(input) = input {
            input.spans += spans;
        }
        (result, flow)
    }

    /// A message behind its length.
    fn prefixed(&mut self, message: &[u8], index: u64, findings: &mut Findings) {
        findings.at_piece(place(findings.input(), 0));
        let decoded = if message.first() == Some(&b'{') {
            otlp::json::decode(message, &mut self.builder, findings)
        } else {
            let signal = detect::signal(message).unwrap_or(Signal::Traces);
            otlp::proto::decode(signal, message, &mut self.builder, findings)
        };
        if let Err(mut problem) = decoded {
            problem.place.path = format!("message {index}");
            findings.report(problem);
        }
    }

    /// A document from among the lines of a console.
    fn excerpt(&mut self, document: &[u8], mut piece: Piece, findings: &mut Findings) {
        findings.input().clone_into(&mut piece.input);
        findings.at_piece(piece);
        if let Err(problem) = console::decode(document, &mut self.builder, findings) {
            findings.report(problem);
        }
    }

    /// A message that cannot be cut.
    fn whole(&mut self, format: Format, bytes: &[u8], findings: &mut Findings) -> ControlFlow<()> {
        findings.at_piece(place(findings.input(), 0));
        let (result, flow) = self.decode(bytes, decoders::of(format).decode, findings);
        if let Err(problem) = result {
            findings.report(problem);
        }
        flow
    }

    fn is_full(&self) -> bool {
        let limits = &self.options.limits;
        self.builder.len() >= self.block_spans || self.builder.bytes() >= limits.block_bytes
    }

    fn hand_over_full(&mut self) -> ControlFlow<()> {
        if self.options.live || self.is_full() {
            self.hand_over()
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Hands over what there is, but for what waits to be explained.
    fn hand_over(&mut self) -> ControlFlow<()> {
        let Some(mut findings) = self.findings.take() else {
            return ControlFlow::Continue(());
        };
        let flow = if self.held.is_empty() {
            self.flush(&mut findings)
        } else {
            ControlFlow::Continue(())
        };
        self.findings = Some(findings);
        flow
    }

    fn flush(&mut self, findings: &mut Findings) -> ControlFlow<()> {
        for problem in findings.take_problems() {
            self.sink.problem(problem);
        }
        if self.builder.is_empty() {
            return ControlFlow::Continue(());
        }
        let block = self.builder.finish();
        self.enlarge();
        if let Some(input) = self.inputs.last_mut() {
            input.spans += block.len() as u64;
            input.logs += block.log_count() as u64;
        }
        self.sink.block(block)
    }

    fn end(&mut self, findings: &mut Findings) -> ControlFlow<()> {
        self.release(findings)?;
        self.flush(findings)
    }

    /// The input at hand has ended, or with a break the whole reading.
    fn close(&mut self, flow: ControlFlow<()>) -> ControlFlow<()> {
        let Some(mut findings) = self.findings.take() else {
            return flow;
        };
        let flow = match flow {
            ControlFlow::Continue(()) => self.end(&mut findings),
            ControlFlow::Break(()) => flow,
        };
        self.held = Held::default();
        for problem in findings.take_problems() {
            self.sink.problem(problem);
        }
        if let Some(problem) = findings.rest() {
            self.sink.problem(problem);
        }
        if let Some(input) = self.inputs.last_mut() {
            input.rejected = findings.rejected;
            input.rejected_logs = findings.rejected_logs;
            input.logs_without_trace = findings.logs_without_trace;
            input.metric_points = findings.metric_points;
        }
        flow
    }
}
