//! Where in a stream of JSON we are, and where it can be cut: brackets are counted, and a list whose
//! elements may be told apart is remembered with what has to stand before them.

use std::cell::OnceCell;
use std::rc::Rc;

use super::behind::{Behind, value_of};
use super::decoders::{Cut, Inner};
use super::scan::{
    LISTS, key_before, last_token, mentions, quote_escape_or_line, structure, value_text,
};

/// Brackets around a list that are put around each piece of it, with what stands between them.
const LONGEST_PREFIX: usize = 256 << 10;
/// Bytes from which on a cut is made within an element.
const INNER: usize = 1 << 20;
/// Bytes from which on a cut is made between elements that belong together.
const GROUP: usize = 4 << 20;
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

    /// The list whose bracket stands at `at`, if it may be cut.
    fn list(&mut self, buffer: &[u8], at: usize) -> Option<Level> {
        if self.depth > DEEPEST {
            return None;
        }
        let Some(outer) = self.levels.last() else {
            return self.outermost(buffer, at);
        };
        let lists = match self.cut {
            Cut::Within(lists) => lists,
            Cut::Groups(_) => return self.list_of_lists(buffer, at, outer),
            _ => return None,
        };
        if self.depth != outer.depth + 2 || self.open.get(self.depth - 2) != Some(&b'{') {
            return None;
        }
        let element = buffer.get(outer.element?..=at)?;
        let list = inner(lists, element)?;
        let level = self.level(&outer.around.prefix, element, at, Some(list));
        Some(level).filter(|level| level.around.prefix.len() <= LONGEST_PREFIX)
    }

    /// A list that is an element itself.
    fn list_of_lists(&self, buffer: &[u8], at: usize, outer: &Level) -> Option<Level> {
        let element = buffer.get(outer.element?..=at)?;
        let level = self.level(&outer.around.prefix, element, at, None);
        let is_element = self.depth == outer.depth + 1;
        (is_element && level.around.prefix.len() <= LONGEST_PREFIX).then_some(Level {
            inner: true,
            ..level
        })
    }

    /// The first list of a document, if no other stands around it.
    fn outermost(&mut self, buffer: &[u8], at: usize) -> Option<Level> {
        let around = self.open.get(..self.depth - 1).unwrap_or_default();
        if self.met_list || around.contains(&b'[') {
            return None;
        }
        let document = buffer.get(self.document?..=at)?;
        let document = document.trim_ascii_start();
        let key = key_before(document);
        let known = LISTS.iter().any(|name| key == Some(name.as_bytes()));
        let list = match self.cut {
            _ if self.depth == 1 || known => None,
            Cut::Within(lists) if self.depth == 2 => Some(inner(lists, document)?),
            _ => return None,
        };
        let level = self.level(b"", document, at, list);
        let short = level.around.prefix.len() <= LONGEST_PREFIX;
        self.met_list = short;
        short.then_some(level)
    }

    /// A list whose bracket stands at `at`, behind `element` within what is put `before`.
    fn level(
        &self,
        before: &[u8],
        element: &[u8],
        at: usize,
        list: Option<&'static Inner>,
    ) -> Level {
        let open = self.open.get(..self.depth).unwrap_or_default();
        let close = |bracket: &u8| if *bracket == b'[' { b']' } else { b'}' };
        let behind = list.and_then(|list| list.behind);
        let behind = behind.filter(|key| !mentions(element, key));
        let behind = behind.map(|key| Explained {
            key,
            value: self
                .known
                .clone()
                .map_or_else(OnceCell::new, OnceCell::from),
        });
        let around = Around {
            prefix: [before, element].concat(),
            suffix: open.iter().rev().map(close).collect(),
            behind,
        };
        Level {
            depth: self.depth,
            inner: list.is_some(),
            element: Some(at + 1),
            around: Rc::new(around),
        }
    }

    /// A comma, perhaps between two elements of a list that may be cut.
    fn comma(&mut self, buffer: &[u8], at: usize) {
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        if level.depth != self.depth {
            return;
        }
        let begin = level.element.replace(at + 1);
        let is_list = || last_token(buffer.get(..at).unwrap_or_default()) == Some(b']');
        let end = match self.cut {
            Cut::Lists => is_list().then_some(at),
            Cut::Groups(_) if level.inner => (at >= self.begin + GROUP).then_some(at),
            Cut::Groups(_) if is_list() => Some(at),
            Cut::Groups(key) if at >= self.enough => {
                let element = begin.and_then(|begin| buffer.get(begin..at));
                self.end_of_group(element.unwrap_or_default(), key, at)
            }
            Cut::Groups(_) => None,
            _ => (!level.inner || at >= self.begin + INNER).then_some(at),
        };
        if let Some(end) = end {
            let within = self.levels.last().map(|level| Rc::clone(&level.around));
            self.last = Some(At {
                end,
                next: end + 1,
                within,
            });
        }
    }

    /// Where the elements before `element`, which ends at `at`, are all of their group, or where
    /// they are too many.
    fn end_of_group(&mut self, element: &[u8], key: &str, at: usize) -> Option<usize> {
        let name = value_text(element, key).to_owned();
        let before = self.group.replace((at, name));
        if at >= self.begin + GROUP {
            return Some(at);
        }
        let (end, before) = before?;
        let (_, name) = self.group.as_ref()?;
        (*name != before).then_some(end)
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

/// The list that the bracket at the end of `element` opens, if it may be cut.
fn inner(lists: &'static [Inner], element: &[u8]) -> Option<&'static Inner> {
    let key = key_before(element)?;
    let is_it = |list: &&Inner| list.names.iter().any(|name| name.as_bytes() == key);
    let list = lists.iter().find(is_it)?;
    let explained = list.before.is_none_or(|key| mentions(element, key));
    explained.then_some(list)
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
