//! Tables for eyes and for Markdown.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::config::Depth;
use crate::model::Time;
use crate::text::{Shown, count, duration, offset};

use super::Look;

/// Where a column's text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Names.
    Left,
    /// Figures.
    Right,
}

/// What a cell is, beside its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Data.
    #[default]
    Plain,
    /// Secondary: ids, origins.
    Muted,
    /// Failed.
    Error,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// For eyes.
    pub text: String,
    /// For machines: every digit, no unit.
    pub exact: String,
    /// What it is.
    pub tone: Tone,
}

impl Cell {
    /// The same for eyes and machines.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            exact: text.clone(),
            text,
            tone: Tone::Plain,
        }
    }

    /// A count; of errors, none is said by an empty cell.
    pub fn count(n: u64) -> Self {
        Self {
            text: count(n),
            exact: n.to_string(),
            tone: Tone::Plain,
        }
    }

    /// A count of failures.
    pub fn errors(n: u64) -> Self {
        match n {
            0 => Self {
                text: String::new(),
                exact: "0".into(),
                tone: Tone::Plain,
            },
            n => Self {
                tone: Tone::Error,
                ..Self::count(n)
            },
        }
    }

    /// A duration in ns.
    pub fn duration(nanos: u64, look: &Look) -> Self {
        Self {
            text: duration(nanos, look.charset),
            exact: nanos.to_string(),
            tone: Tone::Plain,
        }
    }

    /// An instant of a trace: for eyes, how long after the trace's start.
    pub fn instant(time: Time, start: Time, look: &Look) -> Self {
        let since = i64::try_from(time.since(start).0).unwrap_or(i64::MAX);
        Self {
            text: offset(since, look.charset),
            exact: time.0.to_string(),
            tone: Tone::Plain,
        }
    }

    /// A figure that may be unknown.
    pub fn known<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(
            Self {
                text: "-".into(),
                exact: String::new(),
                tone: Tone::Muted,
            },
            cell,
        )
    }

    /// The same, secondary.
    #[must_use]
    pub fn muted(self) -> Self {
        Self {
            tone: Tone::Muted,
            ..self
        }
    }
}

/// A column: its heads and how a row fills it.
pub struct Column<R> {
    /// Its head for eyes.
    pub title: Cow<'static, str>,
    /// Its head for machines, as in JSON.
    pub key: Cow<'static, str>,
    /// Where its text stands.
    pub align: Align,
    /// Fills it.
    pub cell: fn(&R, &Look) -> Cell,
}

impl<R> Column<R> {
    /// A column of names.
    pub const fn left(title: &'static str, key: &'static str, cell: fn(&R, &Look) -> Cell) -> Self {
        Self {
            title: Cow::Borrowed(title),
            key: Cow::Borrowed(key),
            align: Align::Left,
            cell,
        }
    }

    /// A column of figures.
    pub const fn right(
        title: &'static str,
        key: &'static str,
        cell: fn(&R, &Look) -> Cell,
    ) -> Self {
        Self {
            title: Cow::Borrowed(title),
            key: Cow::Borrowed(key),
            align: Align::Right,
            cell,
        }
    }

    /// A column of names that is called after what the user asked for.
    pub fn called(name: &str, cell: fn(&R, &Look) -> Cell) -> Self {
        Self {
            title: Cow::Owned(name.to_uppercase()),
            key: Cow::Owned(name.to_owned()),
            align: Align::Left,
            cell,
        }
    }
}

/// Blanks between columns.
const GAP: usize = 2;
/// A column is not cut below this.
const LEAST: usize = 8;

pub(super) fn write<R>(
    out: &mut dyn Write,
    look: &Look,
    columns: &[Column<R>],
    rows: &[R],
) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let cells: Vec<Vec<(Shown<'static>, Tone)>> =
        rows.iter().map(|row| shown(row, columns, look)).collect();
    let mut widths: Vec<usize> = columns.iter().map(|column| column.title.len()).collect();
    for row in &cells {
        for (width, (text, _)) in widths.iter_mut().zip(row) {
            *width = text.width().max(*width);
        }
    }
    if let Some(room) = look.columns {
        narrow(&mut widths, columns, room);
    }
    let heads: Vec<_> = columns
        .iter()
        .map(|column| (Shown::new(&column.title).into_owned(), Tone::Muted))
        .collect();
    for row in std::iter::once(heads).chain(cells) {
        write_line(out, look, columns, &widths, row)?;
    }
    Ok(())
}

