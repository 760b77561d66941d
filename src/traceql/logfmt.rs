//! Tags as Jaeger's search form writes them: `k=v k2="a b" flag`.

use super::place::Place;

/// Why a text is no list of tags.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct LogfmtError {
    /// The piece at fault.
    pub place: Place,
    /// What is wrong.
    pub message: &'static str,
}

/// The tags of a text. A bare key is `true`; values with blanks, `=` or quotes stand in double
/// quotes, where `\"`, `\\` and `\n` are escapes. Keys may be quoted likewise.
///
/// # Errors
/// At a quote that does not end, or a value without a key.
pub fn parse(text: &str) -> Result<Vec<(String, String)>, LogfmtError> {
    let mut tags = Vec::new();
    let mut at = 0;
    loop {
        at += blanks(text, at);
        if at >= text.len() {
            return Ok(tags);
        }
        let start = at;
        let key = part(text, &mut at, true)?;
        if key.is_empty() {
            let place = Place::new(start, at + 1);
            let message = "a tag is written key=value";
            return Err(LogfmtError { place, message });
        }
        let value = if text.get(at..).is_some_and(|rest| rest.starts_with('=')) {
            at += 1;
            part(text, &mut at, false)?
        } else {
            "true".to_owned()
        };
        tags.push((key, value));
    }
}

fn blanks(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    rest.len() - rest.trim_start().len()
}

/// A key or a value at the cursor, unquoted.
fn part(text: &str, at: &mut usize, key: bool) -> Result<String, LogfmtError> {
    let rest = text.get(*at..).unwrap_or("");
    if rest.starts_with('"') {
        return quoted(text, at);
    }
    let end = rest
        .find(|c: char| c.is_whitespace() || (key && c == '='))
        .unwrap_or(rest.len());
    *at += end;
    Ok(rest.get(..end).unwrap_or("").to_owned())
}

fn quoted(text: &str, at: &mut usize) -> Result<String, LogfmtError> {
    let start = *at;
    let mut out = String::new();
    let mut chars = text.get(start + 1..).unwrap_or("").char_indices();
    while let Some((offset, c)) = chars.next() {
        match c {
            '"' => {
                *at = start + 1 + offset + 1;
                return Ok(out);
            }
            '\\' => match chars.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, escaped)) => out.push(escaped),
                None => break,
            },
            other => out.push(other),
        }
    }
    let place = Place::new(start, text.len());
    let message = "this quote does not end";
    Err(LogfmtError { place, message })
}

/// Tags as text.
pub fn print(tags: &[(String, String)]) -> String {
    let tag = |(key, value): &(String, String)| format!("{}={}", quote(key), quote(value));
    tags.iter().map(tag).collect::<Vec<_>>().join(" ")
}

fn quote(part: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | '=' | '\\');
    if !part.is_empty() && part.chars().all(plain) {
        return part.to_owned();
    }
    let escaped = part.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn as_jaeger_writes_them() {
        let tags = parse(r#" error http.status_code=500 q="a \"b\" = c" empty= url=a=b "#).unwrap();
        let wanted = [
            ("error", "true"),
            ("http.status_code", "500"),
            ("q", "a \"b\" = c"),
            ("empty", ""),
            ("url", "a=b"),
        ];
        assert_eq!(tags, wanted.map(|(k, v)| (k.to_owned(), v.to_owned())));
        assert_eq!(parse("k=\"a").unwrap_err().place.range(), 2..4);
        assert_eq!(parse("a=1 =b").unwrap_err().place.range(), 4..5);
    }

    proptest! {
        #[test]
        fn printed_tags_read_back(tags in proptest::collection::vec(("\\PC{1,6}", "\\PC{0,6}|[\"\\\\ =\n]{0,4}"), 0..4)) {
            prop_assert_eq!(parse(&print(&tags)), Ok(tags));
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,20}|[a=\"\\\\ ]{0,12}") {
            let _ = parse(&text);
        }
    }
}
