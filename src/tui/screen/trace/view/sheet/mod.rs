//! Tables of a trace: its spans, its events, its statistics, what stands out in it. Only rows in
//! view are written.

mod cells;
mod columns;
mod content;

use std::cmp::Reverse;

use crate::analysis::GroupBy;
use crate::model::{Bits, Cancellation, Trace};
use crate::text::Shown;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::widget::list::List;

use super::super::explain::Explained;
use super::Seen;

use cells::{event_cell, finding_cell, group_cell, span_cell};
pub use columns::{Column, is_column};
use content::group_figure;
pub use content::{Content, Grouping, usual_groups};

/// A table, how it is sorted, and where the reader stands in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub content: Content,
    pub list: List,
    /// The letter of the column that it is sorted by, and whether the least comes first.
    pub sort: (char, bool),
    order: Vec<u32>,
    /// The spans that are not out of sight, and the rows of those in that order; none if all are
    /// to be seen.
    sifted: Option<(Bits, Vec<u32>)>,
    /// The greatest figure of each column of groups in which they differ, by its letter.
    most: Vec<(char, u64)>,
}

impl Sheet {
    /// A table in its own order.
    pub fn new(content: Content, trace: &Trace, explained: &Explained) -> Self {
        let order = (0..content.len(trace, explained) as u32).collect();
        let sort = content.usual_sort();
        let most = greatest(&content);
        Self {
            content,
            list: List::default(),
            sort,
            order,
            sifted: None,
            most,
        }
    }

    /// What its rows are grouped by; nothing if they are no groups.
    pub fn grouped_by(&self) -> &[GroupBy] {
        match &self.content {
            Content::Groups(grouping, _) => &grouping.by,
            _ => &[],
        }
    }

    /// The spans that its groups are counted of, if not all are; none if its rows are no groups.
    pub fn counted_among(&self) -> Option<&Bits> {
        match &self.content {
            Content::Groups(grouping, _) => grouping.among.as_ref(),
            _ => None,
        }
    }

    /// Leaves out the rows of all spans but these, the cursor on its row or near it; shows all
    /// again if none are given. Groups are counted anew instead, findings are of the whole trace.
    pub fn sift(&mut self, kept: Option<Bits>, height: usize) {
        if !matches!(self.content, Content::Spans | Content::Events(_)) {
            return;
        }
        let here = self.rows().get(self.list.cursor()).copied();
        self.sifted = kept.map(|kept| {
            let rows = self.kept_rows(&kept);
            (kept, rows)
        });
        self.stay(here, height);
    }

    fn kept_rows(&self, kept: &Bits) -> Vec<u32> {
        let span = |row: u32| self.content.span(row as usize, None);
        let is_kept = |row: &u32| span(*row).is_some_and(|span| kept.contains(span));
        self.order.iter().copied().filter(is_kept).collect()
    }

    /// Keeps the cursor on a row of the content, wherever that stands now.
    fn stay(&mut self, here: Option<u32>, height: usize) {
        let row = self.rows().iter().position(|&row| Some(row) == here);
        let len = self.len();
        let near = self.list.cursor().min(len.saturating_sub(1));
        self.list.go(row.unwrap_or(near), height, len);
    }

    /// The rows of the content, as they stand.
    fn rows(&self) -> &[u32] {
        self.sifted.as_ref().map_or(&self.order, |(_, rows)| rows)
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows().len()
    }

    /// Which row of the content stands in a row of the table.
    pub fn row(&self, row: usize) -> Option<usize> {
        self.rows().get(row).map(|&row| row as usize)
    }

    /// The span under the cursor.
    pub fn span(&self, explained: Option<&Explained>) -> Option<usize> {
        self.content.span(self.row(self.list.cursor())?, explained)
    }

