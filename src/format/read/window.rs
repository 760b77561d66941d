//! What of a stream is at hand: bytes come at its end and are passed over at its beginning, so that
//! no more of it is held than what cannot be cut.

use std::io::Read;

use super::pieces::Failure;
use super::stream::Stream;
use crate::format::problem::Reason;

/// Bytes asked of the source at a time.
const CHUNK: usize = 256 << 10;

/// A stretch of a stream.
pub(in crate::format) struct Window<'a> {
    stream: Stream<'a>,
    limit: u64,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were passed over.
    at: usize,
    /// Where in the stream that is.
    offset: u64,
}

/// More bytes are needed.
pub(super) struct Short;

impl<'a> Window<'a> {
    /// The beginning of `source`, of which no more than `limit` bytes are held.
    pub(in crate::format) fn new(source: &'a mut dyn Read, limit: u64) -> Self {
        Self {
            stream: Stream::new(source),
            limit,
            buffer: Vec::new(),
            at: 0,
            offset: 0,
        }
    }

    /// What was read and is not passed over.
    pub(in crate::format) fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    /// Where in the stream the rest begins.
    pub(in crate::format) fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the source gives no more.
    pub(in crate::format) fn is_ended(&self) -> bool {
        self.stream.ended
    }

    /// Whether the source gave less than it was asked for: more may be long in coming.
    pub(in crate::format) fn is_short(&self) -> bool {
        self.stream.short
    }

    /// Passes over bytes that are at hand.
    pub(in crate::format) fn pass(&mut self, length: usize) {
        self.at += length;
        self.offset += length as u64;
    }

    /// Passes over bytes that need not be at hand.
    ///
    /// # Errors
    /// If the source ends before that or cannot be read.
    pub(super) fn pass_over(&mut self, length: u64) -> Result<(), Failure> {
        let mut left = length;
        loop {
            let here = self
                .rest()
                .len()
                .min(usize::try_from(left).unwrap_or(usize::MAX));
            self.pass(here);
            left -= here as u64;
            if left == 0 {
                return Ok(());
            }
            if self.stream.ended {
                return Err(Failure {
                    reason: Reason::Truncated,
                    message: "the input ends inside a message".to_owned(),
                    offset: self.offset,
                });
            }
            self.fill()?;
        }
    }

    /// Gives up what is left.
    pub(super) fn give_up(&mut self) {
        self.buffer = Vec::new();
        self.at = 0;
        self.stream.ended = true;
    }

    /// Passes over all that is at hand, and takes it.
    pub(in crate::format) fn take_rest(&mut self) -> Vec<u8> {
        let rest = self.rest().to_vec();
        self.pass(rest.len());
        rest
    }

    /// Reads on.
    ///
    /// # Errors
    /// If the source cannot be read, or too much of it would have to be held; then it has ended.
    pub(in crate::format) fn fill(&mut self) -> Result<(), Failure> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let from = self.buffer.len();
        if from as u64 > self.limit {
            self.give_up();
            return Err(Failure {
                reason: Reason::TooLarge,
                message: format!(
                    "more than {} MiB in which there is nowhere to cut",
                    self.limit >> 20
                ),
                offset: self.offset,
            });
        }
        let read = self.stream.read(&mut self.buffer, CHUNK);
        read.map_err(|error| Failure {
            reason: Reason::of(&error),
            message: error.to_string(),
            offset: self.offset + from as u64,
        })
    }
}