fn shown<R>(row: &R, columns: &[Column<R>], look: &Look) -> Vec<(Shown<'static>, Tone)> {
    let cells = columns.iter().map(|column| (column.cell)(row, look));
    cells
        .map(|cell| (Shown::from_owned(cell.text), cell.tone))
        .collect()
}

/// Takes columns from the widest columns of names until the table fits.
fn narrow<R>(widths: &mut [usize], columns: &[Column<R>], room: usize) {
    let gaps = GAP * columns.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > room {
        let names = widths
            .iter_mut()
            .zip(columns)
            .filter(|(width, column)| column.align == Align::Left && **width > LEAST);
        let Some((widest, _)) = names.max_by_key(|(width, _)| **width) else {
            return;
        };
        *widest -= 1;
    }
}

fn write_line<R>(
    out: &mut dyn Write,
    look: &Look,
    columns: &[Column<R>],
    widths: &[usize],
    cells: Vec<(Shown<'static>, Tone)>,
) -> io::Result<()> {
    let last = columns.len().saturating_sub(1);
    for (i, ((text, tone), (column, &width))) in cells
        .into_iter()
        .zip(columns.iter().zip(widths))
        .enumerate()
    {
        if i > 0 {
            write!(out, "{:GAP$}", "")?;
        }
        let text = text.cut(width, look.charset);
        let text = match column.align {
            Align::Right => text.pad_start(width),
            Align::Left if i == last => text,
            Align::Left => text.pad_end(width),
        };
        paint(out, look, tone, &text)?;
    }
    writeln!(out)
}

/// Writes text in its tone, if there are colours.
pub(in crate::cli) fn paint(
    out: &mut dyn Write,
    look: &Look,
    tone: Tone,
    text: &Shown<'_>,
) -> io::Result<()> {
    let code = match tone {
        Tone::Plain => "",
        Tone::Muted => "\x1b[2m",
        Tone::Error => "\x1b[31m",
    };
    if code.is_empty() || look.depth == Depth::Mono {
        write!(out, "{text}")
    } else {
        write!(out, "{code}{text}\x1b[0m")
    }
}

pub(super) fn write_markdown<R>(
    out: &mut dyn Write,
    look: &Look,
    columns: &[Column<R>],
    rows: &[R],
) -> io::Result<()> {
    for column in columns {
        write!(out, "| {} ", column.title.to_lowercase())?;
    }
    writeln!(out, "|")?;
    for column in columns {
        out.write_all(if column.align == Align::Right {
            b"|---:"
        } else {
            b"|---"
        })?;
    }
    writeln!(out, "|")?;
    for row in rows {
        for (text, _) in shown(row, columns, look) {
            write!(out, "| {} ", markdown(text.as_str()))?;
        }
        writeln!(out, "|")?;
    }
    Ok(())
}

/// Text that stays text in a cell of Markdown.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '`' | '*' | '_' | '<' | '[') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_give_way_before_figures() {
        let columns: [Column<()>; 3] = [
            Column::left("NAME", "name", |(), _| Cell::text("")),
            Column::right("SPANS", "spans", |(), _| Cell::text("")),
            Column::left("OPERATION", "operation", |(), _| Cell::text("")),
        ];
        let mut widths = [20, 10, 40];
        narrow(&mut widths, &columns, 50);
        assert_eq!(widths, [18, 10, 18]);
        narrow(&mut widths, &columns, 5);
        assert_eq!(widths, [8, 10, 8], "never to nothing");
    }

    #[test]
    fn markdown_stays_text() {
        assert_eq!(markdown("a|b_c`"), "a\\|b\\_c\\`");
    }
}