    /// The finding under the cursor, in words, if these are findings.
    pub fn finding<'a>(&self, explained: &'a Explained) -> Option<&'a Shown<'static>> {
        let row = self.row(self.list.cursor())?;
        let lists = matches!(self.content, Content::Findings);
        let finding = explained.findings.get(row).filter(|_| lists)?;
        Some(&finding.text)
    }

    /// The span of a row.
    pub fn span_of(&self, row: usize, explained: Option<&Explained>) -> Option<usize> {
        self.content.span(self.row(row)?, explained)
    }

    /// How many rows of the same span stand above a row. Looks at those above.
    pub fn nth(&self, row: usize, explained: Option<&Explained>) -> usize {
        let span = self.span_of(row, explained);
        let above = (0..row).filter(|&above| self.span_of(above, explained) == span);
        above.count()
    }

    /// To that one of a span's rows, as high on the screen as the list of before stood.
    pub fn go_back(&mut self, (nth, list): (usize, List), span: usize, seen: &Seen<'_>) {
        let of = |&row: &usize| self.span_of(row, seen.explained) == Some(span);
        let row = (0..self.len()).filter(of).nth(nth);
        let row = row.unwrap_or(self.list.cursor());
        self.list = list;
        self.list.follow(row);
    }

    /// To the first row of a span, if it has one.
    pub fn go(&mut self, span: usize, height: usize, seen: &Seen<'_>) {
        let of = |row: u32| self.content.span(row as usize, seen.explained);
        let row = match &self.content {
            Content::Groups(grouping, groups) => {
                let by = grouping.by.iter();
                let values: Vec<_> = by.map(|by| by.of(seen.trace.span(span))).collect();
                let is_group = |row: &u32| {
                    groups
                        .get(*row as usize)
                        .is_some_and(|g| g.values == values)
                };
                self.rows().iter().position(is_group)
            }
            _ => self.rows().iter().position(|&row| of(row) == Some(span)),
        };
        if let Some(row) = row {
            self.list.go(row, height, self.len());
        }
    }

    /// The cursor on the row that another form of the same table has it on.
    pub fn stand_as(&mut self, before: &Self, height: usize) {
        let here = before.rows().get(before.list.cursor()).copied();
        let row = self.rows().iter().position(|&row| Some(row) == here);
        self.list = before.list;
        self.list.follow(row.unwrap_or(0));
        self.list.go(row.unwrap_or(0), height, self.len());
    }

    /// How it is sorted, if not as usual: a column's word, and whether the least comes first.
    pub fn sorted(&self) -> Option<(String, bool)> {
        let (letter, least_first) = self.sort;
        let mut columns = self.content.columns().iter();
        let column = columns.find(|column| column.letter == letter)?;
        (self.sort != self.content.usual_sort()).then(|| (column.word(), least_first))
    }

    /// Turns the order, so that sorting by a column of that word brings the least first or last.
    /// Returns the column's letter.
    pub fn turn_order(&mut self, word: &str, least_first: bool) -> Option<char> {
        let mut columns = self.content.columns().iter();
        let letter = columns.find(|column| column.word() == word)?.letter;
        self.sort = (letter, !least_first);
        Some(letter)
    }

    /// Sorts by a column; again, the other way round. The cursor stays on its row. Once the
    /// it is cancelled all rows are alike, which takes no time to sort.
    pub fn sort_by(
        &mut self,
        letter: char,
        height: usize,
        seen: &Seen<'_>,
        cancellation: &Cancellation<'_>,
    ) {
        let least_first = if self.sort.0 == letter {
            !self.sort.1
        } else {
            matches!(letter, 'n' | 'i' | 'm' | 't')
        };
        self.sort = (letter, least_first);
        let here = self.rows().get(self.list.cursor()).copied();
        let content = &self.content;
        let wanted = || !cancellation.is_cancelled();
        let figure = |&row: &u32| {
            let figure = wanted().then(|| content.figure(row as usize, letter, seen));
            figure.flatten()
        };
        let words = |&row: &u32| wanted().then(|| content.words(row as usize, letter, seen));
        // Rows that are equal keep the order that they had.
        match (self.order.first().and_then(figure).is_some(), least_first) {
            (true, true) => self.order.sort_by_cached_key(figure),
            (true, false) => self.order.sort_by_cached_key(|row| Reverse(figure(row))),
            (false, true) => self.order.sort_by_cached_key(words),
            (false, false) => self.order.sort_by_cached_key(|row| Reverse(words(row))),
        }
        let kept = self.sifted.take().map(|(kept, _)| kept);
        self.sifted = kept.map(|kept| {
            let rows = self.kept_rows(&kept);
            (kept, rows)
        });
        self.stay(here, height);
    }

    /// What stands in a cell.
    pub fn cell(&self, row: usize, column: &Column, seen: &Seen<'_>) -> Phrase {
        let Some(row) = self.row(row) else {
            return Phrase::default();
        };
        match &self.content {
            Content::Spans => span_cell(row, column.letter, seen),
            Content::Events(events) => events.get(row).map_or_else(Phrase::default, |event| {
                event_cell(event, column.letter, seen)
            }),
            Content::Groups(_, groups) => groups
                .get(row)
                .map_or_else(Phrase::default, |group| group_cell(group, column, seen)),
            Content::Findings => finding_cell(row, column.letter, seen),
        }
    }

    /// What part of the greatest figure of its column a group's is, from 0 to 1; none where
    /// there are no groups, or all have the same.
    pub fn share(&self, row: usize, letter: char) -> Option<f64> {
        let Content::Groups(_, groups) = &self.content else {
            return None;
        };
        let most = self.most.iter().find(|(of, _)| *of == letter);
        let figure = group_figure(groups.get(self.row(row)?)?, letter)?;
        most.map(|&(_, most)| figure as f64 / most as f64)
    }
}

