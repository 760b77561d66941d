//! What the packets of one writer have in common: strings by their numbers, and defaults.

use std::collections::HashMap;

use super::track::Running;
use crate::format::protobuf::{Field, Message, Result};

/// What was said in a sequence of packets.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    /// Nothing of what was said before was lost.
    pub is_valid: bool,
    pub names: Strings,
    pub categories: Strings,
    pub annotation_names: Strings,
    pub annotation_values: Strings,
    pub sources: HashMap<u64, Source>,
    /// The track of events that name none.
    pub track: Option<u64>,
    /// The clock of packets that name none.
    pub clock: Option<u64>,
    /// Microseconds that the next event counts from.
    pub micros: i64,
    bytes: usize,
}

/// Strings by their numbers.
pub(super) type Strings = HashMap<u64, String>;

/// A place in the code.
#[derive(Debug, Default, Clone)]
pub(super) struct Source {
    pub file: String,
    pub function: String,
    pub line: u64,
}

impl Sequence {
    /// Heap bytes, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + size_of::<Self>()
    }

    /// Takes note of what a packet says of those before it.
    pub(super) fn goes_on(&mut self, is_cleared: bool, was_dropped: bool) {
        if is_cleared {
            let micros = self.micros;
            *self = Self {
                is_valid: true,
                micros,
                ..Self::default()
            };
        } else if was_dropped {
            self.is_valid = false;
        }
    }

    /// Takes strings: `interned_data.proto`.
    pub(super) fn intern(&mut self, mut message: Message<'_>) -> Result<()> {
        while let Some((number, field)) = message.field()? {
            let Field::Bytes(entry) = field else { continue };
            let strings = match number {
                1 => &mut self.categories,
                2 => &mut self.names,
                3 => &mut self.annotation_names,
                29 => &mut self.annotation_values,
                4 => {
                    let (id, source) = Source::read(entry)?;
                    self.bytes += source.file.len() + source.function.len() + 96;
                    self.sources.insert(id, source);
                    continue;
                }
                _ => continue,
            };
            let (id, text) = string(entry)?;
            self.bytes += text.len() + 48;
            strings.insert(id, text);
        }
        Ok(())
    }

    /// Takes defaults: `trace_packet_defaults.proto`.
    pub(super) fn take_defaults(&mut self, mut message: Message<'_>) -> Result<()> {
        while let Some((number, field)) = message.field()? {
            match (number, field) {
                (58, Field::Varint(clock)) => self.clock = Some(clock),
                (11, Field::Bytes(mut event)) => {
                    while let Some((number, field)) = event.field()? {
                        if let (11, Field::Varint(track)) = (number, field) {
                            self.track = Some(track);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes note of the thread that the writer runs on, as old traces tell it.
    pub(super) fn runs_on(&mut self, running: Running) {
        self.track = Some(running.track);
        self.micros = running.micros.unwrap_or(self.micros);
    }
}

impl Source {
    /// `source_location.proto`, and its number.
    pub(super) fn read(mut message: Message<'_>) -> Result<(u64, Self)> {
        let (mut id, mut source) = (0, Self::default());
        while let Some((number, field)) = message.field()? {
            match (number, field) {
                (1, Field::Varint(number)) => id = number,
                (2, Field::Bytes(file)) => source.file = text(file),
                (3, Field::Bytes(function)) => source.function = text(function),
                (4, Field::Varint(line)) => source.line = line,
                _ => {}
            }
        }
        Ok((id, source))
    }
}

/// A number and a string.
fn string(mut message: Message<'_>) -> Result<(u64, String)> {
    let (mut id, mut found) = (0, String::new());
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Varint(number)) => id = number,
            (2, Field::Bytes(bytes)) => found = text(bytes),
            _ => {}
        }
    }
    Ok((id, found))
}

/// A string; what is no UTF-8 in it is replaced.
pub(super) fn text(bytes: Message<'_>) -> String {
    String::from_utf8_lossy(bytes.bytes()).into_owned()
}
