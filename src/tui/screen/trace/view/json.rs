//! A trace as JSON: a line for each span, which opens into all that is known of it, or into OTLP as
//! it was received. What is opened folds by its brackets.

use std::collections::BTreeMap;

use crate::format::json::JsonWriter;
use crate::format::{explained, otlp};
use crate::model::{Nanos, Trace};
use crate::tui::widget::list::List;

/// Which JSON it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// As `show --format json` tells a span: by the clocks that are shown, with what was worked out.
    #[default]
    Explained,
    /// OTLP, as received.
    Otlp,
}

/// A line of an opened span, and the lines that it hides where it is folded.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub text: String,
    hidden: Vec<Self>,
}

impl Line {
    /// How many lines it hides, those that they hide among them not counted.
    pub fn hides(&self) -> usize {
        self.hidden.len()
    }

    fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    /// Whether a bracket opens on it, but for that of the whole.
    fn opens(&self) -> bool {
        self.indent() > 0 && self.text.ends_with(['{', '['])
    }
}

/// The spans of a trace, some of them opened.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JsonView {
    /// Where the reader stands.
    pub list: List,
    /// The lines of opened spans.
    opened: BTreeMap<usize, Vec<Line>>,
    form: Form,
}

impl JsonView {
    /// The rows of a trace of `spans` spans.
    pub fn len(&self, spans: usize) -> usize {
        spans + self.opened.values().map(Vec::len).sum::<usize>()
    }

    /// The span of a row, and its line if the row is inside of an opened one. Costs the number
    /// of opened spans.
    pub fn row(&self, row: usize, spans: usize) -> Option<(usize, Option<&Line>)> {
        let mut lines_before = 0;
        for (&span, lines) in &self.opened {
            let head = span + lines_before;
            if row <= head {
                break;
            }
            if let Some(line) = lines.get(row - head - 1) {
                return Some((span, Some(line)));
            }
            lines_before += lines.len();
        }
        Some((row - lines_before, None)).filter(|(span, _)| *span < spans)
    }

    /// The span under the cursor.
    pub fn span(&self, spans: usize) -> Option<usize> {
        self.row(self.list.cursor(), spans).map(|(span, _)| span)
    }

    /// Whether a span's lines are shown.
    pub fn is_open(&self, span: usize) -> bool {
        self.opened.contains_key(&span)
    }

    /// The spans whose lines are shown.
    pub fn opened(&self) -> impl Iterator<Item = usize> {
        self.opened.keys().copied()
    }

    /// Shows the lines of a span.
    pub fn open(&mut self, span: usize, trace: &Trace, critical: Nanos) {
        self.opened
            .insert(span, lines(trace, span, critical, self.form));
    }

    /// Tells spans in a form from now on.
    pub fn tell_as(&mut self, form: Form) {
        self.form = form;
    }

    /// How far below its span's first row the cursor is.
    pub fn nth(&self, spans: usize) -> Option<usize> {
        let head = self.head(self.span(spans)?);
        self.list.cursor().checked_sub(head)
    }

    /// To that row of a span, as high on the screen as the list of before stood.
    pub fn go_back(&mut self, (nth, list): (usize, List), span: usize) {
        let lines = self.opened.get(&span).map_or(0, Vec::len);
        let row = self.head(span) + nth.min(lines);
        self.list = list;
        self.list.follow(row);
    }

    /// The first row of a span.
    fn head(&self, span: usize) -> usize {
        let above = self.opened.range(..span);
        span + above.map(|(_, lines)| lines.len()).sum::<usize>()
    }

    /// To the first row of a span.
    pub fn go(&mut self, span: usize, height: usize, spans: usize) {
        self.list.go(self.head(span), height, self.len(spans));
    }

    /// Which JSON it is.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Shows the other JSON, the cursor on its span.
    pub fn turn(&mut self, trace: &Trace, critical: impl Fn(usize) -> Nanos, height: usize) {
        let here = self.span(trace.len());
        self.form = match self.form {
            Form::Explained => Form::Otlp,
            Form::Otlp => Form::Explained,
        };
        for (&span, shown) in &mut self.opened {
            *shown = lines(trace, span, critical(span), self.form);
        }
        if let Some(span) = here {
            self.go(span, height, trace.len());
        }
    }

