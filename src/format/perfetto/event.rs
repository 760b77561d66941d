//! An event on a track: `track_event.proto`, and what it becomes on the timeline.

use super::Perfetto;
use super::annotation::Annotations;
use super::sequence::{Sequence, Source, text};
use crate::format::protobuf::{Field, Message, Result};
use crate::format::timeline::{Named, TrackIx};
use crate::model::{BlockBuilder, PairIx, Sym, Value};

/// Whose event it is, and when it was.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub sequence: u64,
    /// Nanoseconds since boot; `None` if the event says it.
    pub time: Option<u64>,
}

/// The fields of an event that are of account.
#[derive(Debug, Default)]
struct Event<'a> {
    kind: u64,
    track: Option<u64>,
    name: Option<String>,
    name_id: u64,
    categories: Vec<String>,
    category_ids: Vec<u64>,
    annotations: Vec<Message<'a>>,
    source: Option<Source>,
    source_id: u64,
    correlation: Option<String>,
    /// Numbers of arrows, and whether they end here.
    arrows: Vec<(u64, bool)>,
    legacy: Option<Legacy>,
    /// Microseconds since the event before it, or since boot.
    delta: Option<i64>,
    absolute: Option<i64>,
}

/// What events of Chrome's older format say beside: `TrackEvent.LegacyEvent`.
#[derive(Debug, Default)]
struct Legacy {
    name_id: u64,
    phase: u8,
    micros: i64,
    id: Option<u64>,
    scope: String,
}

/// What happens on a track.
enum What {
    Begin,
    End,
    Mark,
    /// A slice of so many nanoseconds.
    Slice(u64),
    Counter,
    Other,
}

impl<'a> Event<'a> {
    fn read(mut message: Message<'a>) -> Result<Self> {
        let mut event = Self::default();
        while let Some((number, field)) = message.field()? {
            match (number, field) {
                (9, Field::Varint(kind)) => event.kind = kind,
                (11, Field::Varint(track)) => event.track = Some(track),
                (10, Field::Varint(id)) => event.name_id = id,
                (23, Field::Bytes(name)) => event.name = Some(text(name)),
                (3, field) => numbers(field, &mut |id| event.category_ids.push(id)),
                (22, Field::Bytes(category)) => event.categories.push(text(category)),
                (4, Field::Bytes(annotation)) => event.annotations.push(annotation),
                (36 | 47, field) => numbers(field, &mut |id| event.arrows.push((id, false))),
                (42 | 48, field) => numbers(field, &mut |id| event.arrows.push((id, true))),
                (33, Field::Bytes(source)) => event.source = Some(Source::read(source)?.1),
                (34, Field::Varint(id)) => event.source_id = id,
                (52, Field::Varint(id)) => event.correlation = Some(id.to_string()),
                (53, Field::Bytes(id)) => event.correlation = Some(text(id)),
                (6, Field::Bytes(legacy)) => event.legacy = Some(Legacy::read(legacy)?),
                (1, Field::Varint(micros)) => event.delta = Some(micros.cast_signed()),
                (16, Field::Varint(micros)) => event.absolute = Some(micros.cast_signed()),
                _ => {}
            }
        }
        Ok(event)
    }

    fn what(&self) -> What {
        let phase = self.legacy.as_ref().map_or(0, |legacy| legacy.phase);
        match (self.kind, phase) {
            (1, _) | (_, b'B' | b'b' | b'S') => What::Begin,
            (2, _) | (_, b'E' | b'e' | b'F') => What::End,
            (3, _) | (_, b'i' | b'I' | b'R' | b'n' | b'T' | b'p') => What::Mark,
            (4, _) | (_, b'C') => What::Counter,
            (_, b'X') => {
                let micros = self.legacy.as_ref().map_or(0, |legacy| legacy.micros);
                What::Slice(u64::try_from(micros).unwrap_or(0).saturating_mul(1000))
            }
            _ => What::Other,
        }
    }
}

impl Legacy {
    fn read(mut message: Message<'_>) -> Result<Self> {
        let mut legacy = Self::default();
        while let Some((number, field)) = message.field()? {
            match (number, field) {
                (1, Field::Varint(id)) => legacy.name_id = id,
                (2, Field::Varint(phase)) => legacy.phase = phase as u8,
                (3, Field::Varint(micros)) => legacy.micros = micros.cast_signed(),
                (6 | 10 | 11, Field::Varint(id)) => legacy.id = Some(id),
                (7, Field::Bytes(scope)) => legacy.scope = text(scope),
                _ => {}
            }
        }
        Ok(legacy)
    }

    /// Whether it belongs to an id rather than to a thread.
    fn is_asynchronous(&self) -> bool {
        matches!(self.phase, b'b' | b'e' | b'n' | b'S' | b'F' | b'T' | b'p')
    }
}

