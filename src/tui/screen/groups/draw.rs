//! The groups as a table: name, how many, how they fare, an example.

use ratatui::layout::Rect;

use crate::text::{Shown, count, duration, plural, share};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::job::Purpose;
use crate::tui::page::{Look, Page as _};
use crate::tui::theme::Token;
use crate::tui::widget::frame::{self, Chrome, Fact, spinner};

use super::group::{self, Group};
use super::{Groups, Key};

/// Columns of figures: head and width, the least important last.
const FIGURES: [(&str, u16); 6] = [
    ("TRACES", 9),
    ("ERR", 9),
    ("P50", 10),
    ("P95", 10),
    ("MAX", 10),
    ("SHARE", 22),
];
/// Names keep this much.
const NAME: u16 = 24;

pub fn draw(groups: &Groups, look: &Look<'_>, canvas: &mut Canvas<'_>) {
    let at = groups.list.cursor() + 1;
    let of = groups.found.len();
    let chrome = Chrome {
        facts: vec![Fact::new(
            0,
            Phrase::of(Token::Muted, plural(groups.rows.len() as u64, "trace")),
        )],
        why: group::why(&groups.found, canvas.charset()).0,
        strip: 0,
        position: Phrase::of(Token::Muted, format!("{}/{of}", at.min(of))),
        hints: groups.hints(),
    };
    let areas = frame::draw(look, canvas, groups.context(), &chrome);
    bar(groups, canvas, areas.bar);
    if let Some(job) = look.job(Purpose::Names) {
        if let Some(turn) = spinner(job, look.shared.now, canvas) {
            let said = Phrase::of(Token::Accent, turn)
                .and(Token::Text, " ")
                .and(Token::Text, job.label.clone())
                .and(Token::Muted, "   Esc stops");
            let (x, y) = (areas.body.x + 3, areas.body.y + 1);
            canvas.phrase(x, y, areas.body.width.saturating_sub(4), &said);
        }
        return;
    }
    table(groups, canvas, areas.body);
}

fn bar(groups: &Groups, canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let names: Vec<&str> = groups.keys.iter().map(Key::name).collect();
    let said = Phrase::of(Token::Muted, "grouped by ")
        .and(Token::Accent, Shown::from_owned(names.join(", ")))
        .and(Token::Muted, "   the traces of ")
        .and(Token::Input, Shown::new(&groups.query).into_owned());
    canvas.phrase(area.x + 1, area.y, area.width.saturating_sub(2), &said);
}

/// The figures that there is room for.
fn columns(width: u16) -> usize {
    let mut left = width.saturating_sub(NAME + 4);
    FIGURES
        .iter()
        .take_while(|(_, columns)| {
            let fits = left >= *columns;
            left = left.saturating_sub(*columns);
            fits
        })
        .count()
}

fn table(groups: &Groups, canvas: &mut Canvas<'_>, area: Rect) {
    let shown = columns(area.width);
    let figures: u16 = FIGURES.iter().take(shown).map(|(_, width)| width).sum();
    let name = area.width.saturating_sub(figures + 4);
    let left = area.x + 3;
    canvas.text(left, area.y, name, &"GROUP".into(), Token::Muted);
    let mut x = left + name;
    for (head, width) in FIGURES.iter().take(shown) {
        if *head == "SHARE" {
            canvas.text(x + 2, area.y, *width, &(*head).into(), Token::Muted);
        } else {
            canvas.right(x + width, area.y, *width, &(*head).into(), Token::Muted);
        }
        x += width;
    }
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    };
    canvas.pane(Pane::Body, body);
    let most = groups.found.iter().map(|group| group.count).max();
    let all = groups.rows.len();
    let window = groups.list.window(body.height.into(), groups.found.len());
    for (y, at) in (body.y..).zip(window) {
        let Some(group) = groups.found.get(at) else {
            continue;
        };
        let line = Rect {
            y,
            height: 1,
            ..body
        };
        canvas.hit(line, Target::Row(Pane::Body, at));
        let end = canvas.text(left, y, name, &Shown::new(&group.name), Token::Text);
        row(
            canvas,
            (left + name, y),
            shown,
            group,
            (most.unwrap_or(1), all),
        );
        if at == groups.list.cursor() {
            let head = Rect {
                x: left,
                width: end - left,
                ..line
            };
            canvas.over(head, Token::Accent);
            canvas.cursor(line, head, true);
        }
    }
}

fn row(
    canvas: &mut Canvas<'_>,
    (mut x, y): (u16, u16),
    shown: usize,
    group: &Group,
    (most, all): (usize, usize),
) {
    let charset = canvas.charset();
    let failed = match group.failed {
        0 => Phrase::of(Token::Muted, "-"),
        n => Phrase::of(
            Token::Error,
            format!(
                "{} {}",
                canvas.glyphs.failed,
                share(n as u64, group.count as u64)
            ),
        ),
    };
    let p95 = group.p95.map_or_else(
        || Phrase::of(Token::Muted, "few"),
        |p95| Phrase::text(duration(p95.0, charset)),
    );
    let cells = [
        Phrase::text(count(group.count as u64)),
        failed,
        Phrase::text(duration(group.p50.0, charset)),
        p95,
        Phrase::of(Token::Muted, duration(group.most.0, charset)),
    ];
    for (cell, (_, width)) in cells.iter().zip(FIGURES).take(shown) {
        let columns = cell.width();
        canvas.phrase((x + width).saturating_sub(columns), y, columns, cell);
        x += width;
    }
    if shown == FIGURES.len() {
        let eighths = (group.count * 12 * 8 / most.max(1)).max(1) as u16;
        let (whole, rest) = (eighths / 8, (eighths % 8) as u8);
        canvas.repeat(x + 2, y, whole, canvas.glyphs.own_critical, Token::Chart3);
        canvas.put(x + 2 + whole, y, canvas.glyphs.eighth(rest), Token::Chart3);
        let part = Shown::from(share(group.count as u64, all as u64));
        canvas.right(x + 21, y, 6, &part, Token::Muted);
    }
}
