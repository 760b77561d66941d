//! A trace as JSON: a line for each span, which opens into all that is known of it.

use std::collections::BTreeMap;

use crate::format::explained;
use crate::format::json::JsonWriter;
use crate::model::{Nanos, Trace};
use crate::tui::widget::list::List;

/// The spans of a trace, some of them opened.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JsonView {
    /// Where the reader stands.
    pub list: List,
    /// The lines of opened spans.
    opened: BTreeMap<usize, Vec<String>>,
}

impl JsonView {
    /// The rows of a trace of `spans` spans.
    pub fn len(&self, spans: usize) -> usize {
        spans + self.opened.values().map(Vec::len).sum::<usize>()
    }

    /// The span of a row, and its line if the row is inside of an opened one. Costs the number
    /// of opened spans.
    pub fn row(&self, row: usize, spans: usize) -> Option<(usize, Option<&str>)> {
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
        self.opened.insert(span, lines(trace, span, critical));
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

    /// Opens or closes the span under the cursor.
    pub fn toggle(&mut self, trace: &Trace, critical: Nanos, height: usize) {
        let Some(span) = self.span(trace.len()) else {
            return;
        };
        if self.opened.remove(&span).is_none() {
            self.open(span, trace, critical);
        }
        self.go(span, height, trace.len());
    }
}

/// A span as indented JSON, line by line.
pub fn lines(trace: &Trace, span: usize, critical: Nanos) -> Vec<String> {
    let text = one_line(trace, span, critical);
    // Values nested deeper than the parser goes stay on one line.
    let laid_out = serde_json::from_str::<serde_json::Value>(&text)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or(text);
    laid_out.lines().map(str::to_owned).collect()
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
            view.row(2, 3).map(|(span, line)| (span, line == Some("{"))),
            Some((1, true))
        );
        assert_eq!(view.row(2 + lines, 3), Some((2, None)));
        assert_eq!(view.row(3 + lines, 3), None);
        view.go(2, 10, 3);
        assert_eq!(view.span(3), Some(2));
    }
}