impl Perfetto {
    /// Puts an event onto its track.
    pub(super) fn event(&mut self, message: Message<'_>, moment: Moment) -> Result<()> {
        let event = Event::read(message)?;
        let time = self.time_of(&event, &moment);
        let what = event.what();
        let Some(track) = self.track_of(&event, moment.sequence) else {
            self.passed.counters += 1;
            return Ok(());
        };
        match what {
            What::Counter => {
                self.passed.counters += 1;
                return Ok(());
            }
            What::Other => {
                self.passed.others += 1;
                return Ok(());
            }
            _ => {}
        }
        let Self {
            timeline,
            sequences,
            arrows,
            ..
        } = self;
        let sequence = sequences.entry(moment.sequence).or_default();
        let (name, pairs) = named(&event, sequence, &mut timeline.names)?;
        let named = Named {
            name,
            pairs: &pairs,
        };
        match what {
            What::Begin => timeline.begin(track, time, named),
            What::End => timeline.end(track, time, named),
            What::Slice(duration) => {
                timeline.slice(track, time, time.saturating_add(duration), named);
            }
            _ => timeline.mark(track, time, named),
        }
        for &(arrow, is_last) in &event.arrows {
            let times = arrows.get(&arrow).copied().unwrap_or(0);
            // An arrow that ended leaves its number to another one.
            timeline.flow(track, time, arrow ^ times.wrapping_mul(SPREAD), false);
            if is_last {
                arrows.insert(arrow, times + 1);
            }
        }
        Ok(())
    }

    /// When an event was, in nanoseconds since boot.
    fn time_of(&mut self, event: &Event<'_>, moment: &Moment) -> u64 {
        let sequence = self.sequences.entry(moment.sequence).or_default();
        let micros = match (moment.time, event.absolute, event.delta) {
            (Some(time), ..) => return time,
            (None, Some(absolute), _) => absolute,
            (None, None, delta) => {
                sequence.micros = sequence.micros.saturating_add(delta.unwrap_or(0));
                sequence.micros
            }
        };
        self.legacy_time(moment.sequence, micros)
    }

    /// The track of an event; `None` if it is a counter's.
    fn track_of(&mut self, event: &Event<'_>, sequence: u64) -> Option<TrackIx> {
        let default = self.sequences.get(&sequence);
        let default = default.and_then(|sequence| sequence.track);
        let mut uuid = event.track.or(default).unwrap_or(0);
        if let Some(legacy) = event.legacy.as_ref().filter(|it| it.is_asynchronous()) {
            let key = (&legacy.scope, legacy.id, &event.category_ids);
            uuid = self.tracks.asynchronous(uuid, key);
        }
        let is_counter = self.tracks.is_counter(uuid);
        (!is_counter).then(|| self.tracks.used(uuid, &mut self.timeline))
    }
}

/// Keeps arrows that have a number one after another apart (2^64 divided by the golden ratio).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// What an event is called and carries.
fn named(
    event: &Event<'_>,
    sequence: &Sequence,
    names: &mut BlockBuilder,
) -> Result<(Sym, Vec<PairIx>)> {
    let mut pairs = Vec::new();
    let interned = event.category_ids.iter();
    let interned = interned.filter_map(|id| sequence.categories.get(id));
    let categories: Vec<&str> = interned
        .chain(&event.categories)
        .map(String::as_str)
        .collect();
    if !categories.is_empty() {
        let categories = categories.join(",");
        pairs.push(names.attribute("category", Value::Str(&categories)));
    }
    let source = sequence.sources.get(&event.source_id);
    if let Some(source) = event.source.as_ref().or(source) {
        for (key, text) in [
            ("code.file.path", &source.file),
            ("code.function.name", &source.function),
        ] {
            if !text.is_empty() {
                pairs.push(names.attribute(key, Value::Str(text)));
            }
        }
        if source.line > 0 {
            let line = Value::Int(source.line.cast_signed());
            pairs.push(names.attribute("code.line.number", line));
        }
    }
    if let Some(id) = &event.correlation {
        pairs.push(names.attribute("correlation_id", Value::Str(id)));
    }
    for &annotation in &event.annotations {
        let (key, value) = Annotations { sequence }.read(annotation)?;
        pairs.push(value.with(|value| names.attribute(&key, value)));
    }
    let legacy = event.legacy.as_ref().map_or(0, |legacy| legacy.name_id);
    let id = if event.name_id == 0 {
        legacy
    } else {
        event.name_id
    };
    let name = event.name.as_ref().or_else(|| sequence.names.get(&id));
    Ok((name.map_or(Sym::EMPTY, |name| names.string(name)), pairs))
}

/// Numbers, one in a field or packed.
fn numbers(field: Field<'_>, take: &mut dyn FnMut(u64)) {
    match field {
        Field::Varint(number) | Field::Fixed64(number) => take(number),
        Field::Bytes(packed) => {
            let (numbers, _) = packed.bytes().as_chunks::<8>();
            for number in numbers {
                take(u64::from_le_bytes(*number));
            }
        }
        _ => {}
    }
}