    /// Folds or opens the brackets on the line under the cursor. Whether there are any.
    fn fold(&mut self, span: usize) -> bool {
        let at = self.list.cursor().checked_sub(self.head(span) + 1);
        let Some((at, lines)) = at.zip(self.opened.get_mut(&span)) else {
            return false;
        };
        let Some(line) = lines.get_mut(at).filter(|line| line.opens()) else {
            return false;
        };
        if !line.hidden.is_empty() {
            let hidden = std::mem::take(&mut line.hidden);
            let below = at + 1;
            lines.splice(below..below, hidden);
            return true;
        }
        let indent = line.indent();
        let inside = lines.iter().skip(at + 1);
        let inside = inside.take_while(|line| line.indent() > indent).count();
        let hidden: Vec<Line> = lines.drain(at + 1..at + 1 + inside).collect();
        if let Some(line) = lines.get_mut(at) {
            line.hidden = hidden;
        }
        true
    }

    /// Opens or closes the span under the cursor, or the brackets on its line.
    pub fn toggle(&mut self, trace: &Trace, critical: Nanos, height: usize) {
        let Some(span) = self.span(trace.len()) else {
            return;
        };
        if self.fold(span) {
            return;
        }
        if self.opened.remove(&span).is_none() {
            self.open(span, trace, critical);
        }
        self.go(span, height, trace.len());
    }
}

/// A span as indented JSON, line by line.
fn lines(trace: &Trace, span: usize, critical: Nanos, form: Form) -> Vec<Line> {
    let text = match form {
        Form::Explained => one_line(trace, span, critical),
        Form::Otlp => as_received(trace, span),
    };
    // Values nested deeper than the parser goes stay on one line.
    let laid_out = serde_json::from_str::<serde_json::Value>(&text)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or(text);
    let line = |text: &str| Line {
        text: text.to_owned(),
        hidden: Vec::new(),
    };
    laid_out.lines().map(line).collect()
}

/// A span as OTLP JSON with its resource and its scope, on one line.
fn as_received(trace: &Trace, span: usize) -> String {
    let mut bytes = Vec::new();
    // Memory takes all that it is given.
    let _ = otlp::write::json(&mut bytes, [trace.span(span)], []);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A span as JSON on one line.
pub fn one_line(trace: &Trace, span: usize, critical: Nanos) -> String {
    let mut bytes = Vec::new();
    let mut json = JsonWriter::new(&mut bytes);
    explained::write_span(&mut json, trace, span, critical);
    // Memory takes all that it is given.
    let _ = json.flush();
    drop(json);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn spans_open_in_place() {
        let trace = scenario::trace("a: r 0..100\n  b: x 1..50 k=v\n  c: y 60..70\n");
        let mut view = JsonView::default();
        view.go(1, 10, 3);
        view.toggle(&trace, Nanos(0), 10);
        let lines = view.len(3) - 3;
        assert!(lines > 10);
        assert_eq!(
            view.row(2, 3)
                .map(|(span, line)| (span, line.map(|line| line.text.as_str()))),
            Some((1, Some("{")))
        );
        assert_eq!(view.row(2 + lines, 3), Some((2, None)));
        assert_eq!(view.row(3 + lines, 3), None);
        view.go(2, 10, 3);
        assert_eq!(view.span(3), Some(2));
    }

    #[test]
    fn brackets_fold_within_a_span_and_the_other_form_is_otlp() {
        let trace = scenario::trace("a: r 0..100 k=v\n");
        let mut view = JsonView::default();
        view.toggle(&trace, Nanos(0), 50);
        let all = view.len(1);
        let row = |view: &JsonView, what: &str| {
            let of = |row: &usize| view.row(*row, 1).and_then(|(_, line)| line);
            (0..view.len(1)).find(|row| of(row).is_some_and(|line| line.text.contains(what)))
        };
        let head = row(&view, "\"attributes\"").unwrap();
        view.list.go(head, 50, all);
        view.toggle(&trace, Nanos(0), 50);
        assert_eq!((view.len(1), row(&view, "\"k\"")), (all - 1, None));
        view.toggle(&trace, Nanos(0), 50);
        assert_eq!((view.len(1), row(&view, "\"k\"")), (all, Some(head + 1)));
        view.turn(&trace, |_| Nanos(0), 50);
        assert!(row(&view, "startTimeUnixNano").is_some());
        assert_eq!(row(&view, "self_nano"), None);
    }
}
