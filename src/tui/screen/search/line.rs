//! The query line: typing, completion, history, and where the query is wrong.

use crate::traceql::{QueryError, words};
use crate::tui::keymap::Action;
use crate::tui::widget::input::Input;

use super::complete::{Names, Proposal, propose};

/// The line while it has the keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueryLine {
    pub input: Input,
    pub proposals: Vec<Proposal>,
    /// The proposal that the cursor is on.
    pub chosen: usize,
    /// What is wrong with what is typed so far, if it has braces.
    pub fault: Option<QueryError>,
    /// What plain words mean.
    pub meaning: Option<String>,
    /// Where in the history the line is, counted from its newest entry.
    back: Option<usize>,
    /// What was typed before history or completion changed it.
    draft: Option<(String, usize)>,
}

impl QueryLine {
    /// The line with the query that was asked last.
    pub fn new(query: &str, names: &Names) -> Self {
        let blank = query == "{ }";
        let mut line = Self {
            input: Input::new(if blank { "" } else { query }),
            ..Self::default()
        };
        line.look(names);
        line.proposals.clear();
        line
    }

    /// What Enter asks for: the query, or what plain words mean.
    pub fn query(&self, names: &Names) -> String {
        let text = self.input.text().trim();
        match words::read(text, names) {
            Ok(tree) if !text.starts_with(['{', '(']) => tree.to_string(),
            _ => text.to_owned(),
        }
    }

    /// Other text in its place, the cursor at its end.
    pub fn set(&mut self, text: &str, names: &Names) {
        self.input.set(text.trim(), text.len());
        (self.back, self.draft) = (None, None);
        self.look(names);
        self.proposals.clear();
    }

    /// Types a character.
    pub fn typed(&mut self, c: char, names: &Names) {
        self.input.insert(c);
        (self.back, self.draft) = (None, None);
        self.look(names);
    }

    /// Editing, completion and history. Returns false for any other action.
    pub fn act(&mut self, action: Action, names: &Names, history: &[String]) -> bool {
        match action {
            Action::Complete => self.take(names),
            Action::Uncomplete => self.give_back(names),
            Action::ChooseNext if !self.proposals.is_empty() => {
                self.chosen = (self.chosen + 1) % self.proposals.len();
            }
            Action::ChoosePrevious if !self.proposals.is_empty() => {
                self.chosen = (self.chosen + self.proposals.len() - 1) % self.proposals.len();
            }
            Action::ChoosePrevious => {
                self.recall(self.back.map_or(0, |back| back + 1), names, history);
            }
            Action::ChooseNext => match self.back {
                Some(back) if back > 0 => self.recall(back - 1, names, history),
                _ => self.give_back(names),
            },
            action => {
                let edited = self.input.act(action);
                if edited {
                    self.look(names);
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
        let typed = self
            .input
            .text()
            .get(proposal.replaces.clone())
            .unwrap_or_default();
        let at_end = proposal.replaces.end == self.input.cursor();
        proposal
            .text
            .strip_prefix(typed)
            .filter(|_| at_end)
            .unwrap_or_default()
            .trim_end()
    }

    fn take(&mut self, names: &Names) {
        let Some(proposal) = self.proposals.get(self.chosen).cloned() else {
            return;
        };
        self.draft = Some((self.input.text().to_owned(), self.input.cursor()));
        let mut text = self.input.text().to_owned();
        if text.get(proposal.replaces.clone()).is_some() {
            text.replace_range(proposal.replaces.clone(), &proposal.text);
        }
        self.input
            .set(text, proposal.replaces.start + proposal.cursor);
        self.look(names);
    }

    /// Back to what was typed before completion or history.
    fn give_back(&mut self, names: &Names) {
        self.back = None;
        if let Some((text, cursor)) = self.draft.take() {
            self.input.set(text, cursor);
            self.look(names);
        }
    }

    fn recall(&mut self, back: usize, names: &Names, history: &[String]) {
        let Some(query) = history.iter().rev().nth(back) else {
            return;
        };
        if self.back.is_none() {
            self.draft = Some((self.input.text().to_owned(), self.input.cursor()));
        }
        self.back = Some(back);
        self.input.set(query.clone(), query.len());
        self.look(names);
        self.proposals.clear();
    }

    /// Works out anew what may follow, what is wrong, and what plain words mean.
    fn look(&mut self, names: &Names) {
        let text = self.input.text();
        self.chosen = 0;
        self.proposals = propose(text, self.input.cursor(), names);
        (self.fault, self.meaning) = (None, None);
        match words::read(text, names) {
            Err(fault) => self.fault = Some(fault),
            Ok(tree) if !text.trim().is_empty() && !text.trim().starts_with(['{', '(']) => {
                self.meaning = Some(tree.to_string());
            }
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names {
            services: vec![("checkout".into(), 0)],
            ..Names::default()
        }
    }

    fn typed(text: &str) -> QueryLine {
        let mut line = QueryLine::default();
        text.chars().for_each(|c| line.typed(c, &names()));
        line
    }

    #[test]
    fn a_completion_is_taken_and_given_back() {
        let mut line = typed("che");
        line.act(Action::Complete, &names(), &[]);
        assert_eq!(
            line.input.text(),
            r#"{ resource.service.name = "checkout" }"#
        );
        " && trace:du".chars().for_each(|c| line.typed(c, &names()));
        assert_eq!(line.ghost(), "ration");
        line.act(Action::Complete, &names(), &[]);
        " > 2s".chars().for_each(|c| line.typed(c, &names()));
        let want = r#"{ resource.service.name = "checkout" && trace:duration > 2s }"#;
        assert_eq!(
            (line.query(&names()).as_str(), line.fault.is_none()),
            (want, true)
        );
        let mut line = typed("che");
        line.act(Action::Complete, &names(), &[]);
        line.act(Action::Uncomplete, &names(), &[]);
        assert_eq!(line.input.text(), "che");
    }

    #[test]
    fn history_goes_back_and_forth_and_keeps_the_draft() {
        let history = ["{ a = 1 }".to_owned(), "{ b = 1 }".to_owned()];
        let mut line = typed("x y");
        let mut seen = Vec::new();
        for action in [
            Action::ChoosePrevious,
            Action::ChoosePrevious,
            Action::ChoosePrevious,
            Action::ChooseNext,
            Action::ChooseNext,
        ] {
            line.act(action, &names(), &history);
            seen.push(line.input.text().to_owned());
        }
        assert_eq!(
            seen,
            ["{ b = 1 }", "{ a = 1 }", "{ a = 1 }", "{ b = 1 }", "x y"]
        );
    }

    #[test]
    fn the_place_of_a_fault_is_known() {
        let line = typed("{ span.http.st }");
        assert!(line.fault.is_none_or(|fault| fault.place.start <= 16));
        assert!(typed("{ status = \"x\" }").fault.is_some());
        assert!(typed("checkout").fault.is_none());
    }
}
