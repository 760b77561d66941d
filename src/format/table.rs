//! Tables of spans: comma-separated for machines, Markdown for people.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;

use crate::model::{Attributes, Nanos, Notes, SpanRef, Trace, Value};
use crate::text::{self, Charset};

/// Columns of the comma-separated table.
const COLUMNS: &str = "trace_id,span_id,parent_span_id,depth,service,operation,kind,status,status_message,start_unix_nano,duration_nano,self_nano,error,attributes,resource,events,links\n";

/// Writes traces comma-separated (RFC 4180, lines end with LF), a span a line in depth-first order.
/// Attributes are a JSON object in a cell, events and links are counted.
pub fn csv<'a>(out: &mut dyn io::Write, traces: impl Iterator<Item = &'a Trace>) -> io::Result<()> {
    csv_header(out)?;
    csv_lines(out, traces)
}

/// Writes the names of the columns.
pub fn csv_header(out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(COLUMNS.as_bytes())
}

/// Writes the lines below the header.
pub fn csv_lines<'a>(
    out: &mut dyn io::Write,
    traces: impl Iterator<Item = &'a Trace>,
) -> io::Result<()> {
    let mut line = String::new();
    for trace in traces {
        for index in 0..trace.len() {
            line.clear();
            csv_line(&mut line, trace, index);
            out.write_all(line.as_bytes())?;
        }
    }
    Ok(())
}

fn csv_line(line: &mut String, trace: &Trace, index: usize) {
    let span = trace.span(index);
    let parent = if span.parent_id().is_zero() {
        String::new()
    } else {
        span.parent_id().to_string()
    };
    let cells: [Cow<'_, str>; 17] = [
        span.trace_id().to_string().into(),
        span.span_id().to_string().into(),
        parent.into(),
        trace.depth(index).to_string().into(),
        csv_text(span.service()),
        csv_text(span.operation()),
        span.kind().name().into(),
        span.status().name().into(),
        csv_text(span.status_message()),
        span.start().0.to_string().into(),
        span.duration().0.to_string().into(),
        trace.self_time(index).0.to_string().into(),
        span.is_error().to_string().into(),
        object(span.attributes()).into(),
        object(span.resource().attributes()).into(),
        span.events().len().to_string().into(),
        span.links().len().to_string().into(),
    ];
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            line.push(',');
        }
        line.push_str(&csv_field(cell));
    }
    line.push('\n');
}

/// A field in quotes where RFC 4180 wants them.
pub fn csv_field(cell: &str) -> Cow<'_, str> {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\"")).into()
    } else {
        cell.into()
    }
}

/// A text from a trace: what a spreadsheet would compute gets a quote mark before it.
fn csv_text(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// Attributes as a JSON object; of a key that repeats, the first.
fn object(attributes: Attributes<'_>) -> String {
    let mut json = String::from("{");
    let mut seen = HashSet::new();
    for (key, value) in attributes.iter().filter(|(key, _)| seen.insert(*key)) {
        json.push_str(if json.len() > 1 { "," } else { "" });
        Value::Str(key).write_json(&mut json);
        json.push(':');
        value.write_json(&mut json);
    }
    json.push('}');
    json
}

/// Writes traces as Markdown: a heading and a table each, spans indented by depth.
pub fn markdown<'a>(
    out: &mut dyn io::Write,
    traces: impl Iterator<Item = &'a Trace>,
) -> io::Result<()> {
    for (number, trace) in traces.enumerate() {
        if number > 0 {
            out.write_all(b"\n")?;
        }
        writeln!(
            out,
            "## {}: {}\n",
            markdown_text(trace.service()),
            markdown_text(trace.name())
        )?;
        writeln!(
            out,
            "Trace `{}`, {} spans, {}\n",
            trace.id(),
            trace.len(),
            time(trace.duration())
        )?;
        out.write_all(b"| service | operation | kind | start | duration | self | status |\n")?;
        out.write_all(b"|---|---|---|--:|--:|--:|---|\n")?;
        for index in 0..trace.len() {
            markdown_line(out, trace, index)?;
        }
        markdown_notes(out, trace)?;
    }
    Ok(())
}

/// Writes the notes on a trace's spans, a line each below its table; nothing without any.
///
/// # Errors
/// Those of `out`.
pub fn markdown_notes(out: &mut dyn io::Write, trace: &Trace) -> io::Result<()> {
    for (number, (span, note)) in Notes::of(trace).iter().enumerate() {
        if number == 0 {
            out.write_all(b"\n")?;
        }
        let named = trace.find(span).map(|span| trace.span(span).operation());
        let named = markdown_text(named.unwrap_or_default());
        writeln!(out, "- {named} `{span}`: {}", markdown_text(&note.text))?;
    }
    Ok(())
}

fn markdown_line(out: &mut dyn io::Write, trace: &Trace, index: usize) -> io::Result<()> {
    let span = trace.span(index);
    writeln!(
        out,
        "| {} | {}{} | {} | {} | {} | {} | {} |",
        markdown_text(span.service()),
        "&emsp;".repeat(trace.depth(index).min(DEEPEST)),
        markdown_text(span.operation()),
        span.kind().name(),
        time(trace.start_of(index).since(trace.start())),
        time(span.duration()),
        time(trace.self_time(index)),
        markdown_status(span),
    )
}

fn time(length: Nanos) -> String {
    text::duration(length.0, Charset::Unicode)
}

/// Depth up to which the table shows depth.
const DEEPEST: usize = 40;

fn markdown_status(span: SpanRef<'_>) -> String {
    match (span.is_error(), span.status_message()) {
        (false, _) => span.status().name().to_owned(),
        (true, "") => "**error**".to_owned(),
        (true, message) => format!("**error** {}", markdown_text(message)),
    }
}

/// A text on one line in which Markdown and HTML see nothing.
pub fn markdown_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '!' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if c.is_whitespace() || c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    const TRACE: &str = "shop: GET /cart 0..120 server error http.status=500 msg=a,b\n  cart: load_items 10..90 client\n";

    #[test]
    fn a_span_a_line() {
        let trace = scenario::trace(TRACE);
        let mut out = Vec::new();
        csv(&mut out, [&trace].into_iter()).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0].split(',').count(), 17);
        assert!(
            lines[1].contains(",0,shop,GET /cart,server,error,\"a,b\","),
            "{text}"
        );
        assert!(
            lines[1].contains(",120000000,40000000,true,\"{\"\"http.status\"\":500}\","),
            "{text}"
        );
        assert!(lines[2].contains(",1,cart,load_items,client,"), "{text}");
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn markdown_shows_the_tree_and_nothing_acts() {
        let trace = scenario::trace(TRACE);
        let mut out = Vec::new();
        markdown(&mut out, [&trace].into_iter()).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("## shop: GET /cart\n"), "{text}");
        assert!(
            text.contains(
                "| cart | &emsp;load\\_items | client | 10.0 ms | 80.0 ms | 80.0 ms | unset |"
            ),
            "{text}"
        );
        assert_eq!(
            markdown_text("a|b\n<script>\u{1b}[0m"),
            "a\\|b &lt;script&gt; \\[0m"
        );
    }
}
