//! Plain words looked for in the spans of a trace: what many spans have in common first, and a
//! string of many spans once.
//!
//! Rows are looked at in the order of their blocks, not of the tree: what is read lies one behind
//! the other, which is what a million of them cost.

mod sought;
mod table;
mod word;

use std::sync::{Mutex, PoisonError};

use crate::model::{Bits, Row, SpanSet, Trace};

use super::field::Field;
use super::line::{All, Line};
use sought::{Few, Sought};

pub use word::{DIGITS, Word};

/// So many words of 64 rows are looked at by one thread before it takes others.
const STRETCH: usize = 1 << 9;
/// So many stretches are looked at before it is told what was found in them.
const ROUND: usize = 64;

/// The spans that a line in words finds: words are looked for in service, operation, status message,
/// scope, an attribute's key or value (of span, resource, scope or event), and as the span's id.
/// Case does not matter.
///
/// They are looked for among some spans, if such are given. What is found so far is told each time
/// whole, until nobody listens any more or it is `over`.
pub fn words(
    trace: &Trace,
    line: &Line,
    among: Option<&SpanSet>,
    over: &(dyn Fn() -> bool + Sync),
    mut tell: impl FnMut(SpanSet) -> bool,
) {
    let mut before = vec![0; trace.len().div_ceil(64)];
    for all in &line.0 {
        let mut found = Vec::new();
        let goes_on = one(trace, all, among, over, |words| {
            found = words;
            for (word, before) in found.iter_mut().zip(&before) {
                *word |= before;
            }
            tell(SpanSet::from(Bits::of(found.clone(), trace.len())))
        });
        if !goes_on {
            return;
        }
        if !found.is_empty() {
            before = found;
        }
    }
}

/// The spans that fulfil all of some terms. Returns whether it came to its end.
fn one(
    trace: &Trace,
    all: &All,
    among: Option<&SpanSet>,
    over: &(dyn Fn() -> bool + Sync),
    mut tell: impl FnMut(Vec<u64>) -> bool,
) -> bool {
    let mut blocks = Looking::all(trace, &all.words, among);
    let mut told = 0;
    let mut tell = |blocks: &[Looking<'_>]| {
        let found = blocks.iter().map(Looking::count).sum();
        let more = found > std::mem::replace(&mut told, found);
        !more || tell(spans(trace, blocks, &all.fields))
    };
    if !tell(&blocks) {
        return false;
    }
    for looking in &mut blocks {
        let rows = looking.rows.count();
        for sought in &mut looking.sought {
            if over() {
                return false;
            }
            sought.look_up(rows);
        }
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
        if over() || !tell(&blocks) {
            return false;
        }
        if is_last {
            return true;
        }
    }
}

/// What is found so far and is as asked, a bit for each span in the order of the tree.
fn spans(trace: &Trace, blocks: &[Looking<'_>], fields: &[(Field, bool)]) -> Vec<u64> {
    let is = |span: usize| {
        let is = |(field, not): &(Field, bool)| field.holds(trace, span) != *not;
        fields.iter().all(is)
    };
    let every = blocks.iter().all(Looking::is_all);
    let mut words = vec![0; trace.len().div_ceil(64)];
    halves(&mut words, |first, words| {
        for (at, word) in words.iter_mut().enumerate() {
            let from = (first + at) * 64;
            let spans = (0..).zip(from..(from + 64).min(trace.len()));
            *word = match (every, fields) {
                (true, []) => u64::MAX,
                (true, _) => spans.fold(0, |word, (bit, span)| word | u64::from(is(span)) << bit),
                (false, _) => spans.fold(0, |word, (bit, span)| {
                    let (block, row) = trace.place(span);
                    let has = blocks.get(block).is_some_and(|block| block.has(row));
                    word | u64::from(has && is(span)) << bit
                }),
            };
        }
    });
    words
}

/// Has words made, on two threads if they are many; each is told the place of its first.
fn halves(words: &mut [u64], make: impl Fn(usize, &mut [u64]) + Sync) {
    let half = words.len() / 2;
    if half < STRETCH {
        return make(0, words);
    }
    let (first, second) = words.split_at_mut(half);
    std::thread::scope(|scope| {
        scope.spawn(|| make(0, first));
        make(half, second);
    });
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
    few: Few,
    /// How many rows the block has.
    size: usize,
}

impl<'a> Looking<'a> {
    /// One for each block of a trace, with what is found by names that many spans share.
    fn all(trace: &'a Trace, words: &'a [(Word, bool)], among: Option<&SpanSet>) -> Vec<Self> {
        let blocks = trace.blocks().iter();
        let looking = blocks.zip(rows_of(trace, among)).map(|(block, rows)| {
            let sought = words.iter().map(|word| Sought::new(block, word, &rows));
            let sought: Vec<Sought<'_>> = sought.collect();
            let mut found = rows.clone();
            for sought in &sought {
                sought.narrow(&mut found);
            }
            Self {
                found: found.words().to_vec(),
                sought,
                rows,
                few: Few::of(block),
                size: block.len(),
            }
        });
        looking.collect()
    }

    /// Whether a row was found.
    fn has(&self, row: Row) -> bool {
        let word = self.found.get(row as usize / 64);
        word.is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Whether all rows of the block were.
    fn is_all(&self) -> bool {
        self.count() == self.size
    }

    /// How many rows were found.
    fn count(&self) -> usize {
        let ones = self.found.iter().map(|word| word.count_ones() as usize);
        ones.sum()
    }

    fn stretches(&mut self) -> impl Iterator<Item = Stretch<'_, 'a>> {
        let Self {
            sought,
            rows,
            found,
            few,
            ..
        } = self;
        let (sought, few) = (&*sought, &*few);
        let rows = rows.words().chunks(STRETCH);
        let stretches = (0..)
            .step_by(STRETCH)
            .zip(rows.zip(found.chunks_mut(STRETCH)));
        stretches.map(move |(first, (rows, found))| Stretch {
            sought,
            first,
            rows,
            found,
            few,
        })
    }
}

/// The rows of each block that belong to a trace, or to some of its spans.
pub fn rows_of(trace: &Trace, among: Option<&SpanSet>) -> Vec<Bits> {
    let lengths = trace.blocks().iter().map(|block| block.len());
    let among = among.filter(|among| among.len() < trace.len());
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
    few: &'s Few,
}

impl Stretch<'_, '_> {
    /// Looks at the rows that were not found by their names.
    fn look(self) {
        for (at, (&rows, found)) in (self.first..).zip(self.rows.iter().zip(self.found)) {
            let left = rows & !*found;
            *found |= self.sought.iter().fold(left, |left, sought| match left {
                0 => 0,
                left => sought.among(at, left, self.few),
            });
        }
    }
}
