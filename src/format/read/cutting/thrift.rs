//! Thrift, some spans at a time: Jaeger's batches and lists of Zipkin's spans, bare or in a call, one
//! behind another.

use std::io::Read;
use std::ops::ControlFlow;

use super::Cutting;
use super::list::{Frame, List};
use crate::format::problem::Reason;
use crate::format::protobuf::put_varint;
use crate::format::read::window::Window;
use crate::format::thrift::{self, Fields, Kind, Protocol, Skip, Thrift, ThriftError};
use crate::format::{Format, jaeger};

/// Whose spans they are, and how they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spans {
    Jaeger(Protocol),
    Zipkin(Protocol),
}

/// Header of a list of structs in the compact protocol, whose length follows.
const COMPACT_LIST: u8 = 0xfc;

impl Frame for Spans {
    fn around(&self, count: u32, process: Option<&[u8]>) -> (Vec<u8>, Vec<u8>) {
        match self {
            Self::Jaeger(Protocol::Binary) => {
                let mut before = Vec::new();
                if let Some(process) = process {
                    before.extend([12, 0, 1]);
                    before.extend_from_slice(process);
                }
                before.extend([15, 0, 2, 12]);
                before.extend(count.to_be_bytes());
                (before, vec![0])
            }
            Self::Jaeger(Protocol::Compact) => {
                let mut before = compact_call(b"emitBatch");
                before.push(0x1c);
                match process {
                    Some(process) => {
                        before.push(0x1c);
                        before.extend_from_slice(process);
                        before.extend([0x19, COMPACT_LIST]);
                    }
                    None => before.extend([0x29, COMPACT_LIST]),
                }
                put_varint(&mut before, u64::from(count));
                (before, vec![0, 0])
            }
            Self::Zipkin(Protocol::Binary) => {
                let mut before = vec![12];
                before.extend(count.to_be_bytes());
                (before, Vec::new())
            }
            Self::Zipkin(Protocol::Compact) => {
                let mut before = compact_call(b"emitZipkinBatch");
                before.extend([0x19, COMPACT_LIST]);
                put_varint(&mut before, u64::from(count));
                (before, vec![0])
            }
        }
    }

    fn group(&self, span: &[u8]) -> Option<u128> {
        let Self::Zipkin(protocol) = self else {
            return None;
        };
        trace_id(Thrift::new(span, *protocol)).ok()
    }

    fn wants_process(&self, _span: &[u8]) -> bool {
        matches!(self, Self::Jaeger(_))
    }
}

fn compact_call(name: &[u8]) -> Vec<u8> {
    let mut call = vec![0x82, 0x21, 0, name.len() as u8];
    call.extend_from_slice(name);
    call
}

/// Both halves of the trace id of Zipkin's span.
fn trace_id(mut span: Thrift<'_>) -> thrift::Result<u128> {
    let (mut fields, mut id) = (Fields::default(), 0);
    while let Some(field) = span.field(&mut fields)? {
        match (field.id, field.kind) {
            (1, Kind::I64) => id |= u128::from(span.integer(field.kind)? as u64),
            (12, Kind::I64) => id |= u128::from(span.integer(field.kind)? as u64) << 64,
            (_, kind) => span.skip(kind)?,
        }
    }
    Ok(id)
}

impl Cutting<'_> {
    /// Batches or lists, some of their spans at a time.
    pub(super) fn thrift(
        &self,
        source: &mut dyn Read,
        format: Format,
        prompt: bool,
    ) -> ControlFlow<()> {
        let mut walk = Walk {
            cutting: self,
            is_zipkin: format == Format::ZipkinThrift,
            protocol: Protocol::Binary,
            list: List::new(self, format, Spans::Jaeger(Protocol::Binary), prompt),
            window: Window::new(source, self.options.limits.message_bytes),
        };
        let mut is_first = true;
        loop {
            let stopped = match walk.next(is_first) {
                Ok(true) => None,
                Ok(false) => return ControlFlow::Continue(()),
                Err(stop) => Some(stop),
            };
            is_first = false;
            match stopped {
                None | Some(Stop::Told) => walk.list.end()?,
                Some(Stop::Broken(error)) => {
                    walk.list.end()?;
                    let at = walk.window.offset() + error.at as u64;
                    walk.window.give_up();
                    self.fault(Reason::Malformed, error.what.to_owned(), at)?;
                }
                Some(Stop::Closed) => return ControlFlow::Break(()),
            }
        }
    }
}

/// Why a walk goes no further.
enum Stop {
    /// Nobody takes any more.
    Closed,
    /// It is told already, or whoever decodes will tell.
    Told,
    /// What comes next is not what it has to be.
    Broken(ThriftError),
}

type Step<T> = Result<T, Stop>;

/// Turns what a queue says into a step.
fn taken(flow: ControlFlow<()>) -> Step<()> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Stop::Closed),
    }
}

/// A walk through what comes.
struct Walk<'c, 'q, 's> {
    cutting: &'c Cutting<'q>,
    is_zipkin: bool,
    protocol: Protocol,
    list: List<'c, 'q, Spans>,
    window: Window<'s>,
}

