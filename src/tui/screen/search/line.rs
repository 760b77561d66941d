//! The query line: what plain words on it mean, and where the query is wrong.

use crate::traceql::{QueryError, words};
use crate::tui::keymap::Action;
use crate::tui::widget::completing::Completing;

use super::complete::{Names, propose};

/// The line while it has the keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueryLine {
    pub typing: Completing,
    /// What is wrong with what is typed so far, if it has braces.
    pub fault: Option<QueryError>,
    /// What plain words mean.
    pub meaning: Option<String>,
}

impl QueryLine {
    /// The line with the query that was asked last.
    pub fn new(query: &str, names: &Names) -> Self {
        let blank = query == "{ }";
        let mut line = Self::default();
        line.set(if blank { "" } else { query }, names);
        line
    }

    /// What is typed.
    pub fn text(&self) -> &str {
        self.typing.input.text()
    }

    /// What Enter asks for: the query, or what plain words mean.
    pub fn query(&self, names: &Names) -> String {
        let text = self.text().trim();
        match words::read(text, names) {
            Ok(tree) if !text.starts_with(['{', '(']) => tree.to_string(),
            _ => text.to_owned(),
        }
    }

    /// Other text in its place, the cursor at its end.
    pub fn set(&mut self, text: &str, names: &Names) {
        self.typing.set(text);
        self.look(names);
    }

    /// Types a character.
    pub fn typed(&mut self, c: char, names: &Names) {
        self.typing
            .typed(c, &|text, cursor| propose(text, cursor, names));
        self.look(names);
    }

    /// Editing, completion and history. Returns false for any other action.
    pub fn act(&mut self, action: Action, names: &Names, history: &[String]) -> bool {
        let propose = |text: &str, cursor| propose(text, cursor, names);
        let done = self.typing.act(action, history, &propose);
        if done {
            self.look(names);
        }
        done
    }

    /// Works out anew what is wrong, and what plain words mean.
    fn look(&mut self, names: &Names) {
        let text = self.text();
        let is_plain = !text.trim().is_empty() && !text.trim().starts_with(['{', '(']);
        (self.fault, self.meaning) = match words::read(text, names) {
            Err(fault) => (Some(fault), None),
            Ok(tree) => (None, is_plain.then(|| tree.to_string())),
        };
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
        assert_eq!(line.text(), r#"{ resource.service.name = "checkout" }"#);
        " && trace:du".chars().for_each(|c| line.typed(c, &names()));
        assert_eq!(line.typing.ghost(), "ration");
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
        assert_eq!(line.text(), "che");
    }

    #[test]
    fn the_place_of_a_fault_is_known() {
        let line = typed("{ span.http.st }");
        assert!(line.fault.is_none_or(|fault| fault.place.start <= 16));
        assert!(typed("{ status = \"x\" }").fault.is_some());
        assert!(typed("checkout").fault.is_none());
    }
}
