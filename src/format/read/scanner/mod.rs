//! Where in a stream of JSON we are, and where it can be cut: brackets are counted, and a list whose
//! elements may be told apart is remembered with what has to stand before them.

mod lists;
mod skim;

use std::cell::OnceCell;
use std::rc::Rc;

use super::behind::{Behind, value_of};
use super::decoders::Cut;
use super::scan::{last_token, quote_escape_or_line, structure};

/// Brackets that may be open where a cut is made.
const DEEPEST: usize = 12;

/// Where in the text we are. Positions are those of the buffer that is scanned.
pub(super) struct Scanner {
    cut: Cut,
    depth: usize,
    /// The brackets that are open, outermost first.
    open: [u8; DEEPEST],
    in_string: bool,
    /// Bytes that have been scanned.
    scanned: usize,
    /// Where text begins, behind the prefix.
    begin: usize,
    /// Where the document begins, if it is still there.
    document: Option<usize>,
    levels: Vec<Level>,
    /// A list was met whose elements can be told apart: there is one for a document.
    met_list: bool,
    tail: Option<Tail>,
    /// What explains the elements of lists behind them, if that is known from the start.
    known: Option<Behind>,
    /// Where the last complete document or element ends.
    last: Option<At>,
    /// Bytes of a piece that are enough.
    enough: usize,
    /// Where the last complete element ends, and the group that it is of.
    group: Option<(usize, Vec<u8>)>,
}

/// A list between whose elements a cut may be.
struct Level {
    depth: usize,
    inner: bool,
    /// Where its element begins, if it is still there.
    element: Option<usize>,
    around: Rc<Around>,
}

/// What is put around a piece of a list.
pub(super) struct Around {
    /// Brackets and members before it.
    pub prefix: Vec<u8>,
    /// Brackets behind it.
    pub suffix: Vec<u8>,
    /// What explains the elements, if it stands behind the list.
    behind: Option<Explained>,
}

/// That the elements of a list are explained behind it.
struct Explained {
    key: &'static str,
    /// There from the first cut on.
    value: OnceCell<Behind>,
}

/// The members behind a list, among which is what explains it.
struct Tail {
    from: usize,
    depth: usize,
    around: Rc<Around>,
}

/// A place to cut.
pub(super) struct At {
    /// Where the piece ends.
    pub end: usize,
    /// Where the next one begins.
    pub next: usize,
    /// The list that is cut, if it is not between documents.
    pub within: Option<Rc<Around>>,
}

/// How scanning goes on.
enum Step {
    On,
    /// More bytes have to be there first.
    Wait,
    /// The document breaks off at this line end.
    Broken(usize),
}

impl Scanner {
    pub(super) fn new(cut: Cut) -> Self {
        Self {
            cut,
            depth: 0,
            open: [0; DEEPEST],
            in_string: false,
            scanned: 0,
            begin: 0,
            document: Some(0),
            levels: Vec::new(),
            met_list: false,
            tail: None,
            known: None,
            last: None,
            enough: 0,
            group: None,
        }
    }

    /// What explains the elements of a list behind it, if somebody looked ahead.
    pub(super) fn know(&mut self, behind: Option<Behind>) {
        self.known = behind;
    }

    /// Scans on until there is a cut behind at least `enough` bytes. `ended`: no more bytes come.
    pub(super) fn scan(&mut self, buffer: &[u8], enough: usize, ended: bool) -> Option<At> {
        if self.cut.is_binary() {
            return None;
        }
        let enough = self.begin + enough;
        self.enough = enough;
        if self.last.as_ref().is_some_and(|last| last.end >= enough) {
            return self.last.take();
        }
        while self.scanned < buffer.len() {
            self.skim(buffer);
            let step = if self.in_string {
                self.string(buffer, ended)
            } else {
                self.token(buffer, ended)
            };
            match step {
                Step::On => {}
                Step::Wait => return None,
                Step::Broken(at) => return Some(self.broken(at)),
            }
            if self.last.as_ref().is_some_and(|last| last.end >= enough) {
                return self.last.take();
            }
        }
        None
    }

    /// What is complete so far.
    pub(super) fn so_far(&mut self) -> Option<At> {
        self.last.take()
    }

    /// The buffer was cut: it begins with a prefix of `prefix` bytes now, and behind it with
    /// what stood at the place of the cut.
    pub(super) fn moved(&mut self, cut: &At, prefix: usize) {
        let to = |at: usize| at.checked_sub(cut.next).map(|at| at + prefix);
        self.scanned = to(self.scanned).unwrap_or(prefix);
        self.begin = prefix;
        self.document = self.document.and_then(to);
        for level in &mut self.levels {
            level.element = level.element.and_then(to);
        }
        if let Some(tail) = &mut self.tail {
            tail.from = to(tail.from).unwrap_or(prefix);
        }
        self.last = None;
        self.group = None;
    }

