//! What stands in the cells of a table.

use std::cmp::Ordering;

use crate::analysis::Group;
use crate::model::{Nanos, Time};
use crate::text::{self, Shown};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::theme::Token;

use super::columns::Column;
use super::content::{Happening, group_figure};
use crate::tui::screen::trace::view::Seen;

fn figure(nanos: Nanos, seen: &Seen<'_>) -> String {
    text::duration(nanos.0, seen.charset)
}

fn name_of(span: usize, seen: &Seen<'_>) -> Phrase {
    let s = seen.trace.span(span);
    let token = if s.is_error() {
        Token::Error
    } else {
        Token::Text
    };
    Phrase::of(Token::Muted, Shown::from_owned(s.service().to_owned()))
        .and(Token::Text, "  ")
        .and(token, Shown::from_owned(s.operation().to_owned()))
}

pub fn span_cell(span: usize, letter: char, seen: &Seen<'_>) -> Phrase {
    let trace = seen.trace;
    match letter {
        'n' => name_of(span, seen),
        'i' => Phrase::of(Token::Muted, trace.span(span).kind().name().to_owned()),
        't' => Phrase::of(
            Token::Muted,
            format!(
                "+{}",
                figure(trace.start_of(span).since(trace.start()), seen)
            ),
        ),
        'd' => Phrase::text(figure(trace.duration_of(span), seen)),
        'o' => Phrase::text(figure(trace.self_time(span), seen)),
        'c' => {
            let critical = seen.explained.map_or(Nanos(0), |e| e.path.time_of(span));
            let token = if critical.0 > 0 {
                Token::Text
            } else {
                Token::Faint
            };
            Phrase::of(token, figure(critical, seen))
        }
        _ if trace.span(span).is_error() => Phrase::of(Token::Error, failed(seen)),
        _ => Phrase::default(),
    }
}

fn failed(seen: &Seen<'_>) -> &'static str {
    crate::tui::theme::Glyphs::of(seen.charset).failed
}

pub fn event_cell(event: &Happening, letter: char, seen: &Seen<'_>) -> Phrase {
    let (trace, span) = (seen.trace, event.span as usize);
    let since = |start: Time| {
        let sign = match event.time.cmp(&start) {
            Ordering::Less => "-",
            Ordering::Equal => "",
            Ordering::Greater => "+",
        };
        let apart = event.time.0.abs_diff(start.0);
        format!("{sign}{}", text::duration(apart, seen.charset))
    };
    match letter {
        't' => Phrase::text(since(trace.start())),
        'd' => Phrase::of(Token::Muted, since(trace.start_of(span))),
        'n' => name_of(span, seen),
        _ => {
            let token = if event.is_failure(trace) {
                Token::Error
            } else {
                Token::Text
            };
            Phrase::of(token, Shown::from_owned(event.words(trace)))
        }
    }
}

pub fn group_cell(group: &Group, column: &Column, seen: &Seen<'_>) -> Phrase {
    let figures = &group.figures;
    match (column.letter, column.title) {
        ('n', _) => {
            let mut phrase = Phrase::default();
            let last = group.values.len().saturating_sub(1);
            for (at, value) in group.values.iter().enumerate() {
                let token = if at == last {
                    Token::Text
                } else {
                    Token::Muted
                };
                if at > 0 {
                    phrase.push(Token::Text, "  ");
                }
                match value {
                    Some(value) => phrase.push(token, Shown::from_owned(value.clone())),
                    None => phrase.push(Token::Faint, "without"),
                }
            }
            phrase
        }
        ('s', _) => Phrase::text(text::count(figures.durations.count())),
        ('e', _) if figures.errors == 0 => Phrase::default(),
        ('e', _) => Phrase::of(
            Token::Error,
            format!("{} {}", failed(seen), text::count(figures.errors)),
        ),
        ('c', "") => Phrase::default(),
        ('c', _) => {
            let share = text::share(figures.critical.0, seen.trace.duration().0);
            let token = if figures.critical.0 > 0 {
                Token::Strong
            } else {
                Token::Faint
            };
            Phrase::of(token, share)
        }
        (letter, _) => {
            let nanos = group_figure(group, letter).map_or(Nanos(0), Nanos);
            Phrase::text(figure(nanos, seen))
        }
    }
}

pub fn finding_cell(row: usize, letter: char, seen: &Seen<'_>) -> Phrase {
    let Some(finding) = seen.explained.and_then(|e| e.findings.get(row)) else {
        return Phrase::default();
    };
    match letter {
        'n' => Phrase::text(finding.text.clone()),
        _ => Phrase::of(Token::Muted, text::count(finding.of as u64)),
    }
}
