//! A line that is completed as it is typed and remembers what was typed before: what may follow
//! at its cursor, the one that is chosen, and the way back through the history.

mod popup;

use std::ops::Range;

use crate::traceql::Vocabulary;
use crate::traceql::complete::{Candidate, Completion, complete};
use crate::tui::keymap::Action;

use super::input::Input;

pub use popup::popup;

/// Something that may be typed next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What the user sees.
    pub label: String,
    /// What it is: `service`, `int`, a few words.
    pub class: String,
    /// How many distinct values it has, and in how many spans it occurs; 0 where that says nothing.
    pub values: u64,
    pub spans: u64,
    /// The bytes of the line that it takes the place of.
    pub replaces: Range<usize>,
    /// What it puts there.
    pub text: String,
    /// Where the cursor goes, as a byte of that text.
    pub cursor: usize,
}

/// What may follow in a line up to a byte of it, best first.
pub type Propose<'a> = &'a dyn Fn(&str, usize) -> Vec<Proposal>;

/// What may stand at the byte `cursor` of a query in TraceQL.
pub fn in_query(text: &str, cursor: usize, known: &dyn Vocabulary) -> Vec<Proposal> {
    let Completion { range, candidates } = complete(text, cursor, known);
    let proposal = |candidate: Candidate| Proposal {
        label: candidate.text.clone(),
        class: candidate.detail,
        values: candidate.values,
        spans: candidate.spans,
        replaces: range.clone(),
        cursor: candidate.text.len(),
        text: candidate.text,
    };
    candidates.into_iter().map(proposal).collect()
}

/// The line while it has the keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Completing {
    pub input: Input,
    proposals: Vec<Proposal>,
    /// The proposal that the cursor is on.
    chosen: usize,
    /// Where in the history the line is, counted from its newest entry.
    back: Option<usize>,
    /// What was typed before history or completion changed it.
    draft: Option<(String, usize)>,
    /// The reader types: what may follow is wanted.
    wanted: bool,
}

impl Completing {
    /// Other text in its place, the cursor at its end.
    pub fn set(&mut self, text: &str) {
        let text = text.trim();
        self.input.set(text, text.len());
        (self.back, self.draft) = (None, None);
        self.shut();
    }

    /// Types a character.
    pub fn typed(&mut self, c: char, propose: Propose<'_>) {
        self.input.insert(c);
        (self.back, self.draft) = (None, None);
        self.look(propose);
    }

    /// Nothing is proposed until the reader types.
    pub fn shut(&mut self) {
        self.proposals.clear();
        (self.chosen, self.wanted) = (0, false);
    }

    /// More is known now of what may follow.
    pub fn renew(&mut self, propose: Propose<'_>) {
        if self.wanted {
            self.look(propose);
        }
    }

    /// Editing, completion and history, oldest first. Returns false for any other action.
    pub fn act(&mut self, action: Action, history: &[String], propose: Propose<'_>) -> bool {
        let len = self.proposals.len();
        match action {
            Action::Complete => self.take(propose),
            Action::Uncomplete => self.give_back(propose),
            Action::ChooseNext if len > 0 => self.chosen = (self.chosen + 1) % len,
            Action::ChoosePrevious if len > 0 => self.chosen = (self.chosen + len - 1) % len,
            Action::ChoosePrevious => self.recall(self.back.map_or(0, |back| back + 1), history),
            Action::ChooseNext => match self.back {
                Some(back) if back > 0 => self.recall(back - 1, history),
                _ => self.give_back(propose),
            },
            action => {
                let edited = self.input.act(action);
                if edited {
                    self.look(propose);
                }
                return edited;
            }
        }
        true
    }

    /// What the proposal under the cursor would add behind it, if it goes on from what is typed.
    pub fn ghost(&self) -> &str {
        let Some(proposal) = self.proposals.get(self.chosen) else {
            return "";
        };
        let text = self.input.text();
        let typed = text.get(proposal.replaces.clone()).unwrap_or_default();
        let at_end = proposal.replaces.end == self.input.cursor();
        let rest = proposal.text.strip_prefix(typed).filter(|_| at_end);
        rest.unwrap_or_default().trim_end()
    }

    fn take(&mut self, propose: Propose<'_>) {
        let Some(proposal) = self.proposals.get(self.chosen).cloned() else {
            return;
        };
        self.draft = Some((self.input.text().to_owned(), self.input.cursor()));
        let mut text = self.input.text().to_owned();
        if text.get(proposal.replaces.clone()).is_some() {
            text.replace_range(proposal.replaces.clone(), &proposal.text);
        }
        let cursor = proposal.replaces.start + proposal.cursor;
        self.input.set(text, cursor);
        self.look(propose);
    }

    /// Back to what was typed before completion or history.
    fn give_back(&mut self, propose: Propose<'_>) {
        self.back = None;
        if let Some((text, cursor)) = self.draft.take() {
            self.input.set(text, cursor);
            self.look(propose);
        }
    }

    fn recall(&mut self, back: usize, history: &[String]) {
        let Some(line) = history.iter().rev().nth(back) else {
            return;
        };
        if self.back.is_none() {
            self.draft = Some((self.input.text().to_owned(), self.input.cursor()));
        }
        self.back = Some(back);
        self.input.set(line.clone(), line.len());
        self.shut();
    }

    /// Works out anew what may follow.
    fn look(&mut self, propose: Propose<'_>) {
        (self.chosen, self.wanted) = (0, true);
        self.proposals = propose(self.input.text(), self.input.cursor());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_goes_back_and_forth_and_keeps_the_draft() {
        let history = ["{ a = 1 }".to_owned(), "{ b = 1 }".to_owned()];
        let propose = |_: &str, _| Vec::new();
        let mut line = Completing::default();
        "x y".chars().for_each(|c| line.typed(c, &propose));
        let mut seen = Vec::new();
        for action in [
            Action::ChoosePrevious,
            Action::ChoosePrevious,
            Action::ChoosePrevious,
            Action::ChooseNext,
            Action::ChooseNext,
        ] {
            line.act(action, &history, &propose);
            seen.push(line.input.text().to_owned());
        }
        assert_eq!(
            seen,
            ["{ b = 1 }", "{ a = 1 }", "{ a = 1 }", "{ b = 1 }", "x y"]
        );
    }
}
