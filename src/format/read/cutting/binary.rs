//! Cutting what is no text: protobuf, behind lengths or not, and `MessagePack`.

use std::io::Read;
use std::ops::ControlFlow;

use super::{Cutting, Part, WAITING};
use crate::format::otlp::Signal;
use crate::format::problem::Reason;
use crate::format::protobuf::{Field, Message};
use crate::format::read::decoders::{self, Cut};
use crate::format::read::messages::{self, Parts, Stop};
use crate::format::{Format, datadog};

/// Bytes behind a trace that are read for what the server says of it.
const LAST_WORDS: u64 = 64 << 10;

impl Cutting<'_> {
    /// A binary message of a format of its own: in pieces, if it can be cut.
    pub(super) fn binary(
        &self,
        source: &mut dyn Read,
        format: Format,
        prompt: bool,
    ) -> ControlFlow<()> {
        match decoders::of(format).cut {
            Cut::Packed => self.packed(source, format),
            Cut::Fields(kind) => self.fields(source, (format, kind, prompt)),
            Cut::Thrift => self.thrift(source, format, prompt),
            _ => self.documents(source, format, prompt),
        }
    }

    /// Traces in `MessagePack`, some at a time.
    fn packed(&self, source: &mut dyn Read, format: Format) -> ControlFlow<()> {
        let limit = self.options.limits.message_bytes;
        let mut payloads = datadog::Payloads::new(source, limit, self.options.live);
        loop {
            match payloads.next() {
                Ok(Some((bytes, piece))) => {
                    let length = bytes.len();
                    let part = Part::Binary(format, bytes, piece);
                    self.queue.push(part, length, WAITING)?;
                }
                Ok(None) => return ControlFlow::Continue(()),
                Err(failure) => self.failure(failure)?,
            }
        }
    }

    /// A protobuf message, in parts.
    pub(super) fn message(
        &self,
        source: &mut dyn Read,
        signal: Signal,
        offset: u64,
    ) -> ControlFlow<()> {
        let mut parts = Parts::new(source, self.options.limits.message_bytes);
        loop {
            let (bytes, at, result) = parts.next(self.queue.spare());
            let (length, offset) = (bytes.len(), offset + at);
            if length > 0 {
                self.queue
                    .push(Part::Message(signal, bytes, offset), length, WAITING)?;
            }
            match result {
                Ok(()) if length == 0 => return ControlFlow::Continue(()),
                Ok(()) => {}
                Err(Stop::TooLong(field)) => {
                    let message = format!("a field of {} MiB", field >> 20);
                    self.fault(Reason::TooLarge, message, offset + length as u64)?;
                }
                Err(Stop::Failed(error)) => return self.io_fault(&error, offset + length as u64),
            }
        }
    }

    /// A message in field 1 of another one.
    pub(super) fn wrapped(&self, source: &mut dyn Read) -> ControlFlow<()> {
        match messages::header(source) {
            Ok((length, header)) => {
                self.message(&mut source.take(length), Signal::Traces, header)?;
                self.partial(source, header + length)
            }
            Err(error) => self.io_fault(&error, 0),
        }
    }

    /// What Tempo says behind a trace: whether that is a part of it only (`tempopb.PartialStatus`).
    fn partial(&self, source: &mut dyn Read, at: u64) -> ControlFlow<()> {
        let mut rest = Vec::new();
        if let Err(error) = source.take(LAST_WORDS).read_to_end(&mut rest) {
            return self.io_fault(&error, at);
        }
        let (mut is_partial, mut told) = (false, String::new());
        let mut message = Message::new(&rest);
        while let Ok(Some((number, field))) = message.field() {
            match (number, field) {
                (3, Field::Varint(status)) => is_partial = status == 1,
                (4, Field::Bytes(text)) => {
                    told = String::from_utf8_lossy(text.bytes()).into_owned();
                }
                _ => {}
            }
        }
        if !is_partial {
            return ControlFlow::Continue(());
        }
        let message = format!("the server answered a part of the trace only: {told}");
        self.fault(Reason::Truncated, message, at)
    }

    /// Messages behind their lengths, in protobuf or JSON, of any signal.
    pub(super) fn prefixed(&self, source: &mut dyn Read) -> ControlFlow<()> {
        let mut index = 0_u64;
        loop {
            match messages::prefixed(source, self.options.limits.message_bytes) {
                Ok(Some(message)) => {
                    let bytes = message.len();
                    self.queue
                        .push(Part::Prefixed(message, index), bytes, WAITING)?;
                }
                Ok(None) => return ControlFlow::Continue(()),
                Err(error) => return self.io_fault(&error, 0),
            }
            index += 1;
        }
    }
}
