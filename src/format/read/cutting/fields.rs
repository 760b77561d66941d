//! Protobuf, some fields of a message at a time.

use std::io::Read;
use std::ops::ControlFlow;

use super::Cutting;
use super::list::{Frame, List};
use crate::format::Format;
use crate::format::problem::Reason;
use crate::format::protobuf::{Field, Message, put_bytes};
use crate::format::read::decoders::Fields;
use crate::format::read::window::{Short, Window};

/// Bytes from which on a group, whose length nothing tells, is not waited for any longer.
const LONGEST_GROUP: usize = 1 << 20;

impl Frame for Fields {
    fn around(&self, _count: u32, process: Option<&[u8]>) -> (Vec<u8>, Vec<u8>) {
        let mut behind = Vec::new();
        if let Some(process) = process {
            put_bytes(&mut behind, PROCESS, process);
        }
        (Vec::new(), behind)
    }

    fn group(&self, item: &[u8]) -> Option<u128> {
        let span = first_of(item).filter(|_| *self == Self::Grouped)?;
        let id = first_of(span)?;
        let id = id.iter().take(16);
        Some(id.fold(0, |id, &byte| id << 8 | u128::from(byte)))
    }

    fn wants_process(&self, item: &[u8]) -> bool {
        let Some(span) = first_of(item).filter(|_| *self == Self::Batch) else {
            return false;
        };
        let mut span = Message::new(span);
        while let Ok(Some((number, _))) = span.field() {
            if number == OWN_PROCESS {
                return false;
            }
        }
        true
    }
}

/// The field of a batch that is its process, and that of a span which has its own.
const PROCESS: u32 = 2;
const OWN_PROCESS: u32 = 10;

/// The content of a message's first field, if that is field 1 and has content.
fn first_of(message: &[u8]) -> Option<&[u8]> {
    match Message::new(message).field() {
        Ok(Some((1, Field::Bytes(content)))) => Some(content.bytes()),
        _ => None,
    }
}

/// The format of a message, what its fields are to one another, and whether more of it may be
/// long in coming.
type What = (Format, Fields, bool);

/// What comes next in a message.
enum Next {
    /// A field of so many bytes, which are there.
    Field(u32, usize),
    /// One of so many bytes, which are more than may be held.
    TooLong(u64),
    Broken,
}

impl Cutting<'_> {
    /// A message, some of its fields at a time.
    pub(super) fn fields(&self, source: &mut dyn Read, what: What) -> ControlFlow<()> {
        let (mut window, mut list) = self.opened(source, what);
        self.fields_to(u64::MAX, &mut window, &mut list)?;
        list.end()
    }

    /// Messages that stand each in field 1 of a message around them.
    pub(super) fn wrapped_fields(&self, source: &mut dyn Read, what: What) -> ControlFlow<()> {
        let (mut window, mut list) = self.opened(source, what);
        loop {
            let mut rest = Message::new(window.rest());
            match rest.begin() {
                Ok(Some((number, length))) => {
                    let header = window.rest().len() - rest.bytes().len();
                    window.pass(header);
                    let end = window.offset().saturating_add(length);
                    if number == 1 {
                        self.fields_to(end, &mut window, &mut list)?;
                        list.end()?;
                    }
                    // What is broken ends with its message.
                    if !window.is_ended() {
                        let left = end.saturating_sub(window.offset());
                        self.pass_over(&mut window, left)?;
                    }
                }
                Err(error) if !error.is_short() => return self.broken(u64::MAX, &mut window),
                _ if window.is_ended() => return self.ended(&mut window),
                _ => self.more(&mut window, &mut list)?,
            }
        }
    }

    fn opened<'s>(
        &self,
        source: &'s mut dyn Read,
        (format, kind, prompt): What,
    ) -> (Window<'s>, List<'_, '_, Fields>) {
        let window = Window::new(source, self.options.limits.message_bytes);
        let list = List::new(self, format, kind, prompt).settled(self.ahead());
        (window, list)
    }

    /// The fields up to an offset, or to the end of the source.
    fn fields_to(
        &self,
        end: u64,
        window: &mut Window<'_>,
        list: &mut List<'_, '_, Fields>,
    ) -> ControlFlow<()> {
        let limit = self.options.limits.message_bytes;
        while window.offset() < end {
            match next(window.rest(), limit) {
                Ok(Next::Field(_, whole)) if window.offset() + whole as u64 > end => {
                    return self.broken(end, window);
                }
                Ok(Next::Field(number, whole)) => {
                    let field = window.rest().get(..whole).unwrap_or_default();
                    field_of(field, number, window.offset(), list)?;
                    window.pass(whole);
                }
                Ok(Next::TooLong(length)) => {
                    let message = format!("a field of {} MiB", length >> 20);
                    self.fault(Reason::TooLarge, message, window.offset())?;
                    self.pass_over(window, length)?;
                }
                Ok(Next::Broken) => return self.broken(end, window),
                Err(Short) if window.is_ended() => return self.ended(window),
                Err(Short) => self.more(window, list)?,
            }
        }
        ControlFlow::Continue(())
    }

    /// Passes over bytes that need not be at hand.
    fn pass_over(&self, window: &mut Window<'_>, length: u64) -> ControlFlow<()> {
        match window.pass_over(length) {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => self.failure(failure),
        }
    }

    /// The source has ended: was that in the middle of something?
    fn ended(&self, window: &mut Window<'_>) -> ControlFlow<()> {
        if window.rest().is_empty() {
            return ControlFlow::Continue(());
        }
        let at = window.offset();
        window.give_up();
        let message = "the input ends inside a message".to_owned();
        self.fault(Reason::Truncated, message, at)
    }

    /// What comes next is no field: nothing tells where another one begins before the `end`.
    fn broken(&self, end: u64, window: &mut Window<'_>) -> ControlFlow<()> {
        let error = Message::new(window.rest()).field().err();
        let what = error.map_or("a field beyond the end of its message", |error| error.what);
        let at = window.offset();
        if end == u64::MAX {
            window.give_up();
        }
        self.fault(Reason::Malformed, what.to_owned(), at)
    }
}

/// Takes a field that stands at an offset.
fn field_of(
    field: &[u8],
    number: u32,
    at: u64,
    list: &mut List<'_, '_, Fields>,
) -> ControlFlow<()> {
    if number == PROCESS
        && list.frame == Fields::Batch
        && let Ok(Some((_, Field::Bytes(process)))) = Message::new(field).field()
    {
        return list.process(process.bytes().to_vec(), false);
    }
    list.item(field, at)
}

/// What stands at the beginning of `bytes`.
fn next(bytes: &[u8], limit: u64) -> Result<Next, Short> {
    let mut message = Message::new(bytes);
    let length = |left: Message<'_>| bytes.len() - left.bytes().len();
    match message.begin() {
        Ok(Some((number, content))) => {
            let header = length(message);
            return if content > limit {
                Ok(Next::TooLong(content.saturating_add(header as u64)))
            } else if (bytes.len() - header) as u64 >= content {
                Ok(Next::Field(number, header + content as usize))
            } else {
                Err(Short)
            };
        }
        Err(error) if error.is_short() => return Err(Short),
        Err(_) => return Ok(Next::Broken),
        Ok(None) => {}
    }
    match message.field() {
        Ok(None) => Err(Short),
        Ok(Some((number, _))) => Ok(Next::Field(number, length(message))),
        Err(error) if error.is_short() && bytes.len() < LONGEST_GROUP => Err(Short),
        Err(_) => Ok(Next::Broken),
    }
}
