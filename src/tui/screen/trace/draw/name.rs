//! The left side of the waterfall's rows: guides, folds, names, what is hidden, marks.

use ratatui::layout::Rect;

use crate::model::{Kind, SpanRef};
use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::page::Look;
use crate::tui::theme::Token;

use super::super::{Open, semantics};

/// Columns that marks of a row (failed, slow, doubtful) take at the end of its name.
pub const MARKS: u16 = 2;
/// A sign stands where it leaves so many columns for itself and what is called.
const SIGNED: u16 = 10;
/// Columns that the service keeps beside what its fold hides.
const SERVICE: u16 = 8;
/// A summary is cut to no fewer columns.
const SUMMARY: usize = 12;
/// Columns that a name keeps, however deep its span stands.
pub const NAME: u16 = 24;

/// How the names are laid out: columns of a level, and levels left out at the left.
#[derive(Clone, Copy)]
pub struct Indent {
    pub columns: u16,
    pub left_out: usize,
}

impl Indent {
    /// The column where a level's names begin, within `width`.
    fn column(self, level: usize, width: u16) -> u16 {
        let level = level.saturating_sub(self.left_out);
        (level as u64 * u64::from(self.columns)).min(u64::from(width.saturating_sub(NAME / 2)))
            as u16
    }
}

/// The guides of a row, and its fold mark. Returns the column where its name begins.
pub fn margin(
    open: &Open,
    canvas: &mut Canvas<'_>,
    area: Rect,
    row: usize,
    indent: Indent,
    folds: Option<bool>,
) -> u16 {
    guides(open, canvas, area, row, indent);
    let orphaned = open
        .rows
        .span(row)
        .is_some_and(|span| is_orphaned(open, span));
    let level = open.rows.level(&open.trace, row) + usize::from(orphaned);
    let x = area.x + 3 + indent.column(level, area.width);
    if let Some(folded) = folds {
        let glyph = if folded {
            canvas.glyphs.folded
        } else {
            canvas.glyphs.open
        };
        canvas.put(x, area.y, glyph, Token::Muted);
    }
    x + 2
}

pub fn name(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    row: usize,
    indent: Indent,
) {
    let (trace, Some(span)) = (&open.trace, open.rows.span(row)) else {
        return;
    };
    let below = trace.subtree(span).len() - 1;
    let folded = open.rows.is_folded(span) && below > 0;
    let x = margin(
        open,
        canvas,
        area,
        row,
        indent,
        (below > 0).then_some(folded),
    );
    let end = area.right().saturating_sub(MARKS + 1);
    let hidden = folded.then(|| {
        let errors = trace.errors_in(span + 1..span + 1 + below);
        count(canvas, &text::count(below as u64), errors)
    });
    // What a fold hides is told whole: names are cut for it.
    let room = hidden.as_ref().map_or(0, |hidden| hidden.width() + 2);
    let named = end.saturating_sub(room).max(end.min(x + SERVICE));
    let s = trace.span(span);
    let call = semantics::call(s);
    let x = service(look, canvas, (x, area.y), named, s.service());
    let (x, whose) = match (answer(open, span), peer(open, span)) {
        (Some(answer), _) => {
            let answer = trace.span(answer);
            let token = look.shared.colours.token(answer.service());
            let x = called_one(canvas, (x, area.y), named, answer.service(), token);
            (x, answer)
        }
        (None, Some(peer)) => {
            let x = called_one(canvas, (x, area.y), named, &peer, Token::Peer);
            (x, s)
        }
        (None, None) => (x, s),
    };
    let x = sign(canvas, (x, area.y), named, call.as_ref());
    let mut x = operation(open, canvas, (x, area.y), named, span, whose);
    if let Some(hidden) = hidden {
        let at = x.min(named) + 2;
        x = canvas.phrase(at, area.y, end.saturating_sub(at), &hidden);
    }
    let x = links(open, canvas, (x, area.y), end, s);
    pills(
        canvas,
        (x + 2, area.y),
        end,
        &semantics::pills(s, call.as_ref()),
    );
    marks(open, canvas, area, span, s);
}

/// The span of another service that answers a folded call, if it does.
pub fn answer(open: &Open, call: usize) -> Option<usize> {
    let trace = &open.trace;
    let s = trace.span(call);
    if s.kind() != Kind::Client || !open.rows.is_folded(call) {
        return None;
    }
    // A call has few answers; a span with many children is no call.
    trace.children(call).take(8).find(|&child| {
        let child = trace.span(child);
        child.kind() == Kind::Server && child.service() != s.service()
    })
}

/// Whom a span calls that nobody answered.
fn peer(open: &Open, span: usize) -> Option<String> {
    let alone = open.trace.subtree(span).len() == 1;
    alone
        .then(|| semantics::peer(open.trace.span(span)))
        .flatten()
}

/// What sort of call it is, between service and operation. Returns where the operation begins.
fn sign(
    canvas: &mut Canvas<'_>,
    (x, y): (u16, u16),
    end: u16,
    call: Option<&semantics::Call>,
) -> u16 {
    let sign = call.and_then(|call| canvas.glyphs.family(call.family));
    match sign {
        Some(sign) if x + SIGNED < end => {
            canvas.put(x + 1, y, sign, Token::Muted);
            x + 3
        }
        _ => x + 2,
    }
}

