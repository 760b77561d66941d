//! What is chosen by letter: order, time, and what to group by.

use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Move};
use crate::tui::screen::menu::{Choice, Menu};
use crate::tui::screen::{Overlay, Palette, groups};

use super::form::Asked;
use super::order::ORDERS;
use super::results::Errand;
use super::{Search, window};

/// The orders, and what was chosen.
pub fn sort(search: &mut Search, act: Act, cx: &mut Cx<'_>) {
    let order = search.results.order;
    let Some(letter) = act.letter else {
        let choice = |(letter, by, usual, other): (char, _, &'static str, &'static str)| {
            let next = order.chosen(letter).filter(|_| by == order.by);
            Choice::new(
                letter,
                if next.is_some_and(|next| next.reversed) {
                    other
                } else {
                    usual
                },
            )
        };
        let choices = ORDERS.into_iter().map(choice).collect();
        let menu = Menu::new(
            Action::Sort,
            format!("sort, now {}", order.words()),
            choices,
            Some(order.letter()),
        );
        return cx.go(Move::Over(Overlay::Menu(menu)));
    };
    let Some(chosen) = order.chosen(letter) else {
        return;
    };
    let asks_otherwise = chosen.asked() != order.asked();
    search.results.sort(chosen);
    // Another order may bring other traces to the fore than those fetched.
    if asks_otherwise {
        search.fetch(Errand::Refresh, cx);
    }
}

/// The times, and what was chosen.
pub fn time_range(search: &mut Search, act: Act, cx: &mut Cx<'_>) {
    let clock = &cx.shared.clock;
    let Some(letter) = act.letter else {
        let now = search.asked.when;
        let choice = |(letter, when)| Choice::new(letter, window::words(when, clock));
        let present = window::choices()
            .find(|(_, when)| *when == now)
            .map(|(letter, _)| letter);
        let title = format!("time, now {} (f takes any)", window::words(now, clock));
        let choices = window::choices().map(choice).collect();
        let menu = Menu::new(Action::TimeRange, title, choices, present.or(Some('d')));
        return cx.go(Move::Over(Overlay::Menu(menu)));
    };
    if let Some((_, when)) = window::choices().find(|(known, _)| *known == letter) {
        let asked = Asked {
            when,
            ..search.asked.clone()
        };
        search.ask(asked, cx);
    }
}

/// The menu of what to group by, and what was chosen.
pub fn group(search: &Search, act: Act, cx: &mut Cx<'_>) {
    if search.results.rows().is_empty() {
        return cx.say(Message::note("no traces to group"));
    }
    match act.letter {
        None => cx.go(Move::Over(Overlay::Menu(groups::menu(&[])))),
        Some('a') => cx.go(Move::Over(Overlay::Palette(Palette::attributes(
            &search.names.attributes(),
        )))),
        Some(letter) => {
            if let Some(key) = groups::Key::chosen(letter) {
                cx.go(Move::Open(search.grouped(key)));
            }
        }
    }
}
