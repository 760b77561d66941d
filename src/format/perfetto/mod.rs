//! Perfetto's traces in protobuf, as far as they have tracks with slices and instants: what the
//! SDK, Chrome, Android's apps and `tracing-perfetto` write.
//!
//! A trace is a list of packets. Packets of one writer are a sequence: they name strings once and
//! refer to them by number, and have defaults. Tracks are described by packets of their own, each
//! below another one: a thread of a process, an asynchronous track, a counter. A slice is a
//! beginning and an end on a track; the parents come from time, see [`timeline`](super::timeline).
//! Samples, counters, and what the kernel tells are passed over and counted.
//!
//! Format: `protos/perfetto/trace/trace_packet.proto` and `track_event/*.proto` of
//! <https://github.com/google/perfetto>. Times are in nanoseconds since boot, mostly; snapshots of
//! the clocks tell what that is in the world's.

mod annotation;
mod clock;
mod event;
mod packet;
mod sequence;
mod track;

use std::collections::HashMap;

use super::course::Course;
use super::findings::Findings;
use super::output::Output;
use super::problem::{Problem, Reason};
use super::protobuf::{Field, Message, WireError};
use super::timeline::{Timeline, TrackIx, Whole};
use crate::model::{BlockBuilder, TraceId};
use clock::Clocks;
use sequence::Sequence;
use track::Tracks;

/// Begins to decode a trace.
pub(super) fn course() -> Box<dyn Course> {
    Box::<Perfetto>::default()
}

/// What was read of a trace.
#[derive(Debug, Default)]
struct Perfetto {
    trace_id: TraceId,
    timeline: Timeline,
    tracks: Tracks,
    sequences: HashMap<u64, Sequence>,
    clocks: Clocks,
    /// How often an arrow's number was used up.
    arrows: HashMap<u64, u64>,
    /// What was passed over.
    passed: Passed,
    is_cut: bool,
}

/// What was passed over, by what it is.
#[derive(Debug, Default)]
struct Passed {
    counters: u64,
    others: u64,
    /// Events that refer to what was lost before the recording began.
    incomplete: u64,
    unmatched: u64,
}

impl Course for Perfetto {
    fn piece(&mut self, bytes: &[u8], room: usize, mut out: Output<'_>) -> Result<(), Problem> {
        if self.trace_id == TraceId::default() {
            self.trace_id = out.trace_id(bytes);
        }
        let result = self.packets(bytes, out.findings);
        if self.bytes() > room {
            self.make_room(room, &mut out);
        }
        result.map_err(|error| out.findings.malformed(error.at, error.what))
    }

    fn finish(&mut self, mut out: Output<'_>) {
        self.pour(true, &mut out);
        self.tell(out.findings);
    }
}

impl Perfetto {
    /// The packets of a trace. One that is broken costs itself.
    fn packets(&mut self, bytes: &[u8], findings: &mut Findings) -> Result<(), WireError> {
        let mut trace = Message::new(bytes);
        while let Some((number, field)) = trace.field()? {
            if let (1, Field::Bytes(packet)) = (number, field)
                && let Err(error) = self.packet(packet, findings)
            {
                findings.report(findings.malformed(error.at, error.what));
            }
        }
        Ok(())
    }

    /// Heap bytes, about.
    fn bytes(&self) -> usize {
        let sequences: usize = self.sequences.values().map(Sequence::bytes).sum();
        let arrows = self.arrows.len() * 2 * size_of::<(u64, u64)>();
        self.timeline.bytes() + self.tracks.bytes() + sequences + arrows
    }

    /// Pours what was read so far into blocks: it is too much to be kept.
    fn make_room(&mut self, room: usize, out: &mut Output<'_>) {
        let kept = self.bytes() >> 20;
        if !std::mem::replace(&mut self.is_cut, true) {
            out.findings.report(Problem {
                place: out.findings.place_in_bytes(0, String::new()),
                reason: Reason::TooLarge,
                message: format!(
                    "no more than {kept} MiB of a timeline are kept at once: a slice finds no \
                     parent and no arrow among those before"
                ),
                spans: 0,
            });
        }
        self.pour(false, out);
        if self.bytes() > room / 2 {
            // Slices that never end, names without end.
            self.pour(true, out);
            self.sequences.clear();
            self.arrows.clear();
        }
    }

    fn pour(&mut self, all: bool, out: &mut Output<'_>) {
        let tracks = &self.tracks;
        let owner =
            |track: TrackIx, builder: &mut BlockBuilder| tracks.owner(track.index(), builder);
        let whole = Whole {
            trace_id: self.trace_id,
            shift: self.clocks.to_world(),
            owner: &owner,
        };
        let (stay, unmatched) = self.timeline.pour(whole, all, out);
        self.passed.unmatched += unmatched;
        self.tracks.keep(&stay);
    }

    /// Tells what was passed over.
    fn tell(&self, findings: &mut Findings) {
        let Passed {
            counters,
            others,
            incomplete,
            unmatched,
        } = self.passed;
        let counts = [
            (counters, "counters"),
            (others, "packets that hold no slices"),
            (
                incomplete,
                "events that refer to names from before the recording",
            ),
            (unmatched, "ends without a beginning"),
        ];
        for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
            let place = findings.place_in_bytes(0, String::new());
            findings.report(Problem {
                place,
                reason: Reason::Unsupported,
                message: format!("{what}: {count} passed over"),
                spans: 0,
            });
        }
    }
}

#[cfg(test)]
mod tests;