impl Walk<'_, '_, '_> {
    /// Walks through the next batch, list or call; false at the end.
    fn next(&mut self, is_first: bool) -> Step<bool> {
        while self.window.rest().len() < 8 && !self.window.is_ended() {
            self.more()?;
        }
        let rest = self.window.rest();
        if rest.is_empty() {
            return Ok(false);
        }
        let shape = if self.is_zipkin {
            zipkin_shape(rest)
        } else {
            jaeger::Shape::of(rest)
        };
        let shape = match shape {
            None if !is_first => {
                let what = "what stands behind the spans is neither a batch nor a call";
                return Err(Stop::Broken(ThriftError { at: 0, what }));
            }
            shape => shape.unwrap_or(jaeger::Shape::BODY),
        };
        self.protocol = shape.protocol;
        self.list.frame = if self.is_zipkin {
            Spans::Zipkin(shape.protocol)
        } else {
            Spans::Jaeger(shape.protocol)
        };
        match (shape.is_message, self.is_zipkin) {
            (true, _) => self.call()?,
            (false, true) => self.spans()?,
            (false, false) => self.batch()?,
        }
        Ok(true)
    }

    /// A call, whose first argument is the batch or the list.
    fn call(&mut self) -> Step<()> {
        let is_zipkin = self.is_zipkin;
        self.read(|thrift| {
            let at = thrift.offset();
            let message = thrift.message()?;
            if !is_zipkin && message.name != b"emitBatch" {
                let what = "a call of another method than emitBatch";
                return Err(ThriftError { at, what });
            }
            Ok(())
        })?;
        let mut fields = Fields::default();
        while let Some((id, kind)) = self.field(&mut fields)? {
            match (id, kind, is_zipkin) {
                (1, Kind::Struct, false) => self.batch()?,
                (1, Kind::List, true) => self.spans()?,
                _ => drop(self.value(kind)?),
            }
        }
        Ok(())
    }

    fn batch(&mut self) -> Step<()> {
        let mut fields = Fields::default();
        while let Some((id, kind)) = self.field(&mut fields)? {
            match (id, kind) {
                (1, Kind::Struct) => {
                    let process = self.value(kind)?;
                    taken(self.list.process(process, true))?;
                }
                (2, Kind::List) => self.spans()?,
                _ => drop(self.value(kind)?),
            }
        }
        Ok(())
    }

    fn spans(&mut self) -> Step<()> {
        let (kind, count) = self.read(|thrift: &mut Thrift<'_>| thrift.list())?;
        for _ in 0..count {
            match self.length(kind) {
                Ok(length) => {
                    let span = self.window.rest().get(..length).unwrap_or_default();
                    if kind == Kind::Struct {
                        taken(self.list.item(span, self.window.offset()))?;
                    }
                    self.window.pass(length);
                }
                Err(Stop::Broken(_)) if kind == Kind::Struct => {
                    let at = self.window.offset();
                    let rest = self.window.take_rest();
                    self.window.give_up();
                    taken(self.list.broken(&rest, at))?;
                    return Err(Stop::Told);
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok(())
    }

    fn field(&mut self, fields: &mut Fields) -> Step<Option<(i16, Kind)>> {
        let before = *fields;
        let (field, after) = self.read(|thrift| {
            let mut fields = before;
            Ok((thrift.field(&mut fields)?, fields))
        })?;
        *fields = after;
        Ok(field.map(|field| (field.id, field.kind)))
    }

    /// The bytes of the value of a field.
    fn value(&mut self, kind: Kind) -> Step<Vec<u8>> {
        if (kind, self.protocol) == (Kind::Bool, Protocol::Compact) {
            // Its header told it.
            return Ok(Vec::new());
        }
        let length = self.length(kind)?;
        let value = self.window.rest().get(..length).unwrap_or_default();
        let value = value.to_vec();
        self.window.pass(length);
        Ok(value)
    }

    /// The length of the next value, which is there then.
    fn length(&mut self, kind: Kind) -> Step<usize> {
        let mut skip = Skip::of(kind);
        loop {
            match skip.go_on(self.window.rest(), self.protocol) {
                Ok(length) => return Ok(length),
                Err(error) => self.more_for(error)?,
            }
        }
    }

    fn read<T>(&mut self, read: impl Fn(&mut Thrift<'_>) -> thrift::Result<T>) -> Step<T> {
        loop {
            let mut thrift = Thrift::new(self.window.rest(), self.protocol);
            match read(&mut thrift) {
                Ok(value) => {
                    let length = thrift.offset();
                    self.window.pass(length);
                    return Ok(value);
                }
                Err(error) => self.more_for(error)?,
            }
        }
    }

    /// Reads more, if that is all that is wrong.
    fn more_for(&mut self, error: ThriftError) -> Step<()> {
        if !error.is_short() || self.window.is_ended() {
            return Err(Stop::Broken(error));
        }
        self.more()
    }

    fn more(&mut self) -> Step<()> {
        taken(self.cutting.more(&mut self.window, &mut self.list))?;
        Ok(())
    }
}

/// The shape of Zipkin's bytes, which are a list unless they begin as a call does.
fn zipkin_shape(bytes: &[u8]) -> Option<jaeger::Shape> {
    let shape = |protocol, is_message| {
        Some(jaeger::Shape {
            protocol,
            is_message,
        })
    };
    match bytes {
        [0x82, ..] => shape(Protocol::Compact, true),
        [0x80, ..] => shape(Protocol::Binary, true),
        [12, ..] => shape(Protocol::Binary, false),
        _ => None,
    }
}
