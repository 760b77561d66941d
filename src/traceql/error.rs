//! What is wrong with a query: where, what was found, what was expected, what to write instead.

use std::fmt::Write as _;

use super::place::Place;

/// The first fault of a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct QueryError {
    /// The piece of the text that is at fault; empty at its end if something is missing there.
    pub place: Place,
    /// What is wrong.
    pub fault: Fault,
    /// What to write instead, if that can be guessed.
    pub hint: Option<String>,
}

/// What can be wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each is")]
pub enum Fault {
    #[error("expected {expected}, found {found}")]
    Unexpected { expected: String, found: String },
    #[error("unknown {what} {word}")]
    Unknown { what: &'static str, word: String },
    #[error("{0}")]
    Literal(String),
    #[error("this regular expression does not compile: {0}")]
    Regex(String),
    #[error("{left} cannot be compared with {right} by {op}")]
    Mismatch {
        op: String,
        left: String,
        right: String,
    },
    #[error("{0}")]
    Type(String),
    #[error("{0}")]
    Refused(String),
    #[error("the query nests deeper than {0} levels")]
    TooDeep(usize),
    #[error("the query is longer than {0} KiB")]
    TooLong(usize),
}

impl QueryError {
    /// A fault at `place`, without a hint.
    pub fn new(place: Place, fault: Fault) -> Self {
        Self {
            place,
            fault,
            hint: None,
        }
    }

    /// The same with a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The message with its hint, in one line.
    pub fn sentence(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{}: {hint}", self.fault),
            None => self.fault.to_string(),
        }
    }

    /// The line of `query` that is at fault, a row of carets under the place, and the sentence.
    /// Characters are counted as one column each; control characters are shown as blanks.
    ///
    /// ```text
    /// { status = "error" }
    ///            ^^^^^^^
    /// a status cannot be compared with a string by =: write status = error
    /// ```
    pub fn render(&self, query: &str) -> String {
        let start = floor_boundary(query, self.place.start);
        let before = query.get(..start).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = query.get(line_start..).unwrap_or("");
        let line = rest.split('\n').next().unwrap_or("");
        let column = query.get(line_start..start).unwrap_or("").chars().count();
        let end = floor_boundary(query, self.place.end).min(line_start + line.len());
        let width = query.get(start..end).unwrap_or("").chars().count().max(1);

        let mut out = String::with_capacity(line.len() * 2 + 80);
        out.extend(line.chars().map(|c| if c.is_control() { ' ' } else { c }));
        let carets = "^".repeat(width);
        let _ = write!(out, "\n{:column$}{carets}\n{}", "", self.sentence());
        out
    }
}

/// The nearest character boundary at or before `at`.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_the_place() {
        let query = "{ kind = server &&\n  né = 3 }";
        let error = QueryError::new(
            Place::new(21, 24),
            Fault::Unknown {
                what: "word",
                word: "né".into(),
            },
        )
        .with_hint("write .né");
        assert_eq!(
            error.render(query),
            "  né = 3 }\n  ^^\nunknown word né: write .né"
        );
        let end = QueryError::new(Place::new(999, 999), Fault::TooDeep(3));
        assert!(end.render("{").starts_with("{\n ^\n"));
    }
}
