//! The why line of what an analysis told: its statements, the first in bold; after `w` the finding
//! that the cursor was taken to, and how many there are.

use crate::analysis::{Why, between};
use crate::text::Charset;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::theme::Token;

/// The line; `here` is the finding that the cursor was taken to last.
pub fn line(why: &Why, here: Option<usize>, charset: Charset) -> Phrase {
    let chosen = here.and_then(|at| Some((at, why.findings.get(at)?)));
    if let Some((at, finding)) = chosen {
        let of = format!(
            "{}{} of {}",
            between(charset),
            at + 1,
            crate::text::plural(why.findings.len() as u64, "finding")
        );
        return Phrase::of(Token::Strong, finding.text.clone()).and(Token::Muted, of);
    }
    let all = why.line.as_str();
    // What only says that nothing stands out is no answer.
    if why.findings.is_empty() {
        return Phrase::of(Token::Muted, all.to_owned());
    }
    let (answer, rest) = all.split_once(between(charset)).unwrap_or((all, ""));
    let line = Phrase::of(Token::Strong, answer.to_owned());
    if rest.is_empty() {
        return line;
    }
    line.and(Token::Text, format!("{}{rest}", between(charset)))
}
