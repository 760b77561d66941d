//! The course of a reading: what another thread cuts is decoded, and handed over block by block.

mod ending;

use std::ops::ControlFlow;
use std::time::Duration;

use super::counts::Counts;
use super::cutting::{Part, place};
use super::decoders::{self, Decoder};
use super::decoding::{Decoded, resume};
use super::held::Held;
use super::pieces::Text;
use super::queue::{Popped, Queue};
use super::{Input, ReadOptions, Sink};
use crate::format::course::Course;
use crate::format::detect;
use crate::format::findings::{Findings, Piece};
use crate::format::otlp::{self, Signal};
use crate::format::output::Output;
use crate::format::problem::Problem;
use crate::format::{Format, console};
use crate::model::{BlockBuilder, Mark};

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
    /// The input at hand.
    input: Option<Input>,
    /// What was found in it.
    findings: Option<Findings>,
    /// What of the builder is counted as an earlier input's.
    counted: Mark,
    held: Held,
    /// What keeps something from one piece to the next.
    courses: Vec<(Format, Box<dyn Course>)>,
}

impl<'s> Reading<'s> {
    pub(super) fn new(options: &'s ReadOptions, sink: &'s mut dyn Sink) -> Self {
        Self {
            options,
            sink,
            builder: BlockBuilder::new(),
            block_spans: FIRST_BLOCK,
            input: None,
            findings: None,
            counted: Mark::default(),
            held: Held::default(),
            courses: Vec::new(),
        }
    }

    /// Decodes what comes until nothing more does, or nobody wants it.
    pub(super) fn run(mut self, queue: &Queue<Part>) {
        let exit = queue.exit();
        let flow = self.take_all(queue);
        drop(exit);
        let _ended = self.end(flow);
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
                self.input = Some(Input::new(name, containers, recognised));
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
                let decoded = otlp::proto::decode(signal, &bytes, self.output(findings));
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
            Part::Binary(format, bytes, piece) => {
                self.binary(format, &bytes, &piece, findings)?;
                queue.give_back(bytes);
            }
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
        if let Some(input) = &mut self.input {
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
            return resume(&text.bytes, &here, findings, |rest, findings| {
                self.decode(format, rest, findings)
            });
        };
        if self.counted != Mark::default() {
            // What is held is of one input.
            self.flush(findings)?;
        }
        findings.at_piece(here);
        let room = self.room();
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

    /// Bytes that may be held back.
    fn room(&self) -> usize {
        self.sink.room().max(self.options.limits.ahead_bytes)
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

    /// Decodes a document, a message, or a piece of one.
    fn decode(
        &mut self,
        format: Format,
        bytes: &[u8],
        findings: &mut Findings,
    ) -> (Result<(), Problem>, ControlFlow<()>) {
        match decoders::of(format).decoder {
            Decoder::Each(decode) => self.offering(findings, |out| decode(bytes, out)),
            Decoder::Course(begin) => {
                let known = self.courses.iter().position(|(of, _)| *of == format);
                let known = known.map(|at| self.courses.swap_remove(at).1);
                let mut course = known.unwrap_or_else(begin);
                // What is let go is for some time there twice.
                let room = self.room() / 2;
                let done = self.offering(findings, |out| course.piece(bytes, room, out));
                self.courses.push((format, course));
                done
            }
        }
    }

    /// Lets `work` put spans into the block. Blocks that fill up meanwhile are handed over at once:
    /// it may be one large trace.
    fn offering<T>(
        &mut self,
        findings: &mut Findings,
        work: impl FnOnce(Output<'_>) -> T,
    ) -> (T, ControlFlow<()>) {
        let mut flow = ControlFlow::Continue(());
        let (sink, counted) = (&mut *self.sink, &mut self.counted);
        let (size, limits) = (&mut self.block_spans, &self.options.limits);
        let mut passed = Counts::default();
        let mut offered = |builder: &mut BlockBuilder| {
            let full = builder.len() >= *size || builder.bytes() >= limits.block_bytes;
            if full {
                passed.add(builder, *counted);
                *counted = Mark::default();
                let block = builder.finish();
                *size = (*size * 4).min(limits.block_spans);
                if flow.is_continue() {
                    flow = sink.block(block);
                }
            }
            full
        };
        let done = work(Output::new(&mut self.builder, findings).in_blocks(&mut offered));
        passed.count(self.input.as_mut());
        (done, flow)
    }

    fn output<'o>(&'o mut self, findings: &'o mut Findings) -> Output<'o> {
        Output::new(&mut self.builder, findings)
    }

    /// A message behind its length.
    fn prefixed(&mut self, message: &[u8], index: u64, findings: &mut Findings) {
        findings.at_piece(place(findings.input(), 0));
        let decoded = if message.first() == Some(&b'{') {
            otlp::json::decode(message, self.output(findings))
        } else {
            let signal = detect::signal(message).unwrap_or(Signal::Traces);
            otlp::proto::decode(signal, message, self.output(findings))
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
        if let Err(problem) = console::decode(document, self.output(findings)) {
            findings.report(problem);
        }
    }

    /// A binary message, or a piece of one.
    fn binary(
        &mut self,
        format: Format,
        bytes: &[u8],
        piece: &Piece,
        findings: &mut Findings,
    ) -> ControlFlow<()> {
        findings.at_piece(Piece {
            input: findings.input().to_owned(),
            ..piece.clone()
        });
        let (result, flow) = self.decode(format, bytes, findings);
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
}
