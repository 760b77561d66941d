//! The way along one track, from its first moment to its last.

use std::cmp::Reverse;

use super::{Item, OPEN, Slice, Timeline, What};
use crate::model::Sym;

/// How far up a slice looks for one that holds it whole: on a track of overlapping slices, more
/// would be quadratic.
const HIGHEST: usize = 256;

impl Timeline {
    /// Joins beginnings and ends, and finds the parent of each slice and the slice around each mark.
    /// Returns how many ends had no beginning.
    pub(super) fn sweep(&mut self, mut items: Vec<Item>) -> u64 {
        items.sort_by_key(|item| item.time);
        let unmatched = self.join(&items);
        items.retain(|item| !matches!(item.what, What::End(_)));
        items.sort_by_key(|item| match item.what {
            What::Slice(slice) | What::Begin(slice) => (item.time, 0, Reverse(self.end_of(slice))),
            _ => (item.time, 1, Reverse(0)),
        });
        self.nest(&items);
        unmatched
    }

    fn join(&mut self, items: &[Item]) -> u64 {
        let mut open: Vec<u32> = Vec::new();
        let mut unmatched = 0;
        for item in items {
            match item.what {
                What::Begin(slice) => open.push(slice),
                What::End(end) => {
                    let Some(slice) = self.take_open(&mut open, end) else {
                        unmatched += 1;
                        continue;
                    };
                    let more = self.slices.get(end as usize).map(|end| end.pairs.clone());
                    if let Some(slice) = self.slices.get_mut(slice as usize) {
                        slice.end = item.time.min(OPEN - 1);
                        slice.more = more.unwrap_or_default();
                    }
                }
                _ => {}
            }
        }
        unmatched
    }

    /// The innermost open slice of an end's name, else the innermost.
    fn take_open(&self, open: &mut Vec<u32>, end: u32) -> Option<u32> {
        let name = |slice: u32| self.slices.get(slice as usize).map(|slice| slice.name);
        let wanted = name(end).filter(|&name| name != Sym::EMPTY);
        let mut near = (0..open.len()).rev().take(HIGHEST);
        let same =
            near.find(|&at| wanted.is_some() && open.get(at).and_then(|&at| name(at)) == wanted);
        match same {
            Some(at) => Some(open.remove(at)),
            None => open.pop(),
        }
    }

    fn nest(&mut self, items: &[Item]) {
        let mut around: Vec<u32> = Vec::new();
        let mut waiting: Vec<u32> = Vec::new();
        for item in items {
            let is_slice = matches!(item.what, What::Slice(_) | What::Begin(_));
            while around.last().is_some_and(|&top| {
                let end = self.end_of(top);
                end < item.time || (end == item.time && is_slice)
            }) {
                around.pop();
            }
            match item.what {
                What::Slice(index) | What::Begin(index) => {
                    let parent = self.holder(&around, index);
                    if let Some(slice) = self.slices.get_mut(index as usize) {
                        slice.parent = parent;
                    }
                    for flow in waiting.drain(..) {
                        self.bind(flow, Some(index));
                    }
                    around.push(index);
                }
                What::Mark(index) => {
                    if let Some(mark) = self.marks.get_mut(index as usize) {
                        mark.slice = around.last().copied();
                    }
                }
                What::Flow(index) => {
                    self.bind(index, around.last().copied());
                    let to_next = self
                        .flows
                        .get(index as usize)
                        .is_some_and(|flow| flow.to_next);
                    if to_next {
                        waiting.push(index);
                    }
                }
                What::End(_) => {}
            }
        }
    }

    fn bind(&mut self, flow: u32, slice: Option<u32>) {
        if let Some(flow) = self.flows.get_mut(flow as usize) {
            flow.slice = slice;
        }
    }

    /// The innermost slice that holds another whole.
    fn holder(&self, around: &[u32], index: u32) -> Option<u32> {
        let end = self.end_of(index);
        let near = around.iter().rev().take(HIGHEST);
        near.copied().find(|&slice| self.end_of(slice) >= end)
    }

    fn end_of(&self, slice: u32) -> u64 {
        self.slices
            .get(slice as usize)
            .map_or(OPEN, |slice: &Slice| slice.end)
    }
}
