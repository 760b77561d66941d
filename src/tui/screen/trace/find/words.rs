//! Plain words looked for in the spans of a trace: what many spans have in common first, and a
//! string of many spans once.
//!
//! Rows are looked at in the order of their blocks, not of the tree: what is read lies one behind
//! the other, which is what a million of them cost.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use crate::model::{Bits, Block, PairIx, ResourceIx, Row, ScopeIx, SpanId, SpanSet, Trace};
use crate::text::Needle;

/// Digits of a span's id.
pub const DIGITS: usize = 16;
/// So many words of 64 rows are looked at by one thread before it takes others.
const STRETCH: usize = 1 << 9;
/// So many stretches are looked at before it is told what was found in them.
const ROUND: usize = 64;

/// One word.
#[derive(Debug, Clone)]
enum Word {
    /// Text anywhere in a span, or its id.
    Text(Needle, Option<SpanId>),
    /// A key with its value, in lower case.
    Pair(String, String),
}

impl Word {
    fn parse(word: &str) -> Self {
        match word.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                Self::Pair(key.to_lowercase(), value.to_lowercase())
            }
            _ => {
                let id = (word.len() == DIGITS).then(|| u64::from_str_radix(word, 16).ok());
                Self::Text(Needle::new(word), id.flatten().map(SpanId))
            }
        }
    }

    /// Whether a text has it.
    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Text(needle, _) => needle.is_in(text),
            Self::Pair(..) => false,
        }
    }
}

/// Whether a text is one that is given in lower case.
fn is_same(text: &str, lower: &str) -> bool {
    if text.is_ascii() {
        text.eq_ignore_ascii_case(lower)
    } else {
        text.to_lowercase() == lower
    }
}

/// The spans that have all words of a text: in service, operation, status message, an attribute's
/// key or value (of span, resource, scope or event), or as the span's id. Case does not matter.
///
/// They are looked for among some spans, if such are given. What is found so far is told each time
/// whole, until nobody listens any more or it is `over`.
pub fn words(
    trace: &Trace,
    text: &str,
    among: Option<&SpanSet>,
    over: &(dyn Fn() -> bool + Sync),
    mut tell: impl FnMut(SpanSet) -> bool,
) {
    let words: Vec<Word> = text.split_whitespace().map(Word::parse).collect();
    let mut blocks = Looking::all(trace, &words, among);
    if !tell(spans(trace, &blocks)) {
        return;
    }
    let mut from = 0;
    loop {
        let mut stretches: Vec<Stretch<'_, '_>> =
            blocks.iter_mut().flat_map(Looking::stretches).collect();
        let round = from..(from + ROUND).min(stretches.len());
        from = round.end;
        let is_last = from == stretches.len();
        look(stretches.drain(round), over);
        drop(stretches);
        if over() || !tell(spans(trace, &blocks)) || is_last {
            return;
        }
    }
}

/// What is found so far, in the order of the tree. On two threads if there is enough of it.
fn spans(trace: &Trace, blocks: &[Looking<'_>]) -> SpanSet {
    let find = |first: usize, words: &mut [u64]| {
        for (at, word) in words.iter_mut().enumerate() {
            let from = (first + at) * 64;
            for span in from..(from + 64).min(trace.len()) {
                let (block, row) = trace.place(span);
                *word |= u64::from(blocks[block].has(row)) << (span - from);
            }
        }
    };
    let mut words = vec![0; trace.len().div_ceil(64)];
    let half = words.len() / 2;
    if half > STRETCH {
        let (first, second) = words.split_at_mut(half);
        std::thread::scope(|scope| {
            scope.spawn(|| find(0, first));
            find(half, second);
        });
    } else {
        find(0, &mut words);
    }
    SpanSet::from(Bits::of(words, trace.len()))
}

/// Looks at stretches of rows, on two threads where there are several.
fn look<'s, 'a: 's>(
    stretches: impl ExactSizeIterator<Item = Stretch<'s, 'a>> + Send,
    over: &(dyn Fn() -> bool + Sync),
) {
    let several = stretches.len() > 1;
    let stretches = Mutex::new(stretches);
    let run = || {
        let next = || {
            let mut stretches = stretches.lock().unwrap_or_else(PoisonError::into_inner);
            stretches.next()
        };
        while let Some(stretch) = next().filter(|_| !over()) {
            stretch.look();
        }
    };
    std::thread::scope(|scope| {
        if several {
            scope.spawn(run);
        }
        run();
    });
}

