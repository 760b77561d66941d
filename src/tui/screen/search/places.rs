//! Ways back through the list: where jumps started, and places remembered under a letter.

use std::collections::BTreeMap;

use crate::model::TraceId;

/// How many jumps are remembered.
const JUMPS: usize = 100;

/// Traces to go back to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Places {
    letters: BTreeMap<char, TraceId>,
    back: Vec<TraceId>,
    forward: Vec<TraceId>,
}

impl Places {
    /// A jump leaves this trace.
    pub fn leave(&mut self, here: TraceId) {
        self.forward.clear();
        if self.back.last() != Some(&here) {
            self.back.push(here);
        }
        let excess = self.back.len().saturating_sub(JUMPS);
        self.back.drain(..excess);
    }

    /// Where the last jump started; the way forward leads here again.
    pub fn back(&mut self, here: Option<TraceId>) -> Option<TraceId> {
        let to = self.back.pop()?;
        self.forward.extend(here);
        Some(to)
    }

    /// Where the last step back came from.
    pub fn forward(&mut self, here: Option<TraceId>) -> Option<TraceId> {
        let to = self.forward.pop()?;
        self.back.extend(here);
        Some(to)
    }

    /// The place before this one; asked again, it is this one.
    pub fn last(&mut self, here: Option<TraceId>) -> Option<TraceId> {
        let to = self.back.pop()?;
        self.back.extend(here);
        Some(to)
    }

    /// Remembers a trace under a letter.
    pub fn set(&mut self, letter: char, here: TraceId) {
        self.letters.insert(letter, here);
    }

    /// The trace of a letter.
    pub fn get(&self, letter: char) -> Option<TraceId> {
        self.letters.get(&letter).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_forth_and_to_the_last_place() {
        let id = |n| TraceId(n);
        let mut places = Places::default();
        places.leave(id(1));
        places.leave(id(2));
        assert_eq!(places.back(Some(id(3))), Some(id(2)));
        assert_eq!(places.back(Some(id(2))), Some(id(1)));
        assert_eq!(places.back(Some(id(1))), None);
        assert_eq!(places.forward(Some(id(1))), Some(id(2)));
        assert_eq!(places.last(Some(id(2))), Some(id(1)));
        assert_eq!(places.last(Some(id(1))), Some(id(2)));
        places.leave(id(5));
        assert_eq!(places.forward(Some(id(6))), None);
    }
}
