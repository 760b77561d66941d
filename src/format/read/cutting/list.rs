//! Items of a list in a binary form, handed over some at a time, each time as a message in itself.
//!
//! Jaeger's spans do not say what emitted them: the process of a batch does, which mostly stands
//! behind them. They wait for it, and each message has it.

use std::ops::ControlFlow;

use super::{Cutting, Part, WAITING};
use crate::format::Format;
use crate::format::findings::Piece;
use crate::format::problem::Reason;
use crate::format::read::pieces::Failure;
use crate::format::read::window::Window;

/// Bytes of the first message: rows are to be seen soon.
const FIRST: usize = 64 << 10;
/// Bytes that messages grow to.
const ENOUGH: usize = 1 << 20;
/// Bytes from which on items are parted that belong together.
const GROUP: usize = 4 << 20;

/// How items become a message.
pub(super) trait Frame {
    /// What stands before so many of them, and what behind them.
    fn around(&self, count: u32, process: Option<&[u8]>) -> (Vec<u8>, Vec<u8>);

    /// What an item belongs to: those that follow one another with the same are kept together.
    fn group(&self, _item: &[u8]) -> Option<u128> {
        None
    }

    /// Whether an item has to be told what emitted it.
    fn wants_process(&self, _item: &[u8]) -> bool {
        false
    }
}

/// A list that is being cut.
pub(super) struct List<'c, 'q, F> {
    cutting: &'c Cutting<'q>,
    format: Format,
    pub(super) frame: F,
    enough: usize,
    /// More may be long in coming: what is there is handed over before it is waited for.
    prompt: bool,
    /// The items that are gathered.
    portion: Portion,
    group: Option<u128>,
    /// What waits for its process.
    waiting: Vec<Portion>,
    waiting_bytes: usize,
    process: Option<Vec<u8>>,
    /// The process is that of all items, or none will come: they need not wait.
    is_settled: bool,
}

/// Some items that stand behind one another.
#[derive(Default)]
struct Portion {
    items: Vec<u8>,
    count: u32,
    /// Where they begin.
    at: u64,
    wants_process: bool,
    /// Nothing can stand behind it.
    is_broken: bool,
}

impl Cutting<'_> {
    /// Reads more.
    pub(super) fn more<F: Frame>(
        &self,
        window: &mut Window<'_>,
        list: &mut List<'_, '_, F>,
    ) -> ControlFlow<()> {
        list.waits(window.is_short())?;
        match window.fill() {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => self.failure(failure),
        }
    }

    /// Tells why a source gives no more.
    pub(super) fn failure(&self, failure: Failure) -> ControlFlow<()> {
        self.fault(failure.reason, failure.message, failure.offset)
    }

    /// What is known of spans before they are read.
    pub(super) fn ahead(&self) -> Option<Vec<u8>> {
        self.ahead.as_ref().and_then(|ahead| ahead.get().cloned())
    }
}

impl<'c, 'q, F: Frame> List<'c, 'q, F> {
    pub(super) fn new(cutting: &'c Cutting<'q>, format: Format, frame: F, prompt: bool) -> Self {
        let is_live = cutting.options.live;
        Self {
            cutting,
            format,
            frame,
            enough: if is_live { 1 } else { FIRST },
            prompt,
            portion: Portion::default(),
            group: None,
            waiting: Vec::new(),
            waiting_bytes: 0,
            process: None,
            is_settled: false,
        }
    }

    /// With the process of all items, if it is known before any.
    pub(super) fn settled(mut self, process: Option<Vec<u8>>) -> Self {
        self.is_settled = process.is_some();
        self.process = process;
        self
    }

    /// Takes an item that stands at an offset.
    pub(super) fn item(&mut self, item: &[u8], at: u64) -> ControlFlow<()> {
        let bytes = self.portion.items.len();
        let group = self.frame.group(item);
        let is_next = group.is_none() || group != self.group;
        if bytes >= GROUP || (bytes >= self.enough && is_next) {
            self.cut()?;
            if !self.cutting.options.live {
                self.enough = (self.enough * 2).min(ENOUGH);
            }
        }
        self.group = group;
        let portion = &mut self.portion;
        if portion.count == 0 {
            portion.at = at;
            if portion.items.capacity() == 0 {
                portion.items = self.cutting.queue.spare();
            }
        }
        portion.items.extend_from_slice(item);
        portion.count += 1;
        portion.wants_process |= !self.is_settled && self.frame.wants_process(item);
        ControlFlow::Continue(())
    }

    /// Takes what is left of an item that breaks off: whoever decodes it will tell.
    pub(super) fn broken(&mut self, item: &[u8], at: u64) -> ControlFlow<()> {
        self.item(item, at)?;
        self.portion.is_broken = true;
        ControlFlow::Continue(())
    }

    /// Takes the process of the items before it, and of those behind it if none comes behind these.
    /// With `of_all` none will.
    pub(super) fn process(&mut self, process: Vec<u8>, of_all: bool) -> ControlFlow<()> {
        if self.is_settled {
            return ControlFlow::Continue(());
        }
        self.process = Some(process);
        self.is_settled = of_all;
        self.release()
    }

    /// More has to be read, which the source gave `short` of what was asked the last time.
    pub(super) fn waits(&mut self, short: bool) -> ControlFlow<()> {
        let is_live = self.cutting.options.live;
        if is_live || (self.prompt && short && self.group.is_none()) {
            return self.cut();
        }
        ControlFlow::Continue(())
    }

    /// Hands over all that is there: the list has ended.
    pub(super) fn end(&mut self) -> ControlFlow<()> {
        self.release()?;
        (self.process, self.is_settled) = (None, false);
        ControlFlow::Continue(())
    }

    /// What was gathered goes on its way.
    fn cut(&mut self) -> ControlFlow<()> {
        let portion = std::mem::take(&mut self.portion);
        if portion.count == 0 {
            return ControlFlow::Continue(());
        }
        if self.is_settled || !portion.wants_process {
            return self.push(portion);
        }
        self.waiting_bytes += portion.items.len();
        let at = portion.at;
        self.waiting.push(portion);
        if self.waiting_bytes <= self.cutting.options.limits.ahead_bytes {
            return ControlFlow::Continue(());
        }
        let message = format!(
            "the process of a batch stands behind {} MiB of its spans: these show no service",
            self.waiting_bytes >> 20
        );
        self.cutting.fault(Reason::TooLarge, message, at)?;
        self.process = None;
        self.is_settled = true;
        self.release()
    }

    fn release(&mut self) -> ControlFlow<()> {
        self.waiting_bytes = 0;
        for portion in std::mem::take(&mut self.waiting) {
            self.push(portion)?;
        }
        let portion = std::mem::take(&mut self.portion);
        if portion.count > 0 {
            self.push(portion)?;
        }
        ControlFlow::Continue(())
    }

    fn push(&self, portion: Portion) -> ControlFlow<()> {
        let (before, behind) = self.frame.around(portion.count, self.process.as_deref());
        let piece = Piece {
            offset: portion.at,
            prefix: before.len(),
            ..Piece::default()
        };
        let behind = if portion.is_broken {
            Vec::new()
        } else {
            behind
        };
        let mut bytes = portion.items;
        if before.is_empty() {
            bytes.extend_from_slice(&behind);
        } else {
            let items = bytes;
            bytes = self.cutting.queue.spare();
            for part in [&before, &items, &behind] {
                bytes.extend_from_slice(part);
            }
            self.cutting.queue.give_back(items);
        }
        let length = bytes.len();
        let part = Part::Binary(self.format, bytes, piece);
        self.cutting.queue.push(part, length, WAITING)
    }
}
