//! The course of a reading: each input recognised, cut, decoded, and handed over block by block.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::ControlFlow;

use super::decoders::{self, Decode, Documents};
use super::messages::{self, Parts};
use super::pieces::Pieces;
use super::{Input, ReadOptions, Sink};
use crate::format::Format;
use crate::format::container::{Entry, Visitor};
use crate::format::detect::{self, Framing, Recognised};
use crate::format::findings::{Findings, Piece, line_ends};
use crate::format::otlp::{self, Signal};
use crate::format::problem::{Problem, Reason};
use crate::model::BlockBuilder;

/// Spans of the first block: rows are to be seen soon.
const FIRST_BLOCK: usize = 1 << 10;
/// Bytes after which a block is handed over, however few spans it has.
const BLOCK_BYTES: usize = 64 << 20;
/// How often reading resumes in one piece behind something that is not JSON.
const RESUMES: usize = 256;

/// One reading: what is built, and what was found so far.
pub(super) struct Reading<'s> {
    options: &'s ReadOptions,
    sink: &'s mut dyn Sink,
    builder: BlockBuilder,
    block_spans: usize,
    pub(super) inputs: Vec<Input>,
}

impl Visitor for Reading<'_> {
    fn entry(&mut self, mut entry: Entry<'_>) -> ControlFlow<()> {
        let mut findings = Findings::of(&entry.name);
        self.inputs.push(Input {
            name: entry.name,
            containers: entry.containers,
            recognised: None,
            spans: 0,
            logs: 0,
            rejected: BTreeMap::new(),
            rejected_logs: 0,
            logs_without_trace: 0,
            metric_points: 0,
        });
        let flow = match self.recognise(entry.content.head()) {
            Ok(recognised) => {
                if let Some(input) = self.inputs.last_mut() {
                    input.recognised = Some(recognised);
                }
                self.input(&mut entry.content, recognised, &mut findings)
            }
            Err(error) => {
                // What broke the container is the better reason, if that is why the head is short.
                let failure = io::copy(&mut entry.content.take(1 << 20), &mut io::sink()).err();
                let (reason, message) = match failure {
                    Some(failure) => (Reason::of(&failure), failure.to_string()),
                    None => (error.reason, error.message),
                };
                let place = findings.place_in_bytes(0, String::new());
                findings.report(Problem {
                    place,
                    reason,
                    message,
                    spans: 0,
                });
                ControlFlow::Continue(())
            }
        };
        let flow = if flow.is_continue() {
            self.hand_over(&mut findings)
        } else {
            flow
        };
        self.close(findings);
        flow
    }

    fn problem(&mut self, problem: Problem) {
        self.sink.problem(problem);
    }
}

impl<'s> Reading<'s> {
    pub(super) fn new(options: &'s ReadOptions, sink: &'s mut dyn Sink) -> Self {
        Self {
            options,
            sink,
            builder: BlockBuilder::new(),
            block_spans: FIRST_BLOCK,
            inputs: Vec::new(),
        }
    }
}

