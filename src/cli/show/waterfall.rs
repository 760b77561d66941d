//! A trace as a tree with bars, for eyes: who, when, how long, and what the span did itself.
//!
//! The bar's thickness is importance: own work on the critical path, own work off it, waiting
//! for children.

use std::io::{self, Write};

use crate::analysis::CriticalPath;
use crate::model::{Nanos, Notes, Time, Trace};
use crate::text::{Charset, Shown, Style, duration, plural};

use super::super::output::{Look, Tone, paint};

/// Columns of the page where there is no terminal to tell.
const PAGE: usize = 120;
/// Columns of a duration.
const DURATION: usize = 9;
/// A bar is not made narrower than this.
const LEAST_BAR: usize = 10;
/// Levels beyond this are not indented further.
const MOST_INDENT: usize = 40;

/// The characters of a bar.
struct Glyphs {
    critical: char,
    own: char,
    waiting: char,
    failed: char,
    doubtful: char,
    note: char,
}

fn glyphs(charset: Charset) -> Glyphs {
    match charset {
        Charset::Unicode => Glyphs {
            critical: '█',
            own: '▄',
            waiting: '─',
            failed: '✗',
            doubtful: '?',
            note: '¶',
        },
        Charset::Ascii => Glyphs {
            critical: '#',
            own: '=',
            waiting: '-',
            failed: '!',
            doubtful: '?',
            note: 'n',
        },
    }
}

/// Writes the trace.
pub(super) fn write(
    out: &mut dyn Write,
    look: &Look,
    trace: &Trace,
    path: &CriticalPath,
) -> io::Result<()> {
    head(out, look, trace)?;
    let page = Page::new(look, trace, path);
    for span in 0..trace.len() {
        page.line(out, look, span)?;
    }
    for warning in trace.warnings() {
        writeln!(
            out,
            "{} {}",
            page.glyphs.doubtful,
            Shown::from_owned(warning.to_string())
        )?;
    }
    for (span, note) in Notes::of(trace).iter() {
        let of = trace.find(span).map(|span| trace.span(span).operation());
        let of = Shown::new(of.unwrap_or_default());
        writeln!(
            out,
            "{} {of} {span}: {}",
            page.glyphs.note,
            Shown::new(&note.text)
        )?;
    }
    Ok(())
}

fn head(out: &mut dyn Write, look: &Look, trace: &Trace) -> io::Result<()> {
    let facts = [
        Shown::new(trace.service()).to_string(),
        Shown::new(trace.name()).to_string(),
        look.clock.time(trace.start().0, Style::Local),
        duration(trace.duration().0, look.charset),
        plural(trace.len() as u64, "span"),
    ];
    write!(out, "{}", facts.join("  "))?;
    if trace.errors() > 0 {
        let failed = Shown::from_owned(format!("  {} failed", trace.errors()));
        paint(out, look, Tone::Error, &failed)?;
    }
    writeln!(out, "\n{}", trace.id())
}

/// How the columns are parted, and what the bars are measured by.
struct Page<'a> {
    trace: &'a Trace,
    names: usize,
    bars: usize,
    glyphs: Glyphs,
    /// Sections of the critical path, by span and time.
    critical: Vec<(usize, Time, Time)>,
}

impl<'a> Page<'a> {
    fn new(look: &Look, trace: &'a Trace, path: &CriticalPath) -> Self {
        let columns = look.columns.unwrap_or(PAGE);
        let widest = (0..trace.len())
            .map(|span| label(trace, span).width())
            .max()
            .unwrap_or(0);
        let most = (columns * 45 / 100).max(LEAST_BAR);
        let names = widest.min(most);
        let bars = columns.saturating_sub(names + DURATION + 4).max(LEAST_BAR);
        let sections = path.sections().iter();
        let mut critical: Vec<_> = sections
            .map(|section| (section.span, section.from, section.to))
            .collect();
        critical.sort_unstable();
        Self {
            trace,
            names,
            bars,
            glyphs: glyphs(look.charset),
            critical,
        }
    }

