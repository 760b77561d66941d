//! A find line in words: `pay timeout`, `"two words"`, `-health`, `http.status_code>=500`,
//! `service=pay | share>10%`.

use crate::traceql::operator::Compare;

use super::field::Field;
use super::words::{DIGITS, Word};

/// What parts two alternatives.
const OR: [&str; 2] = ["|", "OR"];

/// Spans are found that have all terms of one of the alternatives.
#[derive(Debug)]
pub struct Line(pub Vec<All>);

/// Terms that a span must all fulfil.
#[derive(Debug, Default)]
pub struct All {
    /// Words, and whether a span must not have them.
    pub words: Vec<(Word, bool)>,
    /// What a span is, and whether it must not be so.
    pub fields: Vec<(Field, bool)>,
}

impl Line {
    pub fn parse(line: &str) -> Self {
        let mut all = vec![All::default()];
        for (token, quoted) in tokens(line) {
            match all.last_mut() {
                Some(last) if !last.is_empty() && !quoted && OR.contains(&token.as_str()) => {
                    all.push(All::default());
                }
                Some(last) => last.add(&token, quoted),
                None => {}
            }
        }
        if all.len() > 1 {
            all.retain(|all| !all.is_empty());
        }
        Self(all)
    }
}

impl All {
    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.fields.is_empty()
    }

    fn add(&mut self, token: &str, quoted: bool) {
        if quoted {
            return self.words.push((Word::text(token), false));
        }
        let (token, not) = match token.strip_prefix('-') {
            Some(rest) if !rest.is_empty() => (rest, true),
            _ => (token, false),
        };
        let Some((key, op, value)) = parts(token) else {
            return self.words.push((Word::text(token), not));
        };
        if let Some(field) = Field::of(key, op, value) {
            return self.fields.push((field, not));
        }
        self.words.push(match Word::of(key, op, value) {
            Some(word) => (word, not != (op == Compare::NotEqual)),
            None => (Word::text(token), not),
        });
    }
}

/// A comparison in its parts.
pub fn parts(token: &str) -> Option<(&str, Compare, &str)> {
    let at = token.find(['=', '<', '>', '!']).filter(|&at| at > 0)?;
    let (key, rest) = token.split_at(at);
    let ops = [
        Compare::NotEqual,
        Compare::LessEqual,
        Compare::GreaterEqual,
        Compare::Equal,
        Compare::Less,
        Compare::Greater,
    ];
    let op = ops.into_iter().find(|op| rest.starts_with(op.symbol()))?;
    Some((key, op, rest.strip_prefix(op.symbol())?))
}

/// The words of a line, and whether they stood in quotes.
fn tokens(line: &str) -> Vec<(String, bool)> {
    let mut tokens = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (token, quoted, more) = match rest.strip_prefix('"') {
            Some(inner) => {
                let (token, more) = inner.split_once('"').unwrap_or((inner, ""));
                (token.to_owned(), true, more)
            }
            None => bare(rest),
        };
        if !token.is_empty() {
            tokens.push((token, quoted));
        }
        rest = more.trim_start();
    }
    tokens
}

/// A word up to the next blank; quotes in it keep blanks together, as in `msg="not found"`.
fn bare(text: &str) -> (String, bool, &str) {
    let (mut token, mut within) = (String::new(), false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => within = !within,
            c if c.is_whitespace() && !within => {
                return (token, false, text.get(at..).unwrap_or_default());
            }
            c => token.push(c),
        }
    }
    (token, false, "")
}

/// If all that a line finds was found by the one before, of which it is a longer form: the words
/// that are still to be looked for among that.
pub fn narrowed(before: &str, line: &str) -> Option<String> {
    let is_plain = |word: &str| {
        !word.contains(['=', '<', '>', '!', '|', '"'])
            && !word.starts_with(['-', '{'])
            && !OR.iter().any(|or| or.starts_with(word))
            && word.len() != DIGITS
    };
    let words = || line.split_whitespace();
    let mut all = before.split_whitespace().chain(words());
    if !line.starts_with(before) || !all.all(is_plain) {
        return None;
    }
    let more = words().filter(|word| !before.split_whitespace().any(|had| had == *word));
    Some(more.collect::<Vec<_>>().join(" "))
}