impl Reading<'_> {
    fn recognise(&self, head: &[u8]) -> Result<Recognised, detect::Unrecognised> {
        let detected = detect::detect(head);
        let Some(format) = self.options.format else {
            return detected;
        };
        let why = "it was asked for";
        let framing = match (format, detected) {
            (Format::OtlpProto, Ok(found)) if found.format == format => found.framing,
            (
                Format::OtlpJson,
                Ok(Recognised {
                    framing: Framing::Prefixed,
                    ..
                }),
            ) => Framing::Prefixed,
            (Format::OtlpProto, _) => Framing::Message(Signal::Traces),
            _ => Framing::Documents,
        };
        Ok(Recognised {
            format,
            framing,
            why,
        })
    }

    fn input(
        &mut self,
        source: &mut dyn Read,
        recognised: Recognised,
        findings: &mut Findings,
    ) -> ControlFlow<()> {
        match (recognised.framing, recognised.format) {
            (Framing::Message(signal), _) => self.message(source, signal, 0, findings),
            (Framing::Wrapped, _) => self.wrapped(source, findings),
            (Framing::Prefixed, _) => self.prefixed(source, findings),
            (Framing::Whole, format) => self.whole(source, decoders::of(format).decode, findings),
            (Framing::Documents, format) => self.documents(source, decoders::of(format), findings),
        }
    }

    fn documents(
        &mut self,
        source: &mut dyn Read,
        Documents { decode, cut }: Documents,
        findings: &mut Findings,
    ) -> ControlFlow<()> {
        let input = findings.input().to_owned();
        let mut pieces = Pieces::new(source, self.options.limits.message_bytes, cut);
        loop {
            match pieces.next(self.options.live) {
                Ok(Some((text, piece))) => self.piece(
                    text,
                    &Piece {
                        input: input.clone(),
                        ..piece
                    },
                    decode,
                    findings,
                )?,
                Ok(None) => return ControlFlow::Continue(()),
                Err(failure) => {
                    findings.at_piece(Piece {
                        input: input.clone(),
                        offset: failure.offset,
                        ..Piece::default()
                    });
                    let place = findings.place_in_bytes(0, String::new());
                    findings.report(Problem {
                        place,
                        reason: failure.reason,
                        message: failure.message,
                        spans: 0,
                    });
                }
            }
            self.hand_over_full(findings)?;
        }
    }

    /// Decodes a piece of text. Behind what is not JSON, reading resumes where a line begins with a
    /// bracket: lines of a pretty-printed document are indented, so that the inside of a broken one
    /// is not taken for documents.
    fn piece(
        &mut self,
        text: &[u8],
        piece: &Piece,
        decode: Decode,
        findings: &mut Findings,
    ) -> ControlFlow<()> {
        let mut from = 0;
        for _ in 0..RESUMES {
            let rest = text.get(from..).unwrap_or_default();
            let here = piece.behind(text, from);
            let start = here.offset.saturating_sub(here.prefix as u64);
            findings.at_piece(here);
            let (result, flow) = self.decode(rest, decode, findings);
            flow?;
            let Err(problem) = result else {
                return ControlFlow::Continue(());
            };
            let at = problem.place.offset.unwrap_or(0).saturating_sub(start) as usize;
            findings.report(problem);
            let lines = rest.get(at..).unwrap_or_default().windows(2);
            let Some(next) = lines
                .map(|pair| matches!(pair, [b'\n', b'{' | b'[']))
                .position(|begins| begins)
            else {
                return ControlFlow::Continue(());
            };
            from += at + next + 1;
        }
        ControlFlow::Continue(())
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
        let (size, most) = (&mut self.block_spans, self.options.limits.block_spans);
        let mut spans = 0;
        let mut offered = |builder: &mut BlockBuilder| {
            let full = builder.len() >= *size || builder.bytes() >= BLOCK_BYTES;
            if full {
                let block = builder.finish();
                spans += block.len() as u64;
                *size = (*size * 4).min(most);
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

    fn message(
        &mut self,
        source: &mut dyn Read,
        signal: Signal,
        offset: u64,
        findings: &mut Findings,
    ) -> ControlFlow<()> {
        let input = findings.input().to_owned();
        let mut parts = Parts::new(source, self.options.limits.message_bytes);
        loop {
            let (bytes, at, result) = parts.next();
            let ended = bytes.is_empty() || result.is_err();
            findings.at_piece(Piece {
                input: input.clone(),
                offset: offset + at,
                ..Piece::default()
            });
            if let Err(problem) = otlp::proto::decode(signal, bytes, &mut self.builder, findings) {
                findings.report(problem);
            }
            if let Err(error) = result {
                report(findings, bytes.len(), &error);
            }
            if ended {
                return ControlFlow::Continue(());
            }
            self.hand_over_full(findings)?;
        }
    }

    /// A message that cannot be cut, held whole.
    fn whole(
        &mut self,
        source: &mut dyn Read,
        decode: Decode,
        findings: &mut Findings,
    ) -> ControlFlow<()> {
        let limit = self.options.limits.message_bytes;
        let mut bytes = Vec::new();
        let read = source.take(limit + 1).read_to_end(&mut bytes);
        let failure = match read {
            Err(error) => Some(error),
            Ok(length) if length as u64 > limit => Some(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("a message of more than {limit} bytes"),
            )),
            Ok(_) => None,
        };
        if let Some(error) = &failure {
            report(findings, bytes.len(), error);
        }
        let (result, flow) = self.decode(&bytes, decode, findings);
        // What a broken source broke is told once.
        if let (Err(problem), None) = (result, &failure) {
            findings.report(problem);
        }
        flow
    }

    /// A message in field 1 of another one.
    fn wrapped(&mut self, source: &mut dyn Read, findings: &mut Findings) -> ControlFlow<()> {
        match messages::header(source) {
            Ok((length, header)) => {
                self.message(&mut source.take(length), Signal::Traces, header, findings)
            }
            Err(error) => {
                report(findings, 0, &error);
                ControlFlow::Continue(())
            }
        }
    }

    /// Messages behind their lengths, in protobuf or JSON, of any signal.
    fn prefixed(&mut self, source: &mut dyn Read, findings: &mut Findings) -> ControlFlow<()> {
        let mut index = 0_u64;
        loop {
            let message = match messages::prefixed(source, self.options.limits.message_bytes) {
                Ok(Some(message)) => message,
                Ok(None) => return ControlFlow::Continue(()),
                Err(error) => {
                    report(findings, 0, &error);
                    return ControlFlow::Continue(());
                }
            };
            let decoded = if message.first() == Some(&b'{') {
                otlp::json::decode(&message, &mut self.builder, findings)
            } else {
                let signal = detect::signal(&message).unwrap_or(Signal::Traces);
                otlp::proto::decode(signal, &message, &mut self.builder, findings)
            };
            if let Err(mut problem) = decoded {
                problem.place.path = format!("message {index}");
                findings.report(problem);
            }
            index += 1;
            self.hand_over_full(findings)?;
        }
    }

    fn hand_over_full(&mut self, findings: &mut Findings) -> ControlFlow<()> {
        let full = self.options.live
            || self.builder.len() >= self.block_spans
            || self.builder.bytes() >= BLOCK_BYTES;
        if full {
            self.hand_over(findings)
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Hands over what there is.
    fn hand_over(&mut self, findings: &mut Findings) -> ControlFlow<()> {
        for problem in findings.take_problems() {
            self.sink.problem(problem);
        }
        if self.builder.is_empty() {
            return ControlFlow::Continue(());
        }
        let block = self.builder.finish();
        self.block_spans = (self.block_spans * 4).min(self.options.limits.block_spans);
        if let Some(input) = self.inputs.last_mut() {
            input.spans += block.len() as u64;
            input.logs += block.log_count() as u64;
        }
        self.sink.block(block)
    }

    fn close(&mut self, mut findings: Findings) {
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
    }
}

/// Reports what ended a message `at` bytes behind the last place.
fn report(findings: &mut Findings, at: usize, error: &io::Error) {
    let place = findings.place_in_bytes(at, String::new());
    findings.report(Problem {
        place,
        reason: Reason::of(error),
        message: error.to_string(),
        spans: 0,
    });
}

impl Piece {
    /// The piece that begins `from` bytes into this one, whose text is given.
    fn behind(&self, text: &[u8], from: usize) -> Self {
        let prefix = self.prefix.saturating_sub(from);
        let passed = text
            .get(self.prefix..from.max(self.prefix))
            .unwrap_or_default();
        Self {
            input: self.input.clone(),
            offset: self.offset + passed.len() as u64,
            lines: self.lines + line_ends(passed),
            prefix,
        }
    }
}