/// The rows of a block that belong to the trace, and those found so far.
struct Looking<'a> {
    sought: Vec<Sought<'a>>,
    rows: Bits,
    found: Vec<u64>,
    events: Bits,
    messages: Bits,
}

impl<'a> Looking<'a> {
    /// One for each block of a trace, with what is found by names that many spans share.
    fn all(trace: &'a Trace, words: &'a [Word], among: Option<&SpanSet>) -> Vec<Self> {
        let blocks = trace.blocks().iter();
        let looking = blocks.zip(rows_of(trace, among)).map(|(block, rows)| {
            let sought = words.iter().map(|word| Sought::new(block, word));
            let sought: Vec<Sought<'_>> = sought.collect();
            let mut found = rows.clone();
            for sought in &sought {
                found.intersect(&sought.named(&rows));
            }
            let bits = |rows: &mut dyn Iterator<Item = Row>| {
                let mut bits = Bits::none(block.len());
                rows.for_each(|row| bits.insert(row as usize));
                bits
            };
            Self {
                found: found.words().to_vec(),
                sought,
                rows,
                events: bits(&mut block.event_rows()),
                messages: bits(&mut block.status_message_rows()),
            }
        });
        looking.collect()
    }

    /// Whether a row was found.
    fn has(&self, row: Row) -> bool {
        let word = self.found.get(row as usize / 64);
        word.is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    fn stretches(&mut self) -> impl Iterator<Item = Stretch<'_, 'a>> {
        let Self {
            sought,
            rows,
            found,
            events,
            messages,
        } = self;
        let (sought, events, messages) = (&*sought, &*events, &*messages);
        let rows = rows.words().chunks(STRETCH);
        let stretches = (0..)
            .step_by(STRETCH)
            .zip(rows.zip(found.chunks_mut(STRETCH)));
        stretches.map(move |(first, (rows, found))| Stretch {
            sought,
            first,
            rows,
            found,
            events,
            messages,
        })
    }
}

/// The rows of each block that belong to a trace, or to some of its spans.
fn rows_of(trace: &Trace, among: Option<&SpanSet>) -> Vec<Bits> {
    let lengths = trace.blocks().iter().map(|block| block.len());
    if among.is_none() && lengths.clone().sum::<usize>() == trace.len() {
        return lengths.map(Bits::all).collect();
    }
    let mut rows: Vec<Bits> = lengths.map(Bits::none).collect();
    let mut add = |span| {
        let (block, row) = trace.place(span);
        rows[block].insert(row as usize);
    };
    match among {
        Some(among) => among.iter().for_each(add),
        None => (0..trace.len()).for_each(&mut add),
    }
    rows
}

/// Some rows of a block.
struct Stretch<'s, 'a> {
    sought: &'s [Sought<'a>],
    /// The first word of 64 rows.
    first: usize,
    rows: &'s [u64],
    found: &'s mut [u64],
    events: &'s Bits,
    messages: &'s Bits,
}

impl Stretch<'_, '_> {
    /// Looks at the rows that were not found by their names.
    fn look(self) {
        for (at, (&rows, found)) in self.rows.iter().zip(self.found).enumerate() {
            let mut left = rows & !*found;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let row = (self.first + at) * 64 + bit as usize;
                let has = (self.events.contains(row), self.messages.contains(row));
                let row = row as Row;
                if self.sought.iter().all(|sought| sought.matches(row, has)) {
                    *found |= 1 << bit;
                }
            }
        }
    }
}

/// Answers to yes or no, each worked out when it is first asked for, on any thread.
struct Known(Vec<AtomicU8>);

