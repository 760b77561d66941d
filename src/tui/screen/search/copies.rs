//! What is copied from the search screen: rows, Markdown, a command that finds the same.

use std::fmt::Write as _;

use crate::backend::TraceRow;
use crate::text::{Clock, Shown, duration};
use crate::traceql::form::When;
use crate::tui::shared::Shared;

use super::form::Asked;
use super::results::Results;
use super::window::{looks_at_all, short};

/// One row as a line of text.
pub fn row(row: &TraceRow, shared: &Shared) -> String {
    let time = shared.clock.time(row.start.0, shared.time_style);
    let length = duration(row.duration.0, shared.charset());
    let name = Shown::from(format!("{} {}", row.service, row.name));
    let spans = crate::text::plural(row.spans.into(), "span");
    let errors = crate::text::plural(row.errors.into(), "error");
    format!(
        "{time}  {name}  {length}  {spans}  {errors}  {}",
        row.trace_id
    )
}

/// The marked rows, else the one under the cursor.
pub fn chosen<'a>(results: &'a Results, here: &'a TraceRow) -> Vec<&'a TraceRow> {
    let marked: Vec<_> = results
        .rows()
        .iter()
        .filter(|row| results.marked.contains(&row.trace_id))
        .collect();
    if marked.is_empty() {
        vec![here]
    } else {
        marked
    }
}

/// Rows as a table.
pub fn markdown(rows: &[&TraceRow], shared: &Shared) -> String {
    let mut text = String::from(
        "| start | trace | duration | spans | errors | id |\n|---|---|---:|---:|---:|---|\n",
    );
    for row in rows {
        let name = Shown::from(format!("{} {}", row.service, row.name))
            .as_str()
            .replace('|', "\\|");
        let time = shared.clock.time(row.start.0, shared.time_style);
        let length = duration(row.duration.0, shared.charset());
        let (spans, errors, id) = (row.spans, row.errors, row.trace_id);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {time} | {name} | {length} | {spans} | {errors} | `{id}` |"
        );
    }
    text
}

/// The command that finds the same from a shell.
pub fn command(asked: &Asked, shared: &Shared) -> String {
    let words = shared.source.words().into_iter();
    let source = shell_words(words.flat_map(|word| ["-s".to_owned(), word]));
    let time = match asked.when {
        When::Always if looks_at_all(shared) => String::new(),
        When::Always => " --from 0".to_owned(),
        When::Last(length) => format!(
            " --since {}",
            short(length).replace(' ', "").replace("min", "m")
        ),
        When::Between(from, to) => {
            format!(
                " --from {} --to {}",
                Clock::rfc3339(from.0),
                Clock::rfc3339(to.0)
            )
        }
    };
    format!(
        "vizsla search {source} {}{time} --limit {}",
        shell_word(&asked.query),
        asked.limit
    )
}

/// One word for a POSIX shell.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:+@%=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// Words of a command line for a POSIX shell.
pub fn shell_words(words: impl Iterator<Item = impl AsRef<str>>) -> String {
    let quoted: Vec<String> = words.map(|word| shell_word(word.as_ref())).collect();
    quoted.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_same_words() {
        assert_eq!(shell_word("jaeger+http://h:16686"), "jaeger+http://h:16686");
        assert_eq!(
            shell_word("{ name = \"it's\" }"),
            r#"'{ name = "it'\''s" }'"#
        );
        assert_eq!(shell_word(""), "''");
    }
}
