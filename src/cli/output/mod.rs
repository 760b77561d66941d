//! Data on standard output: the same rows as a table, JSON, lines of JSON, CSV or Markdown.

mod csv;
mod table;

use std::io::{self, BufWriter, Stdout, Write};

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::config::Depth;
use crate::format::json::JsonWriter;
use crate::text::{Charset, Clock};

pub(super) use table::paint;
pub use table::{Align, Cell, Column, Tone};

/// Standard output, buffered. Not locked: the interface restores the terminal from another thread.
pub struct Out(BufWriter<Stdout>);

impl Out {
    /// Over this process's own.
    pub fn stdout() -> Self {
        Self(BufWriter::with_capacity(64 << 10, io::stdout()))
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// How data is to look on standard output.
#[derive(Clone, Debug)]
pub struct Look {
    /// Whether it is a terminal.
    pub tty: bool,
    /// How many colours it may have.
    pub depth: Depth,
    /// Which characters it may have.
    pub charset: Charset,
    /// The columns to cut tables to; `None`: not at all.
    pub columns: Option<usize>,
    /// What time it is, and in which zone.
    pub clock: Clock,
}

impl Look {
    /// As in a file: no colours, nothing cut, times in UTC.
    pub fn plain() -> Self {
        let (depth, charset, clock) = (Depth::Mono, Charset::Unicode, Clock::utc());
        Self {
            tty: false,
            depth,
            charset,
            columns: None,
            clock,
        }
    }
}

/// How data is written: `--format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For eyes.
    #[default]
    Table,
    /// One document.
    Json,
    /// One line of JSON a row.
    Ndjson,
    /// RFC 4180, with exact figures.
    Csv,
    /// A table in Markdown.
    Md,
    /// OTLP as JSON.
    Otlp,
    /// Jaeger's JSON.
    Jaeger,
    /// Zipkin's JSON of version 2.
    Zipkin,
    /// Chrome's trace events, for Perfetto.
    Chrome,
    /// A graph for Graphviz.
    Dot,
    /// A graph for Mermaid.
    Mermaid,
    /// A picture.
    Svg,
    /// Folded stacks, for flame graph tools.
    Folded,
}

/// The formats that any rows can be written in.
pub const TABULAR: &[Format] = &[
    Format::Table,
    Format::Json,
    Format::Ndjson,
    Format::Csv,
    Format::Md,
];

impl Format {
    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Md => "md",
            Self::Otlp => "otlp",
            Self::Jaeger => "jaeger",
            Self::Zipkin => "zipkin",
            Self::Chrome => "chrome",
            Self::Dot => "dot",
            Self::Mermaid => "mermaid",
            Self::Svg => "svg",
            Self::Folded => "folded",
        }
    }

    /// Reads one of some formats, for clap.
    pub fn among(formats: &'static [Self]) -> impl TypedValueParser<Value = Self> {
        let names = formats.iter().map(|format| format.name());
        PossibleValuesParser::new(names).map(|name| {
            let mut of_name = formats.iter().filter(|format| format.name() == name);
            of_name.next().copied().unwrap_or_default()
        })
    }
}

/// Something that is one value in JSON.
pub trait Record {
    /// Writes the value.
    fn json(&self, json: &mut JsonWriter<'_>);
}

/// Writes rows in one of the [`TABULAR`] formats.
pub fn write_rows<R: Record>(
    out: &mut dyn Write,
    look: &Look,
    format: Format,
    columns: &[Column<R>],
    rows: &[R],
) -> io::Result<()> {
    match format {
        Format::Json => write_json(out, rows),
        Format::Ndjson => write_ndjson(out, rows),
        Format::Csv => csv::write(out, look, columns, rows),
        Format::Md => table::write_markdown(out, look, columns, rows),
        _ => table::write(out, look, columns, rows),
    }
}

/// A list.
fn write_json<R: Record>(out: &mut dyn Write, rows: &[R]) -> io::Result<()> {
    write_document(out, |json| {
        json.begin_array();
        for row in rows {
            row.json(json);
            json.flush_full()?;
        }
        json.end_array();
        Ok(())
    })
}

/// One JSON document and a line end.
pub fn write_document(
    out: &mut dyn Write,
    write: impl FnOnce(&mut JsonWriter<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let mut json = JsonWriter::new(out);
    write(&mut json)?;
    json.end_line();
    json.flush()
}

/// One line of JSON a row.
pub fn write_ndjson<R: Record>(out: &mut dyn Write, rows: &[R]) -> io::Result<()> {
    let mut json = JsonWriter::new(out);
    for row in rows {
        row.json(&mut json);
        json.end_line();
        json.flush_full()?;
    }
    json.flush()
}

/// A figure, or `null` where it is not known.
pub fn optional(json: &mut JsonWriter<'_>, key: &str, value: Option<u64>) {
    match value {
        Some(value) => json.key(key).raw(value),
        None => json.key(key).raw("null"),
    }
}