    fn line(&self, out: &mut dyn Write, look: &Look, span: usize) -> io::Result<()> {
        let (trace, glyphs) = (self.trace, &self.glyphs);
        let failed = trace.span(span).is_error();
        let mark = if failed {
            glyphs.failed
        } else if trace.warnings_of(span).is_empty() {
            ' '
        } else {
            glyphs.doubtful
        };
        let tone = if failed { Tone::Error } else { Tone::Plain };
        paint(out, look, tone, &Shown::from_owned(format!("{mark} ")))?;
        let name = label(trace, span)
            .cut(self.names, look.charset)
            .pad_end(self.names);
        let took = if trace.span(span).is_unfinished() {
            look.charset.ellipsis().to_owned()
        } else {
            duration(trace.duration_of(span).0, look.charset)
        };
        let took = Shown::from_owned(took).pad_start(DURATION);
        let bar = self.bar(span);
        writeln!(out, "{name} {took}  {}", bar.trim_end())
    }

    /// The cells of a span's bar, blanks before it.
    fn bar(&self, span: usize) -> String {
        let (from, to) = (self.trace.start_of(span), self.trace.end_of(span));
        let (first, end) = self.cells(from, to);
        let mut bar = vec![' '; self.bars];
        fill(&mut bar, (first, end), self.glyphs.own);
        if self.trace.self_time(span) == Nanos(0) {
            fill(&mut bar, (first, end), self.glyphs.waiting);
        } else {
            for child in self.trace.children(span) {
                let (start, stop) = (
                    self.trace.start_of(child).max(from),
                    self.trace.end_of(child).min(to),
                );
                if start < stop {
                    fill(&mut bar, self.cells(start, stop), self.glyphs.waiting);
                }
            }
        }
        let at = self.critical.partition_point(|section| section.0 < span);
        for &(_, from, to) in self.critical[at..]
            .iter()
            .take_while(|section| section.0 == span)
        {
            fill(&mut bar, self.cells(from, to), self.glyphs.critical);
        }
        bar.into_iter().collect()
    }

    /// The cells of a stretch of time: at least one.
    fn cells(&self, from: Time, to: Time) -> (usize, usize) {
        let whole = u128::from(self.trace.duration().0.max(1));
        let cell = |time: Time| {
            let since = u128::from(time.since(self.trace.start()).0);
            (since * self.bars as u128 / whole) as usize
        };
        let first = cell(from).min(self.bars - 1);
        (first, cell(to).max(first + 1).min(self.bars))
    }
}

fn fill(bar: &mut [char], (first, end): (usize, usize), glyph: char) {
    if let Some(cells) = bar.get_mut(first..end) {
        cells.fill(glyph);
    }
}

/// Service and operation, indented by depth.
fn label(trace: &Trace, span: usize) -> Shown<'static> {
    let indent = trace.depth(span).min(MOST_INDENT) * 2;
    let of = trace.span(span);
    Shown::from_owned(format!(
        "{:indent$}{}  {}",
        "",
        of.service(),
        of.operation()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::critical_path;
    use crate::model::scenario;

    #[test]
    fn a_bar_tells_own_critical_work_from_waiting() {
        let trace = scenario::trace(
            "shop: GET /cart 0..100 server\n  mysql: SELECT 20..80\n  cache: get 20..40\n",
        );
        let path = critical_path(&trace);
        let look = Look {
            columns: Some(60),
            charset: Charset::Ascii,
            ..Look::plain()
        };
        let page = Page {
            bars: 10,
            ..Page::new(&look, &trace, &path)
        };
        assert_eq!(page.bar(0), "##------##");
        assert_eq!(page.bar(1), "  ######  ");
        assert_eq!(page.bar(2), "  ==      ");
    }

    #[test]
    fn a_trace_without_length_still_has_bars() {
        let trace = scenario::trace("shop: tick 5..5\n");
        let page = Page::new(&Look::plain(), &trace, &critical_path(&trace));
        assert_eq!(page.bar(0).trim_end(), "─");
    }
}
