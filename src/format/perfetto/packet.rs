//! One packet: its fields may stand in any order, and what it says of its sequence holds for it.

use std::io::Read as _;

use super::Perfetto;
use super::clock::MONOTONIC;
use super::event::Moment;
use crate::format::findings::Findings;
use crate::format::protobuf::{Field, Message, Result};

/// Bytes that compressed packets may expand to: Perfetto keeps them below 512 KiB.
const EXPANDED: u64 = 64 << 20;
/// Flags of a packet: nothing said before holds any more; it refers to what was said before.
const CLEARED: u64 = 1;
const NEEDS_STATE: u64 = 2;

/// The fields of a packet that are of account.
#[derive(Default)]
struct Packet<'a> {
    timestamp: Option<u64>,
    clock: Option<u64>,
    sequence: u64,
    flags: u64,
    was_dropped: bool,
    interned: Option<Message<'a>>,
    defaults: Option<Message<'a>>,
    data: Data<'a>,
}

/// What a packet is about.
#[derive(Default)]
enum Data<'a> {
    #[default]
    Nothing,
    Event(Message<'a>),
    Track(Message<'a>),
    Process(Message<'a>),
    Thread(Message<'a>),
    Clocks(Message<'a>),
    Deflated(Message<'a>),
    Zstd(Message<'a>),
    Other,
}

impl<'a> Packet<'a> {
    fn read(mut message: Message<'a>) -> Result<Self> {
        let mut packet = Self::default();
        while let Some((number, field)) = message.field()? {
            match (number, field) {
                (8, Field::Varint(time)) => packet.timestamp = Some(time),
                (10, Field::Varint(sequence)) => packet.sequence = sequence,
                (13, Field::Varint(flags)) => packet.flags |= flags,
                (41, Field::Varint(cleared)) => packet.flags |= cleared & CLEARED,
                (42, Field::Varint(dropped)) => packet.was_dropped = dropped != 0,
                (58, Field::Varint(clock)) => packet.clock = Some(clock),
                (12, Field::Bytes(data)) => packet.interned = Some(data),
                (59, Field::Bytes(defaults)) => packet.defaults = Some(defaults),
                (6, Field::Bytes(data)) => packet.data = Data::Clocks(data),
                (11, Field::Bytes(data)) => packet.data = Data::Event(data),
                (43, Field::Bytes(data)) => packet.data = Data::Process(data),
                (44, Field::Bytes(data)) => packet.data = Data::Thread(data),
                (50, Field::Bytes(data)) => packet.data = Data::Deflated(data),
                (60, Field::Bytes(data)) => packet.data = Data::Track(data),
                (133, Field::Bytes(data)) => packet.data = Data::Zstd(data),
                // The configuration, statistics and the like belong to every trace.
                (33 | 35 | 36 | 45 | 69 | 89, _) | (_, Field::Varint(_)) => {}
                (_, Field::Bytes(_)) => packet.data = Data::Other,
                _ => {}
            }
        }
        Ok(packet)
    }
}

impl Perfetto {
    pub(super) fn packet(&mut self, packet: Message<'_>, findings: &mut Findings) -> Result<()> {
        let packet = Packet::read(packet)?;
        let sequence = self.sequences.entry(packet.sequence).or_default();
        sequence.goes_on(packet.flags & CLEARED != 0, packet.was_dropped);
        if let Some(interned) = packet.interned {
            sequence.intern(interned)?;
        }
        if let Some(defaults) = packet.defaults {
            sequence.take_defaults(defaults)?;
        }
        match packet.data {
            Data::Event(_) if packet.flags & NEEDS_STATE != 0 && !sequence.is_valid => {
                self.passed.incomplete += 1;
                Ok(())
            }
            Data::Event(event) => {
                let moment = Moment {
                    sequence: packet.sequence,
                    time: self.time(&packet),
                };
                self.event(event, moment)
            }
            Data::Track(track) => self.tracks.describe(track),
            Data::Process(process) => self.tracks.describe_process(process),
            Data::Thread(thread) => {
                let described = self.tracks.describe_thread(thread)?;
                sequence.runs_on(described);
                Ok(())
            }
            Data::Clocks(snapshot) => self.clocks.snapshot(snapshot, packet.sequence),
            Data::Deflated(bytes) => {
                let bytes = bytes.bytes();
                self.compressed(flate2::read::ZlibDecoder::new(bytes), findings);
                Ok(())
            }
            Data::Zstd(bytes) => {
                if let Ok(decoder) = zstd::Decoder::new(bytes.bytes()) {
                    self.compressed(decoder, findings);
                }
                Ok(())
            }
            Data::Other => {
                self.passed.others += 1;
                Ok(())
            }
            Data::Nothing => Ok(()),
        }
    }

    /// When the packet's event was, since boot; `None` if the event itself says it.
    fn time(&mut self, packet: &Packet<'_>) -> Option<u64> {
        let default = self.sequences.get(&packet.sequence);
        let default = default.and_then(|sequence| sequence.clock);
        let clock = packet.clock.or(default);
        let time = packet.timestamp?;
        Some(self.clocks.since_boot(clock, packet.sequence, time))
    }

    /// Packets within a packet. What cannot be unpacked is counted as broken.
    fn compressed(&mut self, decoder: impl std::io::Read, findings: &mut Findings) {
        let mut bytes = Vec::new();
        let unpacked = decoder.take(EXPANDED).read_to_end(&mut bytes);
        let mut trace = Message::new(&bytes);
        while let Ok(Some((number, field))) = trace.field() {
            if let (1, Field::Bytes(packet)) = (number, field) {
                // Nothing is compressed twice.
                let is_plain = Packet::read(packet)
                    .is_ok_and(|packet| !matches!(packet.data, Data::Deflated(_) | Data::Zstd(_)));
                if !is_plain || self.packet(packet, findings).is_err() {
                    self.passed.incomplete += 1;
                }
            }
        }
        if unpacked.is_err() {
            self.passed.incomplete += 1;
        }
    }

    /// When an event was that tells it in microseconds itself, as old ones do.
    pub(super) fn legacy_time(&mut self, sequence: u64, micros: i64) -> u64 {
        let nanos = u64::try_from(micros).unwrap_or(0).saturating_mul(1000);
        self.clocks.since_boot(Some(MONOTONIC), sequence, nanos)
    }
}
