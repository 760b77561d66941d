//! A word in a block: what many spans share is looked at once for all of them, then rows by 64.

use crate::model::{Bits, Block, Narrow, ResourceIx, Row, ScopeIx};

use super::table::{self, Pairs};
use super::word::Word;

/// A word that is sought in the rows of a block.
pub struct Sought<'a> {
    block: &'a Block,
    word: &'a Word,
    /// Rows are sought that do not have it.
    not: bool,
    /// Rows that have it in what many share: operation, service, resource, scope; or as their id.
    named: Bits,
    /// What is known once all attributes were looked at.
    pairs: Option<Pairs<'a>>,
}

/// So many of 64 rows are looked at one by one.
const FEW: u32 = 12;

/// Rows of a block that have what few have.
pub struct Few {
    events: Bits,
    messages: Bits,
}

impl Few {
    pub fn of(block: &Block) -> Self {
        let bits = |rows: &mut dyn Iterator<Item = Row>| {
            let mut bits = Bits::none(block.len());
            rows.for_each(|row| bits.insert(row as usize));
            bits
        };
        Self {
            events: bits(&mut block.event_rows()),
            messages: bits(&mut block.status_message_rows()),
        }
    }
}

impl<'a> Sought<'a> {
    /// Looks for it in what many rows share.
    pub fn new(block: &'a Block, (word, not): &'a (Word, bool), rows: &Bits) -> Self {
        let any = |pairs: &[_]| pairs.iter().any(|&pair| table::has(block, word, pair));
        let resources = table::list(block.resource_count(), |at| {
            let resource = block.resource(ResourceIx(at as u32));
            word.is_in(resource.service()) || any(resource.attributes().pairs())
        });
        let scopes = table::list(block.scope_count(), |at| {
            let scope = block.scope(ScopeIx(at as u32));
            word.is_in(scope.name()) || any(scope.attributes().pairs())
        });
        let mut named = with_operation(block, word, rows);
        named.union(&with(&resources, block.resource_column(), rows));
        named.union(&with(&scopes, block.scope_column(), rows));
        if let Some(id) = word.id() {
            let mut is = rows.clone();
            is.retain_equal(block.span_id_column(), id);
            named.union(&is);
        }
        Self {
            block,
            word,
            not: *not,
            named,
            pairs: None,
        }
    }

    /// Of some rows those that are found by what many share.
    pub fn narrow(&self, rows: &mut Bits) {
        if self.not {
            // Whether they do not have it is known when all was looked at.
            rows.clear();
        } else {
            rows.intersect(&self.named);
        }
    }

    /// Looks at all attributes, if that is worth it for so many rows.
    pub fn look_up(&mut self, rows: usize) {
        self.pairs = Some(Pairs::of(self.block, self.word, rows));
    }

    /// Those of 64 rows that are found; `at` says which 64.
    pub fn among(&self, at: usize, rows: u64, few: &Few) -> u64 {
        let having = self.having(at, rows, few);
        if self.not { rows & !having } else { having }
    }

    /// Those of 64 rows that have it.
    fn having(&self, at: usize, rows: u64, few: &Few) -> u64 {
        let word = |bits: &Bits| bits.words().get(at).copied().unwrap_or_default();
        let mut left = rows & !word(&self.named);
        let Some(pairs) = self.pairs.as_ref().filter(|_| left != 0) else {
            return rows & !left;
        };
        let row = |bit: u32| (at * 64) as Row + bit;
        left &= !match pairs {
            pairs if pairs.is_empty() => 0,
            pairs if left.count_ones() > FEW => left & self.with_attribute(at, pairs),
            pairs => each(left, |bit| pairs.any(self.block.attribute_pairs(row(bit)))),
        };
        left &= !each(left & word(&few.messages), |bit| {
            self.word.is_in(self.block.span(row(bit)).status_message())
        });
        left &= !each(left & word(&few.events), |bit| {
            let mut events = self.block.span(row(bit)).events();
            events.any(|e| pairs.any(e.attributes().pairs()) || self.word.is_in(e.name()))
        });
        rows & !left
    }

    /// Those of 64 rows of which an attribute has it. All attributes stand one behind the other,
    /// and where a row ends is of interest only where one is found: a loop for each row would
    /// often guess its end wrong.
    fn with_attribute(&self, at: usize, pairs: &Pairs<'_>) -> u64 {
        let (all, ends) = self.block.attribute_columns();
        let before = (at * 64).checked_sub(1).and_then(|row| ends.get(row));
        let ends = ends.get(at * 64..).unwrap_or_default();
        let ends = ends.get(..64).unwrap_or(ends);
        let last = ends.last().map_or(0, |&end| end as usize);
        let (mut from, mut row, mut found) = (before.map_or(0, |&end| end as usize), 0, 0);
        while let Some(next) = pairs.first(all.get(from..last).unwrap_or_default()) {
            let rest = ends.get(row..).unwrap_or_default().iter();
            let place = from + next;
            row += rest.take_while(|&&end| end as usize <= place).count();
            found |= 1 << row;
            from = ends.get(row).map_or(last, |&end| end as usize);
        }
        found
    }
}

/// The rows whose operation has a word: each operation is looked at once, or each row where they
/// are fewer.
fn with_operation(block: &Block, word: &Word, rows: &Bits) -> Bits {
    let has = |sym| word.is_in(block.dictionary().text(sym));
    let operations = block.operations();
    if rows.count() < operations.len() {
        let mut named = rows.clone();
        named.retain(|row| has(block.operation(row as Row)));
        return named;
    }
    let hits = table::list(operations.len(), |at| {
        operations.get(at).copied().is_some_and(has)
    });
    with(&hits, block.operation_column(), rows)
}

/// The rows of a column whose number is one of some.
fn with(hits: &Bits, column: &Narrow, rows: &Bits) -> Bits {
    if hits.is_empty() {
        return Bits::none(column.len());
    }
    let mut with = rows.clone();
    with.retain_narrow(column, |number| hits.contains(number as usize));
    with
}

/// Those of some bits for which something holds.
fn each(bits: u64, holds: impl Fn(u32) -> bool) -> u64 {
    let (mut left, mut all) = (bits, 0);
    while left != 0 {
        let bit = left.trailing_zeros();
        left &= left - 1;
        all |= u64::from(holds(bit)) << bit;
    }
    all
}
