//! The header: where one is, and facts beside it.

use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::Target;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::page::Look;
use crate::tui::theme::{Glyphs, Token};

use super::Fact;

/// So many of the most important facts matter more than the end of a long title,
const VITAL: usize = 2;
/// of which so many columns are always kept.
const TITLE: usize = 24;

/// Draws the name of the program, the crumbs and what facts there is room for.
pub(super) fn draw(look: &Look<'_>, canvas: &mut Canvas<'_>, facts: &[Fact]) {
    let width = canvas.area().width;
    let title = canvas.text(1, 0, width, &"vizsla".into(), Token::Accent) + 2;
    let beside = |crumbs: u16| width.saturating_sub(title.saturating_add(crumbs).saturating_add(3));
    let rooms = [crumbs_width, least_width].map(|of| beside(of(look.crumbs, canvas.glyphs)));
    let facts = told(facts, rooms);
    let facts_width = facts.width();
    let end = width.saturating_sub(facts_width + 1);
    canvas.phrase(end, 0, facts_width, &facts);
    let room = if facts.is_empty() {
        width
    } else {
        end.saturating_sub(2)
    };
    crumbs(look, canvas, title, room.saturating_sub(title));
}

/// Facts beside the whole crumbs, or at least the [`VITAL`] ones beside cut ones.
fn told(facts: &[Fact], [beside_whole, beside_least]: [u16; 2]) -> Phrase {
    let mut vital: Vec<&Fact> = facts.iter().filter(|fact| !fact.words.is_empty()).collect();
    vital.sort_by_key(|fact| fact.rank);
    let worst = vital.iter().take(VITAL).next_back().map(|fact| fact.rank);
    let vital: Vec<Fact> = facts
        .iter()
        .filter(|fact| Some(fact.rank) <= worst)
        .cloned()
        .collect();
    let (all, vital) = (fitting(facts, beside_whole), fitting(&vital, beside_least));
    if vital.width() > all.width() {
        vital
    } else {
        all
    }
}

/// The most important facts that fit into `width`, in their order, parted by three columns.
pub fn fitting(facts: &[Fact], width: u16) -> Phrase {
    let mut ranks: Vec<u8> = facts.iter().map(|fact| fact.rank).collect();
    ranks.sort_unstable();
    let line = |worst: u8| {
        let kept = facts
            .iter()
            .filter(|fact| fact.rank <= worst && !fact.words.is_empty());
        kept.fold(Phrase::default(), |line, fact| {
            let gap = if line.is_empty() { "" } else { "   " };
            line.and(Token::Text, gap).with(fact.words.clone())
        })
    };
    let fits = |line: &Phrase| line.width() <= width;
    ranks
        .into_iter()
        .rev()
        .map(line)
        .find(fits)
        .unwrap_or_default()
}

fn crumbs_width(crumbs: &[Shown<'static>], glyphs: &Glyphs) -> u16 {
    let separator = Shown::new(glyphs.crumb).width() + 2;
    let text: usize = crumbs.iter().map(Shown::width).sum();
    (text + separator * crumbs.len().saturating_sub(1)) as u16
}

/// What crumbs need where the last is too long for all of it to stay: the middle ones become an
/// ellipsis, the last is cut.
fn least_width(crumbs: &[Shown<'static>], glyphs: &Glyphs) -> u16 {
    let Some((_, others)) = crumbs.split_last().filter(|(last, _)| last.width() > TITLE) else {
        return crumbs_width(crumbs, glyphs);
    };
    let middle = Shown::new(glyphs.ellipsis).width() * others.len().saturating_sub(1);
    let separators = (Shown::new(glyphs.crumb).width() + 2) * others.len();
    let first = others.first().map_or(0, Shown::width);
    (first + middle + separators + TITLE) as u16
}

/// Too long: the middle ones become an ellipsis, backend and last stay, the last is cut.
fn crumbs(look: &Look<'_>, canvas: &mut Canvas<'_>, mut x: u16, room: u16) {
    let crumbs = look.crumbs;
    let end = x + room;
    let squeeze = crumbs_width(crumbs, canvas.glyphs) > room;
    let separator = Shown::from(format!(" {} ", canvas.glyphs.crumb));
    let last = crumbs.len().saturating_sub(1);
    for (at, crumb) in crumbs.iter().enumerate() {
        let dots = Shown::new(canvas.glyphs.ellipsis);
        let shown = if squeeze && at > 0 && at < last {
            &dots
        } else {
            crumb
        };
        if at > 0 {
            x = canvas.text(x, 0, end.saturating_sub(x), &separator, Token::Muted);
        }
        let token = match (at == last, look.current) {
            (true, true) => Token::Strong,
            (false, true) => Token::Text,
            (_, false) => Token::Muted,
        };
        let next = canvas.text(x, 0, end.saturating_sub(x), shown, token);
        canvas.hit(Rect::new(x, 0, next - x, 1), Target::Crumb(at));
        x = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_important_facts_are_dropped() {
        let fact = |rank, words: &'static str| Fact::new(rank, Phrase::text(words));
        let facts = [fact(1, "rate"), fact(0, "traces"), fact(2, "ports")];
        assert_eq!(fitting(&facts, 30).plain(), "rate   traces   ports");
        assert_eq!(fitting(&facts, 20).plain(), "rate   traces");
        assert_eq!(fitting(&facts, 12).plain(), "traces");
        assert_eq!(fitting(&facts, 5).plain(), "");
    }

    #[test]
    fn a_long_title_leaves_room_for_what_matters_most() {
        let fact = |rank, words: &'static str| Fact::new(rank, Phrase::text(words));
        let facts = [fact(2, "9 spans"), fact(1, "11.9 ms"), fact(0, "1 error")];
        let told = |rooms| told(&facts, rooms).plain();
        assert_eq!(told([40, 90]), "9 spans   11.9 ms   1 error");
        assert_eq!(told([0, 90]), "11.9 ms   1 error", "the title is cut");
        assert_eq!(told([0, 10]), "1 error");
        assert_eq!(told([0, 3]), "", "the title keeps what it must");
        let crumbs = ["file", "search", "a title of many words, far too long"].map(Shown::from);
        let glyphs = Glyphs::of(crate::text::Charset::Unicode);
        assert_eq!(least_width(&crumbs, glyphs), 4 + 3 + 1 + 3 + 24);
        assert_eq!(least_width(&crumbs[2..], glyphs), 24);
        assert_eq!(
            least_width(&crumbs[..2], glyphs),
            4 + 3 + 6,
            "nothing to cut"
        );
    }
}