impl Known {
    fn of(count: usize) -> Self {
        Self(
            std::iter::repeat_with(AtomicU8::default)
                .take(count)
                .collect(),
        )
    }

    fn get(&self, at: usize, look: impl FnOnce() -> bool) -> bool {
        // What is not there has nothing in it.
        let Some(known) = self.0.get(at) else {
            return false;
        };
        match known.load(Relaxed) {
            0 => {
                let found = look();
                known.store(1 + u8::from(found), Relaxed);
                found
            }
            known => known == 2,
        }
    }
}

/// A word in a block, looked for once in each operation, resource, scope, key and attribute.
struct Sought<'a> {
    block: &'a Block,
    word: &'a Word,
    operations: Known,
    resources: Known,
    scopes: Known,
    /// By the symbol of their key: whether that decides, for pairs of one have it in common.
    keys: Known,
    pairs: Known,
}

impl<'a> Sought<'a> {
    fn new(block: &'a Block, word: &'a Word) -> Self {
        Self {
            block,
            word,
            operations: Known::of(block.operations().len()),
            resources: Known::of(block.resource_count()),
            scopes: Known::of(block.scope_count()),
            keys: Known::of(block.dictionary().string_count()),
            pairs: Known::of(block.dictionary().pair_count()),
        }
    }

    /// Those of some rows that have it in what many share.
    fn named(&self, rows: &Bits) -> Bits {
        let mut left = rows.clone();
        let block = self.block;
        left.retain_narrow(block.operation_column(), |at| !self.operation(at));
        left.retain_narrow(block.resource_column(), |at| !self.resource(at));
        left.retain_narrow(block.scope_column(), |at| !self.scope(at));
        let mut found = rows.clone();
        found.subtract(&left);
        found
    }

    /// Whether a row has it; which may have events and a status message.
    fn matches(&self, row: Row, (events, message): (bool, bool)) -> bool {
        let (block, at) = (self.block, row as usize);
        self.operation(block.operation_column().at(at))
            || self.resource(block.resource_column().at(at))
            || self.scope(block.scope_column().at(at))
            || self.any(block.attribute_pairs(row))
            || self.is_id(block.span_id_column()[at])
            || message && self.word.is_in(block.span(row).status_message())
            || events && self.in_events(row)
    }

    fn is_id(&self, id: SpanId) -> bool {
        matches!(self.word, Word::Text(_, Some(wanted)) if *wanted == id)
    }

    fn in_events(&self, row: Row) -> bool {
        let mut events = self.block.span(row).events();
        events.any(|event| self.any(event.attributes().pairs()) || self.word.is_in(event.name()))
    }

    fn operation(&self, at: u32) -> bool {
        let operation = self.block.operations().get(at as usize);
        let text = || operation.map_or("", |&sym| self.block.dictionary().text(sym));
        self.operations.get(at as usize, || self.word.is_in(text()))
    }

    fn resource(&self, at: u32) -> bool {
        self.resources.get(at as usize, || {
            let resource = self.block.resource(ResourceIx(at));
            self.word.is_in(resource.service()) || self.any(resource.attributes().pairs())
        })
    }

    fn scope(&self, at: u32) -> bool {
        self.scopes.get(at as usize, || {
            self.any(self.block.scope(ScopeIx(at)).attributes().pairs())
        })
    }

    fn any(&self, pairs: &[PairIx]) -> bool {
        pairs
            .iter()
            .any(|&pair| self.pairs.get(pair.index(), || self.pair(pair)))
    }

    fn pair(&self, pair: PairIx) -> bool {
        let dictionary = self.block.dictionary();
        let key = dictionary.key(pair);
        let value = || dictionary.value(pair).to_text();
        let by_key = self.keys.get(key.index(), || match self.word {
            Word::Text(needle, _) => needle.is_in(dictionary.text(key)),
            Word::Pair(wanted, _) => is_same(dictionary.text(key), wanted),
        });
        match self.word {
            Word::Text(needle, _) => by_key || needle.is_in(&value()),
            Word::Pair(_, wanted) => by_key && is_same(&value(), wanted),
        }
    }
}
