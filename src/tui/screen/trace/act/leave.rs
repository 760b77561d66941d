//! Ways out of a trace: to pages elsewhere, to spans that are linked; and where the detail stands.

use crate::text::{self, Shown};
use crate::tui::effect::Outside;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Cx, Move};
use crate::tui::screen::menu::Choice;
use crate::tui::screen::{Menu, Overlay};
use crate::tui::session::PaneForm;

use super::super::detail::Link;
use super::super::external::{self, External};
use super::super::{Focus, Open};

/// Letters of choices that have none of their own: never j, k or q, which are the menu's.
const LETTERS: &str = "123456789abcdefghilmnoprstuvwxyz";

impl Open {
    /// Opens the page that the span or its trace leads to; of several, the one of the letter.
    pub(super) fn open_link(&self, letter: Option<char>, cx: &mut Cx<'_>) {
        let Some(span) = self.span() else { return };
        let pages = external::of_span(&self.trace, span, &cx.shared.links);
        open_page(&pages, letter, cx);
    }

    /// Goes to the span that is linked, in this trace or another; of several, to the letter's.
    pub(super) fn go_linked(&mut self, letter: Option<char>, cx: &mut Cx<'_>) {
        let links = self.linked();
        let link = match (links.as_slice(), letter) {
            ([], _) => return cx.say(Message::note("no link leads from this span or to it")),
            ([(link, _)], _) => Some(*link),
            (links, Some(letter)) => place(letter)
                .and_then(|at| links.get(at))
                .map(|link| link.0),
            (links, None) => {
                let named = links
                    .iter()
                    .map(|(_, name)| (name.clone(), Shown::default()));
                return choose(Action::GoLinked, "go to", named, cx);
            }
        };
        if let Some(link) = link {
            self.follow(link, cx);
        }
    }

    /// The spans that this one links to, then those of the trace that link to it.
    fn linked(&self) -> Vec<(Link, Shown<'static>)> {
        let Some(number) = self.span() else {
            return Vec::new();
        };
        let (trace, span) = (&self.trace, self.trace.span(number));
        let glyphs = crate::tui::theme::Glyphs::of(self.charset);
        let named = |glyph: &str, at: usize| {
            let other = trace.span(at);
            let from = trace.start_of(at).since(trace.start());
            let from = text::duration(from.0, self.charset);
            let name = format!("{glyph} {} {}  +{from}", other.service(), other.operation());
            (Link::Span(at), Shown::from(name))
        };
        let out = span.links().filter_map(|link| {
            if link.trace_id() == trace.id() {
                return trace
                    .find(link.span_id())
                    .map(|at| named(glyphs.link_out, at));
            }
            let name = format!("{} trace {}", glyphs.link_out, link.trace_id());
            Some((
                Link::Trace(link.trace_id(), link.span_id()),
                Shown::from(name),
            ))
        });
        let back = self.back.to(span.span_id()).iter();
        out.chain(back.map(|&at| named(glyphs.link_in, at)))
            .collect()
    }

    /// The detail beside, below, alone, then as it fits again.
    pub(super) fn next_form(&mut self, cx: &mut Cx<'_>) {
        let form = &mut cx.shared.session.pane;
        let (next, said) = match form {
            PaneForm::Fitting => (PaneForm::Beside, "detail beside, where there is room"),
            PaneForm::Beside => (PaneForm::Below, "detail below"),
            PaneForm::Below => (PaneForm::Alone, "detail alone"),
            PaneForm::Alone => (PaneForm::Fitting, "detail where it fits"),
        };
        *form = next;
        self.detail.shown = true;
        if next == PaneForm::Alone {
            self.focus = Focus::Detail;
        }
        cx.say(Message::note(said));
    }
}

/// Opens a page; of several the one of the letter, or asks which.
pub fn open_page(pages: &[External], letter: Option<char>, cx: &mut Cx<'_>) {
    let page = match (pages, letter) {
        ([], _) => {
            let said = "no page elsewhere: [[link]] in the configuration makes one";
            return cx.say(Message::note(said));
        }
        ([page], _) => Some(page),
        (pages, Some(letter)) => place(letter).and_then(|at| pages.get(at)),
        (pages, None) => {
            let named = |page: &External| match page.text.as_str() {
                "" => (Shown::new(&page.url).into_owned(), Shown::default()),
                text => (
                    Shown::from(text.to_owned()),
                    Shown::new(&page.url).into_owned(),
                ),
            };
            return choose(Action::OpenLink, "open", pages.iter().map(named), cx);
        }
    };
    if let Some(page) = page {
        cx.outside(Outside::Browse(page.url.clone()));
    }
}

fn place(letter: char) -> Option<usize> {
    LETTERS.chars().position(|other| other == letter)
}

fn choose(
    action: Action,
    title: &'static str,
    named: impl Iterator<Item = (Shown<'static>, Shown<'static>)>,
    cx: &mut Cx<'_>,
) {
    let choices = LETTERS
        .chars()
        .zip(named)
        .map(|(letter, (label, aside))| Choice {
            letter,
            label: label.cut(60, cx.shared.charset()),
            aside: aside.cut(40, cx.shared.charset()),
        });
    let menu = Menu::new(action, title, choices.collect(), None);
    cx.go(Move::Over(Overlay::Menu(menu)));
}