/// The greatest figure of each column of groups in which they differ.
fn greatest(content: &Content) -> Vec<(char, u64)> {
    let Content::Groups(_, groups) = content else {
        return Vec::new();
    };
    let most = |letter| {
        let figures = || {
            let figure = |group| group_figure(group, letter);
            groups.iter().filter_map(figure)
        };
        let most = figures().max().filter(|most| figures().min() < Some(*most));
        most.map(|most| (letter, most))
    };
    let letters = content.columns().iter().map(|column| column.letter);
    letters.filter_map(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;
    use crate::text::Charset;
    use crate::tui::screen::trace::explain;

    #[test]
    fn a_sheet_sorts_both_ways_and_keeps_its_row() {
        let trace =
            scenario::trace("a: r 0..100\n  b: x 1..50 +3:hit\n  c: y 60..70 error +2:miss\n");
        let explained = explain(&trace, None, (Charset::Unicode, &Cancellation::never()));
        let seen = Seen {
            trace: &trace,
            explained: Some(&explained),
            charset: Charset::Unicode,
        };
        let cancellation = Cancellation::never();
        let mut sheet = Sheet::new(Content::Spans, &trace, &explained);
        sheet.go(1, 10, &seen);
        let order = |sheet: &Sheet| (0..3).filter_map(|row| sheet.row(row)).collect::<Vec<_>>();
        sheet.sort_by('d', 10, &seen, &cancellation);
        assert_eq!((order(&sheet), sheet.span(None)), (vec![0, 1, 2], Some(1)));
        sheet.sort_by('d', 10, &seen, &cancellation);
        assert_eq!(order(&sheet), [2, 1, 0]);
        sheet.sort_by('n', 10, &seen, &cancellation);
        assert_eq!(order(&sheet), [0, 1, 2]);
        let events = Sheet::new(Content::events(&trace, &cancellation), &trace, &explained);
        assert_eq!((events.len(), events.span_of(1, None)), (2, Some(2)));
        let usual = Grouping {
            by: usual_groups(),
            among: None,
        };
        let groups = Content::groups(&trace, &explained, usual, &cancellation);
        let mut groups = Sheet::new(groups, &trace, &explained);
        groups.go(2, 10, &seen);
        assert_eq!(groups.span(None), Some(2));
    }

    #[test]
    fn what_is_out_of_sight_has_no_row_however_the_rest_is_sorted() {
        let trace = scenario::trace("a: r 0..100\n  b: x 1..50 +3:hit\n  c: y 60..70 +2:miss\n");
        let explained = explain(&trace, None, (Charset::Unicode, &Cancellation::never()));
        let seen = Seen {
            trace: &trace,
            explained: Some(&explained),
            charset: Charset::Unicode,
        };
        let cancellation = Cancellation::never();
        let mut kept = Bits::all(3);
        kept.retain(|span| span != 1);
        let mut spans = Sheet::new(Content::Spans, &trace, &explained);
        spans.go(2, 10, &seen);
        spans.sift(Some(kept.clone()), 10);
        let rows = |sheet: &Sheet| (0..9).map_while(|row| sheet.row(row)).collect::<Vec<_>>();
        assert_eq!((rows(&spans), spans.span(None)), (vec![0, 2], Some(2)));
        spans.sort_by('n', 10, &seen, &cancellation);
        spans.sort_by('n', 10, &seen, &cancellation);
        assert_eq!((rows(&spans), spans.span(None)), (vec![2, 0], Some(2)));
        spans.sift(None, 10);
        assert_eq!(rows(&spans), [2, 1, 0]);
        let mut events = Sheet::new(Content::events(&trace, &cancellation), &trace, &explained);
        events.sift(Some(kept), 10);
        assert_eq!((events.len(), events.span(None)), (1, Some(2)));
    }
}
