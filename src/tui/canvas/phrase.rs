//! A line of text whose parts mean different things: the why line, facts, hints.

use crate::text::{Charset, Shown};

use crate::tui::theme::Token;

/// Safe text with a meaning for each part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrase(Vec<(Shown<'static>, Token)>);

impl Phrase {
    /// Plain data.
    pub fn text(text: impl Into<Shown<'static>>) -> Self {
        Self::of(Token::Text, text)
    }

    /// One part of that meaning.
    pub fn of(token: Token, text: impl Into<Shown<'static>>) -> Self {
        Self::default().and(token, text)
    }

    /// Goes on with another part.
    #[must_use]
    pub fn and(mut self, token: Token, text: impl Into<Shown<'static>>) -> Self {
        self.push(token, text);
        self
    }

    /// Appends another part.
    pub fn push(&mut self, token: Token, text: impl Into<Shown<'static>>) {
        self.0.push((text.into(), token));
    }

    /// Appends all parts of another phrase.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// One phrase after the other.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.extend(other);
        self
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|(text, _)| text.as_str().is_empty())
    }

    /// Columns it takes uncut.
    pub fn width(&self) -> u16 {
        self.0
            .iter()
            .map(|(text, _)| text.width())
            .sum::<usize>()
            .min(u16::MAX.into()) as u16
    }

    /// Its parts.
    pub fn parts(&self) -> impl Iterator<Item = (&Shown<'static>, Token)> {
        self.0.iter().map(|(text, token)| (text, *token))
    }

    /// Cuts what does not fit into `columns`, marked.
    #[must_use]
    pub fn cut(self, columns: u16, charset: Charset) -> Self {
        if self.width() <= columns {
            return self;
        }
        let mut left = usize::from(columns);
        let mut cut = Self::default();
        for (text, token) in self.0 {
            let width = text.width();
            // What follows is lost, so the mark of the cut needs a column here.
            if width >= left {
                let with_mark = Shown::from(format!("{text}{}", charset.ellipsis()));
                cut.push(token, with_mark.cut(left, charset));
                break;
            }
            left -= width;
            cut.push(token, text);
        }
        cut
    }

    /// As many of its statements as fit into `columns`, the last ones dropped first. Statements are
    /// parted as why lines are. Only if not even the first fits is it cut.
    #[must_use]
    pub fn fit(self, columns: u16, charset: Charset) -> Self {
        if self.width() <= columns {
            return self;
        }
        let between = crate::analysis::between(charset);
        let (mut kept, mut whole) = (Self::default(), None);
        for (text, token) in &self.0 {
            for (at, piece) in text.as_str().split(between).enumerate() {
                if at > 0 {
                    whole = Some(kept.clone());
                    kept.push(*token, between);
                }
                kept.push(*token, piece.to_owned());
                if kept.width() > columns {
                    return whole.unwrap_or_else(|| self.clone().shortened(columns, charset));
                }
            }
        }
        kept
    }

    /// One statement in fewer words: clauses before its sample, `(452 spans)`, go from behind.
    fn shortened(self, columns: u16, charset: Charset) -> Self {
        let Some((text, token)) = self.0.first() else {
            return self;
        };
        let between = crate::analysis::between(charset);
        let statement = text.as_str().split(between).next().unwrap_or_default();
        // A statement of several looks is not ours to shorten.
        let ends = |(next, _): &(Shown<'_>, Token)| next.as_str().starts_with(between);
        let whole = statement.len() < text.as_str().len() || self.0.get(1).is_none_or(ends);
        let (mut head, sample) = match statement.rfind(" (") {
            Some(at) => statement.split_at(at),
            None => (statement, ""),
        };
        while let Some((shorter, _)) = head.rsplit_once(", ") {
            head = shorter;
            let short = Self::of(*token, format!("{head}{sample}"));
            if whole && short.width() <= columns {
                return short;
            }
        }
        self.cut(columns, charset)
    }

    /// The bare text.
    pub fn plain(&self) -> String {
        self.0.iter().map(|(text, _)| text.as_str()).collect()
    }
}

impl From<Shown<'static>> for Phrase {
    fn from(text: Shown<'static>) -> Self {
        Self::text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_falls_into_any_part_and_is_marked() {
        let phrase = Phrase::text("abc")
            .and(Token::Error, "def")
            .and(Token::Muted, "ghi");
        let cut = |columns| phrase.clone().cut(columns, Charset::Unicode).plain();
        assert_eq!(cut(9), "abcdefghi");
        assert_eq!(cut(8), "abcdefg…");
        assert_eq!(cut(6), "abcde…");
        assert_eq!(cut(3), "ab…");
        assert_eq!(cut(0), "");
    }

    #[test]
    fn statements_that_do_not_fit_are_left_out_whole() {
        let phrase = Phrase::of(Token::Strong, "one").and(Token::Text, " · two · three");
        let fit = |columns| phrase.clone().fit(columns, Charset::Unicode).plain();
        assert_eq!(fit(17), "one · two · three");
        assert_eq!(fit(16), "one · two");
        assert_eq!(fit(8), "one");
        assert_eq!(fit(2), "o…");
        let long = Phrase::text("a slow: p95 9 s, b has 2 s (452 spans) · two");
        let short = long.fit(30, Charset::Unicode).plain();
        assert_eq!(short, "a slow: p95 9 s (452 spans)");
    }
}
