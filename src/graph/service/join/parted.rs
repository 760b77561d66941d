//! The rows of a piece, by the part of the join that they belong to.

use super::{Part, Piece};
use crate::model::Row;

/// A span of a part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub row: Row,
    /// Of its trace, counted from the part's first.
    pub trace: u32,
}

/// The rows that matter, those of each part together and in their order.
#[derive(Debug)]
pub(super) struct Parted {
    members: Vec<Member>,
    /// Where those of each part end.
    ends: Vec<u32>,
}

impl Parted {
    /// Parts the rows of a piece; `parts` are those of its group.
    pub fn new(piece: &Piece<'_>, parts: &[Part]) -> Self {
        // By trace first: a block has fewer of these than rows.
        let place = |&number: &u32| {
            let part = parts.partition_point(|part| part.to < number);
            let trace = parts.get(part).map_or(0, |part| number - part.from);
            (part, trace)
        };
        let of_trace: Vec<(usize, u32)> = piece.traces.iter().map(place).collect();
        let mut ends = vec![0; parts.len()];
        let traces = piece.block.trace_column();
        let known = |trace: u32| of_trace.get(trace as usize).copied();
        traces.for_each(|_, trace| {
            if let Some(count) = known(trace).and_then(|(part, _)| ends.get_mut(part)) {
                *count += 1;
            }
        });
        let mut before = 0;
        for end in &mut ends {
            before += std::mem::replace(end, before);
        }
        // What is a part's beginning by now becomes its end as it is filled.
        let mut members = vec![Member { row: 0, trace: 0 }; before as usize];
        traces.for_each(|row, trace| {
            let Some((part, trace)) = known(trace) else {
                return;
            };
            if let Some(next) = ends.get_mut(part) {
                if let Some(member) = members.get_mut(*next as usize) {
                    *member = Member { row, trace };
                }
                *next += 1;
            }
        });
        Self { members, ends }
    }

    /// Those of a part.
    pub fn of(&self, part: usize) -> &[Member] {
        let end = |part: usize| self.ends.get(part).map_or(0, |&end| end as usize);
        let from = part.checked_sub(1).map_or(0, end);
        self.members.get(from..end(part)).unwrap_or_default()
    }
}
