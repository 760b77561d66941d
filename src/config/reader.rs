//! Reading TOML key by key, so that a mistake costs one setting and is told with its place.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{nearest, place};
use super::{Origin, Problem, Setting};

/// A file that is being read.
pub(super) struct Reader<'t> {
    path: Arc<Path>,
    text: &'t str,
    problems: Vec<Problem>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(path: &Path, text: &'t str) -> Self {
        Self {
            path: path.into(),
            text,
            problems: Vec::new(),
        }
    }

    /// The top of the file, as far as it is TOML.
    pub(super) fn top(&mut self) -> Spanned<DeTable<'t>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            self.problem(error.span(), error.message().to_owned());
        }
        table
    }

    pub(super) fn problem(&mut self, span: Option<Range<usize>>, message: String) {
        let place = Some(place(self.text, span));
        self.problems.push(Problem {
            path: self.path.to_path_buf(),
            place,
            message,
        });
    }

    pub(super) fn origin(&self, span: Range<usize>) -> Origin {
        Origin::File {
            path: Arc::clone(&self.path),
            line: place(self.text, Some(span)).0,
        }
    }

    /// What was wrong, in the order of the file.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.place);
        self.problems
    }
}

/// A table of the file, whose known keys are taken out one by one.
pub(super) struct Section<'r, 'd, 't> {
    pub(super) reader: &'r mut Reader<'t>,
    table: &'d DeTable<'t>,
    /// How it is called in messages: empty at the top, else `[listen]`.
    name: String,
    known: Vec<&'static str>,
}

impl<'r, 'd, 't> Section<'r, 'd, 't> {
    pub(super) fn new(reader: &'r mut Reader<'t>, table: &'d DeTable<'t>, name: String) -> Self {
        Self {
            reader,
            table,
            name,
            known: Vec::new(),
        }
    }

    /// Takes a value; a wrong one is told and counts as absent.
    pub(super) fn take<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'t>) -> Result<T, String>,
    ) -> Option<Setting<T>> {
        self.known.push(key);
        let value = self.table.get(key)?;
        match read(value.get_ref()) {
            Ok(read) => Some(Setting {
                value: read,
                origin: self.reader.origin(value.span()),
            }),
            Err(wrong) => {
                self.reader
                    .problem(Some(value.span()), format!("{key}: {wrong}"));
                None
            }
        }
    }

    /// Takes a table.
    pub(super) fn table(&mut self, key: &'static str) -> Option<&'d DeTable<'t>> {
        self.known.push(key);
        let value = self.table.get(key)?;
        let table = value.get_ref().as_table();
        if table.is_none() {
            let found = kind(value.get_ref());
            self.reader.problem(
                Some(value.span()),
                format!("{key}: a table is expected, not {found}"),
            );
        }
        table
    }

    /// Takes an array of tables, with the place of each.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<(&'d DeTable<'t>, Range<usize>)> {
        self.known.push(key);
        let Some(value) = self.table.get(key) else {
            return Vec::new();
        };
        let rows: Option<Vec<_>> = value.get_ref().as_array().and_then(|array| {
            array
                .iter()
                .map(|row| row.get_ref().as_table().map(|table| (table, row.span())))
                .collect()
        });
        rows.unwrap_or_else(|| {
            self.reader
                .problem(Some(value.span()), format!("{key}: write it as [[{key}]]"));
            Vec::new()
        })
    }

    /// Tells the keys that nobody took.
    pub(super) fn finish(self) {
        for key in self.table.keys() {
            if self.known.iter().any(|known| known == key.get_ref()) {
                continue;
            }
            let hint = match nearest(key.get_ref(), self.known.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("one of {}", self.known.join(", ")),
            };
            let place = if self.name.is_empty() {
                String::new()
            } else {
                format!(" in {}", self.name)
            };
            self.reader.problem(
                Some(key.span()),
                format!("unknown key {}{place}: {hint}", key.get_ref()),
            );
        }
    }
}

/// A string.
pub(super) fn text(value: &DeValue<'_>) -> Result<String, String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("a string is expected, not {}", kind(value)))
}

/// `true` or `false`.
pub(super) fn flag(value: &DeValue<'_>) -> Result<bool, String> {
    value
        .as_bool()
        .ok_or_else(|| format!("true or false is expected, not {}", kind(value)))
}

/// A list of strings.
pub(super) fn texts(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let array = value
        .as_array()
        .ok_or_else(|| format!("a list of strings is expected, not {}", kind(value)))?;
    array.iter().map(|item| text(item.get_ref())).collect()
}

/// A string that a parser understands.
pub(super) fn parsed<T, E: ToString>(
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> impl FnOnce(&DeValue<'_>) -> Result<T, String> {
    |value| parse(&text(value)?).map_err(|error| error.to_string())
}

fn kind(value: &DeValue<'_>) -> String {
    let kind = value.type_str();
    let article = if kind.starts_with(['a', 'i']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {kind}")
}
