//! Decoding one piece of text, whichever thread does it.

use std::ops::ControlFlow;

use super::decoders::{self, Decoder};
use super::pieces::Text;
use crate::format::findings::{Findings, Piece, line_ends};
use crate::format::output::Output;
use crate::format::problem::Problem;
use crate::format::{Format, jaeger};
use crate::model::{Block, BlockBuilder, Mark};

/// How often reading resumes in one piece behind something that is not JSON.
const RESUMES: usize = 256;

/// A piece that was decoded by itself.
pub(super) struct Decoded {
    pub block: Block,
    pub findings: Findings,
}

/// Decodes a piece by itself, into a block of its own; `None` if it is no piece that can be: its
/// spans may wait for what stands behind them, or follow on others.
pub(super) fn alone(
    input: &str,
    format: Format,
    text: &Text,
    builder: &mut BlockBuilder,
) -> Option<Decoded> {
    let Decoder::Each(decode) = decoders::of(format).decoder else {
        return None;
    };
    let mut findings = Findings::of(input);
    let here = Piece {
        input: input.to_owned(),
        ..text.piece.clone()
    };
    match text.sought.as_ref().map(|behind| behind.get()) {
        None => {
            let _whole = resume(&text.bytes, &here, &mut findings, |rest, findings| {
                let result = decode(rest, Output::new(builder, findings));
                (result, ControlFlow::Continue(()))
            });
        }
        Some(Some(processes)) if !processes.is_empty() => {
            findings.at_piece(here);
            let (_, result) = jaeger::decode_part(
                &text.bytes,
                Some(processes),
                Output::new(builder, &mut findings),
            );
            if let Err(problem) = result {
                findings.report(problem);
            }
        }
        Some(_) => return None,
    }
    findings.out_of_range = builder.out_of_range_since(Mark::default()) as u64;
    Some(Decoded {
        block: builder.finish(),
        findings,
    })
}

/// Decodes a piece of text by `decode`. Behind what is not JSON, reading resumes where a line begins
/// with a bracket: lines of a pretty-printed document are indented, so that the inside of a broken
/// one is not taken for documents.
pub(super) fn resume(
    text: &[u8],
    piece: &Piece,
    findings: &mut Findings,
    mut decode: impl FnMut(&[u8], &mut Findings) -> (Result<(), Problem>, ControlFlow<()>),
) -> ControlFlow<()> {
    let mut from = 0;
    for _ in 0..RESUMES {
        let rest = text.get(from..).unwrap_or_default();
        let here = piece.behind(text, from);
        let start = here.offset.saturating_sub(here.prefix as u64);
        findings.at_piece(here);
        let (result, flow) = decode(rest, findings);
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