/// How many spans it links to, and how many link to it, and whether it has a note, as far as there
/// is room.
fn links(
    open: &Open,
    canvas: &mut Canvas<'_>,
    (mut x, y): (u16, u16),
    end: u16,
    s: SpanRef<'_>,
) -> u16 {
    let both = [
        (canvas.glyphs.link_out, s.links().len()),
        (canvas.glyphs.link_in, open.back.to(s.span_id()).len()),
    ];
    for (glyph, many) in both {
        let shown = match many {
            0 => continue,
            1 => Shown::from(glyph),
            many => Shown::from(format!("{glyph}{}", text::count_short(many as u64))),
        };
        let width = shown.width() as u16;
        if x + 1 + width <= end {
            x = canvas.text(x + 1, y, width, &shown, Token::Link);
        }
    }
    if open.notes.on(s.span_id()).is_some() && x + 2 <= end {
        canvas.put(x + 1, y, canvas.glyphs.note, Token::Accent);
        x += 2;
    }
    x
}

/// Whom a span calls, behind its own service.
fn called_one(
    canvas: &mut Canvas<'_>,
    (x, y): (u16, u16),
    end: u16,
    name: &str,
    token: Token,
) -> u16 {
    let arrow = Shown::from(format!(" {} ", canvas.glyphs.right));
    let x = canvas.text(x, y, end.saturating_sub(x), &arrow, Token::Muted);
    canvas.text(x, y, end.saturating_sub(x), &Shown::new(name), token)
}

/// Short facts behind a name: those that fit whole, and as much of a summary as they leave room for.
fn pills(canvas: &mut Canvas<'_>, (mut x, y): (u16, u16), end: u16, pills: &[semantics::Pill]) {
    let others = pills.iter().filter(|pill| !pill.summary);
    let others: usize = others.map(|pill| Shown::new(&pill.text).width() + 1).sum();
    for pill in pills {
        let mut shown = Shown::new(&pill.text).into_owned();
        let room = usize::from(end.saturating_sub(x));
        if pill.summary && room.saturating_sub(others) >= SUMMARY {
            // Hosts begin alike and paths end apart; a statement begins with what it does.
            shown = if pill.text.contains('/') {
                shown.cut_middle(room - others, canvas.charset())
            } else {
                shown.cut(room - others, canvas.charset())
            };
        }
        let width = shown.width() as u16;
        if usize::from(width) > room {
            continue;
        }
        let token = if pill.failed {
            Token::Error
        } else {
            Token::Muted
        };
        x = canvas.text(x, y, width, &shown, token) + 1;
    }
}

pub fn service(
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    (x, y): (u16, u16),
    end: u16,
    name: &str,
) -> u16 {
    let token = look.shared.colours.token(name);
    let shown = Shown::new(if name.is_empty() { "?" } else { name });
    canvas.text(x, y, end.saturating_sub(x), &shown, token)
}

/// How many spans a row stands for, and how many of them failed.
pub fn count(canvas: &Canvas<'_>, many: &str, failed: usize) -> Phrase {
    let many = Phrase::of(Token::Muted, many.to_owned());
    if failed == 0 {
        return many;
    }
    let failed = text::count(failed as u64);
    many.and(Token::Error, format!(" ({}{failed})", canvas.glyphs.failed))
}

fn is_orphaned(open: &Open, span: usize) -> bool {
    open.trace.depth(span) == 0 && open.trace.missing_parent(span).is_some()
}

fn operation(
    open: &Open,
    canvas: &mut Canvas<'_>,
    (x, y): (u16, u16),
    end: u16,
    span: usize,
    s: SpanRef<'_>,
) -> u16 {
    let token = if open.find.is_hit(span) {
        Token::Match
    } else if open.critical_only
        && open
            .explained
            .as_ref()
            .is_some_and(|e| !e.touches(open.trace.subtree(span)))
    {
        Token::Faint
    } else if s.is_error() {
        Token::Error
    } else {
        Token::Text
    };
    let room = end.saturating_sub(x);
    canvas.text(
        x,
        y,
        room,
        &Shown::start_of(s.operation(), room.into()),
        token,
    )
}

/// What is wrong with a span, then whether it is slow: each keeps its column.
fn marks(open: &Open, canvas: &mut Canvas<'_>, area: Rect, span: usize, s: SpanRef<'_>) {
    let x = area.right().saturating_sub(MARKS);
    if s.is_error() {
        canvas.put(x, area.y, canvas.glyphs.failed, Token::Error);
    } else if !open.trace.warnings_of(span).is_empty() {
        canvas.put(x, area.y, canvas.glyphs.doubt, Token::Doubt);
    }
    if open.is_slow(span) {
        canvas.put(x + 1, area.y, canvas.glyphs.slow, Token::Slow);
    }
}

/// A line down from every ancestor that has further children below this row.
fn guides(open: &Open, canvas: &mut Canvas<'_>, area: Rect, row: usize, indent: Indent) {
    let (trace, Some(span)) = (&open.trace, open.rows.number(row)) else {
        return;
    };
    let guide = |canvas: &mut Canvas<'_>, level: usize| {
        let column = indent.column(level, area.width);
        if column < area.width.saturating_sub(NAME) {
            canvas.put(
                area.x + 3 + column,
                area.y,
                canvas.glyphs.vertical,
                Token::Faint,
            );
        }
    };
    let here = open.rows.level(trace, row);
    let mut child = span;
    while let Some(parent) = trace.parent(child) {
        if let Some(own) = open.rows.own_row(parent) {
            let level = open.rows.level(trace, own);
            if level < indent.left_out {
                break;
            }
            if level < here && trace.subtree(child).end < trace.subtree(parent).end {
                guide(canvas, level);
            }
        }
        child = parent;
    }
}
