//! What a text is, by its attribute's name and by what stands in it.

use super::stack;

/// Values shorter than this say what they say on one line.
const SHORT: usize = 60;

/// How a text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    Json,
    Sql,
    Url,
    Stack,
}

impl Form {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "JSON",
            Self::Sql => "SQL",
            Self::Url => "URL",
            Self::Stack => "stack trace",
        }
    }

    /// What the file of such a text is called, so that editors and pagers know it.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Sql => "sql",
            Self::Text | Self::Url | Self::Stack => "txt",
        }
    }
}

/// Attributes that hold a statement, under their old and new names.
const STATEMENTS: &[&str] = &["db.query.text", "db.statement", "sql.query", "sql"];

/// What a text is. `None` if it is best left on the one line that it has.
pub fn form_of(key: &str, text: &str) -> Option<Form> {
    let trimmed = text.trim_start();
    if trimmed.starts_with(['{', '[']) && text.len() >= SHORT {
        return Some(Form::Json);
    }
    let lines = text.contains('\n');
    if lines && (stack::is_named(key) || stack::is_trace(text)) {
        return Some(Form::Stack);
    }
    if STATEMENTS.contains(&key) && (lines || text.len() >= SHORT) {
        return Some(Form::Sql);
    }
    if lines {
        return Some(Form::Text);
    }
    let is_url =
        text.starts_with("http://") || text.starts_with("https://") || text.starts_with('/');
    (text.len() >= SHORT && is_url && text.contains('?')).then_some(Form::Url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_by_its_name_and_by_itself() {
        let long = "x".repeat(SHORT);
        assert_eq!(form_of("k", "short"), None);
        assert_eq!(form_of("k", &long), None);
        assert_eq!(form_of("k", &format!("[\"{long}\"]")), Some(Form::Json));
        assert_eq!(form_of("db.statement", &long), Some(Form::Sql));
        assert_eq!(
            form_of("url.full", &format!("/a?b={long}")),
            Some(Form::Url)
        );
        assert_eq!(form_of("k", "a\nb"), Some(Form::Text));
        assert_eq!(form_of("exception.stacktrace", "a\nb"), Some(Form::Stack));
        assert_eq!(
            form_of("k", "E: no\n    at f (x.js:1:2)"),
            Some(Form::Stack)
        );
    }
}