    /// Nothing more comes: what is sought behind a list is not there.
    pub(super) fn give_up(&mut self) {
        let tail = self.tail.take().map(|tail| tail.around);
        let levels = self.levels.drain(..).map(|level| level.around);
        for around in levels.chain(tail) {
            around.explain(Vec::new);
        }
    }

    /// Passes over what is of no account, and scans a byte that is.
    fn token(&mut self, buffer: &[u8], ended: bool) -> Step {
        let rest = buffer.get(self.scanned..).unwrap_or_default();
        let Some(skipped) = structure(rest) else {
            self.scanned = buffer.len();
            return Step::Wait;
        };
        let at = self.scanned + skipped;
        match buffer.get(at) {
            Some(b'"') => self.in_string = true,
            Some(b'{') => self.enter(b'{'),
            Some(b'[') => {
                self.enter(b'[');
                let level = self.list(buffer, at);
                self.levels.extend(level);
            }
            Some(b',') => self.comma(buffer, at),
            Some(b'\n') if self.depth > 0 => return self.line_end(buffer, at, ended),
            Some(b'\n') | None => {}
            Some(_) => self.leave(buffer, at),
        }
        self.scanned = at + 1;
        Step::On
    }

    /// Scans on in a string, to its end, to an escape or to the end of a line.
    fn string(&mut self, buffer: &[u8], ended: bool) -> Step {
        let rest = buffer.get(self.scanned..).unwrap_or_default();
        let Some(special) = quote_escape_or_line(rest) else {
            self.scanned = buffer.len();
            return Step::Wait;
        };
        let at = self.scanned + special;
        match buffer.get(at) {
            Some(b'"') => self.in_string = false,
            Some(b'\n') => return self.line_end(buffer, at, ended),
            // An escape, and what it escapes.
            _ if at + 1 < buffer.len() || ended => {
                self.scanned = at + 2;
                return Step::On;
            }
            _ => {
                self.scanned = at;
                return Step::Wait;
            }
        }
        self.scanned = at + 1;
        Step::On
    }

    fn line_end(&mut self, buffer: &[u8], at: usize, ended: bool) -> Step {
        self.scanned = at;
        match is_broken_line(buffer, at) {
            None if !ended => return Step::Wait,
            Some(true) => return Step::Broken(at),
            _ => self.scanned = at + 1,
        }
        Step::On
    }

    fn enter(&mut self, bracket: u8) {
        if let Some(open) = self.open.get_mut(self.depth) {
            *open = bracket;
        }
        self.depth += 1;
    }

    /// A closing bracket.
    fn leave(&mut self, buffer: &[u8], at: usize) {
        if let Some(level) = self.levels.pop_if(|level| level.depth == self.depth) {
            if level.around.is_sought() {
                self.tail = Some(Tail {
                    from: at + 1,
                    depth: self.depth - 1,
                    around: level.around,
                });
            }
        } else if let Some(tail) = self.tail.take_if(|tail| tail.depth == self.depth) {
            let members = buffer.get(tail.from..at).unwrap_or_default();
            tail.around.explain(|| members.to_vec());
        }
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 {
            self.give_up();
            self.met_list = false;
            self.document = Some(at + 1);
            self.last = Some(At {
                end: at + 1,
                next: at + 1,
                within: None,
            });
        }
    }

    /// Ends a document that breaks off.
    fn broken(&mut self, at: usize) -> At {
        self.give_up();
        *self = Self {
            scanned: at,
            begin: self.begin,
            document: Some(at),
            ..Self::new(self.cut)
        };
        At {
            end: at,
            next: at,
            within: None,
        }
    }
}

impl Around {
    /// What explains the elements of a piece that was cut here, if it stands behind the list.
    pub(super) fn sought(&self) -> Option<Behind> {
        let behind = self.behind.as_ref()?;
        Some(Behind::clone(behind.value.get_or_init(Behind::default)))
    }

    /// Whether pieces wait for what stands behind the list.
    fn is_sought(&self) -> bool {
        let value = self.behind.as_ref().map(|behind| &behind.value);
        value.is_some_and(|value| value.get().is_some())
    }

    /// Gives the pieces that were cut what they wait for, out of the members behind the list.
    fn explain(&self, members: impl FnOnce() -> Vec<u8>) {
        let Some(behind) = &self.behind else { return };
        if let Some(value) = behind.value.get() {
            value.get_or_init(|| value_of(behind.key, &members()));
        }
    }
}

/// Whether the text before a line end breaks off, and a document begins behind it. A list may
/// have an object per line: then a comma or a bracket stands before. `None` if the next byte is
/// not there yet.
fn is_broken_line(buffer: &[u8], at: usize) -> Option<bool> {
    if *buffer.get(at + 1)? != b'{' {
        return Some(false);
    }
    let before = last_token(buffer.get(..at).unwrap_or_default());
    Some(!matches!(before, None | Some(b',' | b'[' | b':' | b'{')))
}
