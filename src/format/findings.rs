//! What a decoder found beside the spans: problems with their places, and counts.

use std::collections::BTreeMap;

use super::json::JsonError;
use super::problem::{Place, Problem, Reason};

/// Problems of one input that are kept in words; all are counted.
const KEPT: usize = 100;

/// Collects what decoders report about one input.
#[derive(Debug, Default)]
pub struct Findings {
    /// The problems, the first hundred of them.
    pub problems: Vec<Problem>,
    /// Problems beyond those.
    pub more_problems: u64,
    /// Spans that were not taken, by reason.
    pub rejected: BTreeMap<Reason, u64>,
    /// Log records that name no trace: counted, not kept.
    pub logs_without_trace: u64,
    /// Log records that were not taken, since their ids are no ids.
    pub rejected_logs: u64,
    /// Lines of text between the spans of a console that are no spans.
    pub other_lines: u64,
    /// Data points of metrics: counted, not kept.
    pub metric_points: u64,
    /// Spans of a piece that start or end at a time that cannot be told.
    pub(super) out_of_range: u64,
    kept: usize,
    piece: Piece,
}

/// Where the bytes at hand stand in the whole input.
#[derive(Debug, Default, Clone)]
pub(super) struct Piece {
    /// Name of the input.
    pub input: String,
    /// Offset of the first byte.
    pub offset: u64,
    /// Line ends before it.
    pub lines: u64,
    /// How many bytes at the front of the piece were put there to make it whole, and are not
    /// in the input.
    pub prefix: usize,
}

impl Findings {
    /// Findings about an input of this name; a request has none.
    pub fn of(input: &str) -> Self {
        Self {
            piece: Piece {
                input: input.to_owned(),
                ..Piece::default()
            },
            ..Self::default()
        }
    }

    /// The name of the input.
    pub(super) fn input(&self) -> &str {
        &self.piece.input
    }

    /// Takes the problems out, to tell them while the input is still being read.
    pub(super) fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// What stands for the problems that were only counted.
    pub(super) fn rest(&self) -> Option<Problem> {
        let message = format!("{} more problems", self.more_problems);
        let place = Place {
            input: self.piece.input.clone(),
            ..Place::default()
        };
        (self.more_problems > 0).then_some(Problem {
            place,
            reason: Reason::Malformed,
            message,
            spans: 0,
        })
    }

    /// Says where the bytes that the next reports are about stand in the input.
    pub(super) fn at_piece(&mut self, piece: Piece) {
        self.piece = piece;
    }

    /// A place in a piece of text, `at` bytes from its start.
    pub fn place_in_text(&self, text: &[u8], at: usize, path: String) -> Place {
        let before = text
            .get(self.piece.prefix..at.max(self.piece.prefix))
            .unwrap_or_default();
        // Lines are counted for the problems that are kept: for a million of them it would be
        // a million times the input.
        let lines = if self.is_full() { 0 } else { line_ends(before) };
        Place {
            line: Some(self.piece.lines + lines + 1),
            ..self.place_in_bytes(at, path)
        }
    }

    /// A place in a binary message, `at` bytes from its start.
    pub fn place_in_bytes(&self, at: usize, path: String) -> Place {
        let at = at.saturating_sub(self.piece.prefix);
        Place {
            input: self.piece.input.clone(),
            offset: Some(self.piece.offset + at as u64),
            line: None,
            path,
        }
    }

    /// The problem that a binary message cannot be read on from `at`, which ends its reading.
    pub(super) fn malformed(&self, at: usize, what: &str) -> Problem {
        Problem {
            place: self.place_in_bytes(at, String::new()),
            reason: Reason::Malformed,
            message: what.to_owned(),
            spans: 0,
        }
    }

    /// Whether no more problems are kept in words, so that there is no need to find them.
    pub fn is_full(&self) -> bool {
        self.problems.len() >= KEPT
    }

    /// Counts a problem that is not worth words any more.
    pub fn count(&mut self, reason: Reason, spans: u64) {
        if spans > 0 {
            *self.rejected.entry(reason).or_default() += spans;
        }
        self.more_problems += 1;
    }

    /// Reports a problem.
    pub fn report(&mut self, problem: Problem) {
        if problem.spans > 0 {
            *self.rejected.entry(problem.reason).or_default() += problem.spans;
        }
        if self.kept < KEPT {
            self.kept += 1;
            self.problems.push(problem);
        } else {
            self.more_problems += 1;
        }
    }

    /// Reports that one span at `path` was left out, since a value at `at` is not what it has to be.
    pub fn reject_span(
        &mut self,
        text: &[u8],
        at: usize,
        path: String,
        reason: Reason,
        message: impl Into<String>,
    ) {
        let place = self.place_in_text(text, at, path);
        self.report(Problem {
            place,
            reason,
            message: message.into(),
            spans: 1,
        });
    }

    /// Reports strings of a text that held bytes that are no UTF-8, which cost nothing but those bytes.
    pub fn report_flaws(&mut self, text: &[u8], flaws: usize) {
        if flaws == 0 {
            return;
        }
        let strings = if flaws == 1 {
            "1 string holds"
        } else {
            &format!("{flaws} strings hold")
        };
        let message = format!("{strings} bytes that are no UTF-8; they were replaced");
        let place = self.place_in_text(text, 0, String::new());
        self.report(Problem {
            place,
            reason: Reason::Malformed,
            message,
            spans: 0,
        });
    }

    /// The problem that an error of JSON makes, at its place.
    pub fn json_problem(&self, text: &[u8], error: JsonError, path: String) -> Problem {
        let (at, reason, message) = match error {
            JsonError::Truncated { at, expected } => (
                at,
                Reason::Truncated,
                format!("the input ends where {expected} was expected"),
            ),
            JsonError::Syntax { at, expected } => (
                at,
                Reason::Malformed,
                format!("this is not JSON: {expected} was expected"),
            ),
            JsonError::Type {
                at,
                expected,
                found,
            } => (
                at,
                Reason::WrongType,
                format!("expected {expected}, found {}", found.name()),
            ),
        };
        Problem {
            place: self.place_in_text(text, at, path),
            reason,
            message,
            spans: 0,
        }
    }

    /// Takes over what was found in another piece of the same input.
    pub(super) fn absorb(&mut self, other: Self) {
        for (reason, spans) in other.rejected {
            *self.rejected.entry(reason).or_default() += spans;
        }
        self.logs_without_trace += other.logs_without_trace;
        self.rejected_logs += other.rejected_logs;
        self.metric_points += other.metric_points;
        self.other_lines += other.other_lines;
        self.out_of_range += other.out_of_range;
        self.more_problems += other.more_problems;
        for problem in other.problems {
            // Its spans are counted already.
            if self.kept < KEPT {
                self.kept += 1;
                self.problems.push(problem);
            } else {
                self.more_problems += 1;
            }
        }
    }

    /// All spans that were not taken.
    pub fn rejected_spans(&self) -> u64 {
        self.rejected.values().sum()
    }
}

/// The number of line ends. Bytes are summed in bytes first, which vectors do 32 at a time.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    let sums = bytes.chunks(255).map(|chunk| {
        let sum = chunk
            .iter()
            .fold(0_u8, |sum, &byte| sum + u8::from(byte == b'\n'));
        u64::from(sum)
    });
    sums.sum()
}
