//! `vizsla show`: one trace.

mod critical;
mod events;
mod findings;
mod flame;
mod graph;
mod rows;
mod stats;
mod waterfall;

use std::sync::Arc;

use clap::{Args, ValueEnum};
use tokio_util::sync::CancellationToken;

use crate::analysis::{GroupBy, Weight, critical_path, skew};
use crate::backend::{Archive, Backend, SearchRequest, Sort};
use crate::config::{Config, Depth, Paths};
use crate::format::{Format as Wire, explained, pasted, table, write as write_traces};
use crate::graph::trace_graph;
use crate::model::{Nanos, Trace, TraceId};
use crate::text::plural;
use crate::tui::{Appearance, Theme, flame_picture};

use super::args::SourceArgs;
use super::output::{Format, write_document, write_rows};
use super::search::collect;
use super::{Failure, Outcome, Session};

const FORMATS: &[Format] = &[
    Format::Table,
    Format::Json,
    Format::Ndjson,
    Format::Csv,
    Format::Md,
    Format::Otlp,
    Format::Jaeger,
    Format::Zipkin,
    Format::Chrome,
    Format::Folded,
    Format::Svg,
    Format::Dot,
    Format::Mermaid,
];

/// Arguments of `show`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla show -s ticket-4711.json
  vizsla show 7f1c9d2a --format json | jq '.spans[] | select(.status == \"error\")'
  vizsla show 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
  vizsla show -s ticket-4711.json --view stats --by service
  vizsla show -s ticket-4711.json --view flame --format svg > flame.svg")]
pub struct ShowArgs {
    /// Trace id, leading zeros may be left out, or a header or a line of a log with one; not needed if the source holds one trace
    #[arg(value_name = "TRACE_ID")]
    trace_id: Option<String>,
    #[command(flatten)]
    source: SourceArgs,
    /// Correct clocks that differ between hosts, as Jaeger does
    #[arg(long)]
    adjust_skew: bool,
    /// What is told of the trace: the tree with its bars, its spans, or what was worked out
    #[arg(long, value_name = "NAME", value_enum)]
    view: Option<View>,
    /// What the view stats groups by, at most three: service, operation, kind, status or an attribute
    #[arg(
        long,
        value_name = "WHAT",
        value_delimiter = ',',
        default_value = "service,operation"
    )]
    by: Vec<String>,
    /// What the widths of the view flame stand for: total if not said, own for folded stacks
    #[arg(long, value_name = "TIME", value_enum)]
    weight: Option<Weight>,
    /// How it is written: otlp, jaeger, zipkin and chrome are of the whole trace, folded and svg of the view flame, dot and mermaid of graph
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = Format::among(FORMATS))]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum View {
    /// The tree with its bars
    #[default]
    Waterfall,
    /// A span a line
    #[value(alias = "table")]
    Spans,
    /// Operations with their figures
    Stats,
    /// Events by time
    Events,
    /// What stands out, in words
    Findings,
    /// The critical path, section by section
    Critical,
    /// Frames of the flame graph
    Flame,
    /// Calls, merged by the path that leads to them
    Graph,
    /// Everything, as JSON
    Json,
}

impl View {
    /// Whether it can be written so.
    fn takes(self, format: Format) -> bool {
        match format {
            Format::Folded | Format::Svg => self == Self::Flame,
            Format::Dot | Format::Mermaid => self == Self::Graph,
            _ => true,
        }
    }
}

/// How many ids are listed where one has to be chosen.
const LISTED: usize = 20;

pub(super) fn run(args: &ShowArgs, session: &mut Session) -> Result<Outcome, Failure> {
    let id = args.trace_id.as_deref().map(trace_id).transpose()?;
    let trace = session.ask(&args.source, async |backend, _| {
        let id = match id {
            Some(id) => id,
            None => only_trace(backend).await?,
        };
        let mut trace = backend.trace(id, CancellationToken::new()).await?;
        // Where ids have 64 bits, those of 128 are known by their low half.
        let low = TraceId(id.0 & u128::from(u64::MAX));
        if trace.is_none() && low != id {
            trace = backend.trace(low, CancellationToken::new()).await?;
        }
        Ok((id, trace))
    })?;
    let (id, Some(trace)) = trace else {
        session.note(format!("no trace {}", trace.0));
        return Ok(Outcome::Nothing);
    };
    if trace.is_empty() {
        session.note(format!("trace {id} has no spans"));
    }
    // Notes that cannot be read are no reason not to show the trace.
    let noted = Archive::of_user().and_then(|archive| archive.annotated(Arc::clone(&trace)).ok());
    let trace = noted.unwrap_or(trace);
    let trace = if args.adjust_skew {
        corrected(&trace)
    } else {
        trace
    };
    write(&trace, args, session)?;
    Ok(Outcome::Found)
}

/// Reads a trace id, or finds the one in a header, a line of a log or a URL.
pub(super) fn trace_id(text: &str) -> Result<TraceId, Failure> {
    let text = text.trim();
    text.parse().or_else(|wrong| {
        let found = pasted::trace_id(text);
        found.ok_or_else(|| Failure::Usage(format!("{text} is no trace id: {wrong}")))
    })
}

/// The id of the only trace there is.
async fn only_trace(backend: &dyn Backend) -> Result<TraceId, Failure> {
    let request = SearchRequest {
        query: "{ }".into(),
        window: None,
        limit: LISTED,
        sort: Sort::Newest,
    };
    let found = collect(backend, request).await;
    match found.rows.as_slice() {
        [only] => Ok(only.trace_id),
        [] => match found.failed {
            Some(error) => Err(error.into()),
            None => Err(Failure::Usage(format!("{} holds no trace", backend.name()))),
        },
        rows => {
            let ids: Vec<_> = rows.iter().map(|row| row.trace_id.to_string()).collect();
            let all = found
                .done
                .and_then(|done| done.matching)
                .unwrap_or(rows.len() as u64);
            let more = if all > ids.len() as u64 { " ..." } else { "" };
            let all = plural(all, "trace");
            Err(Failure::Usage(format!(
                "{} holds {all}: name one of {}{more}",
                backend.name(),
                ids.join(" ")
            )))
        }
    }
}

/// The trace by corrected clocks, however far they are off.
fn corrected(trace: &Arc<Trace>) -> Arc<Trace> {
    let skew = skew(trace, Nanos(u64::MAX));
    if skew.is_none() {
        return Arc::clone(trace);
    }
    Arc::new(trace.shifted(&skew.offsets))
}

fn write(trace: &Trace, args: &ShowArgs, session: &mut Session) -> Result<(), Failure> {
    let (view, format) = (args.view.unwrap_or_default(), args.format);
    let view = match format {
        // A picture or stacks of what? There is but one answer.
        _ if args.view.is_some() => view,
        Format::Folded | Format::Svg => View::Flame,
        Format::Dot | Format::Mermaid => View::Graph,
        _ => view,
    };
    if !view.takes(format) {
        let flat = matches!(format, Format::Folded | Format::Svg);
        let of = if flat { "flame" } else { "graph" };
        let format = format.name();
        return Err(Failure::Usage(format!("{format} is for --view {of}")));
    }
    if args.weight.is_some() && view != View::Flame {
        return Err(Failure::Usage("--weight is for --view flame".to_owned()));
    }
    let weight = args.weight.unwrap_or_default();
    let by: Vec<GroupBy> = args.by.iter().map(|word| GroupBy::of_word(word)).collect();
    if by.len() > stats::MOST {
        let most = stats::MOST;
        return Err(Failure::Usage(format!("--by takes at most {most}")));
    }
    let (out, look) = (&mut session.out, &session.look);
    let one = std::iter::once(trace);
    match (view, format) {
        (_, Format::Otlp) => write_traces(Wire::OtlpJson, out, one)?,
        (_, Format::Jaeger) => write_traces(Wire::JaegerJson, out, one)?,
        (_, Format::Zipkin) => write_traces(Wire::ZipkinV2, out, one)?,
        (_, Format::Chrome) => write_traces(Wire::Chrome, out, one)?,
        (View::Flame, Format::Folded) => {
            flame::folded(out, trace, args.weight.unwrap_or(Weight::Own))?;
        }
        (View::Flame, Format::Svg) => {
            flame_picture(out, &theme(&session.config), trace, weight)?;
        }
        (View::Graph, Format::Dot | Format::Mermaid) => {
            graph::write(out, look.charset, format, &trace_graph(trace, usize::MAX).0)?;
        }
        (View::Flame, _) => {
            let rows = flame::of(trace, weight);
            write_rows(out, look, format, &flame::columns(), &rows)?;
        }
        (View::Graph, _) => {
            let (graph, _) = trace_graph(trace, usize::MAX);
            write_rows(out, look, format, &graph::columns(), &graph::of(&graph))?;
        }
        (View::Stats, _) => {
            let rows = stats::of(trace, &by);
            write_rows(out, look, format, &stats::columns(&by), &rows)?;
        }
        (View::Events, _) => {
            write_rows(out, look, format, &events::columns(), &events::of(trace))?;
        }
        (View::Findings, _) => {
            let rows = findings::of(trace, look.charset);
            write_rows(out, look, format, findings::COLUMNS, &rows)?;
        }
        (View::Critical, _) => {
            write_rows(
                out,
                look,
                format,
                &critical::columns(),
                &critical::of(trace),
            )?;
        }
        (View::Waterfall, Format::Table) => {
            waterfall::write(out, look, trace, &critical_path(trace))?;
        }
        (_, Format::Json) | (View::Json, Format::Table) => {
            let path = critical_path(trace);
            let critical = |span: usize| path.time_of(span);
            write_document(out, |json| explained::write(json, trace, &critical))?;
        }
        (View::Waterfall | View::Spans | View::Json, _) => {
            write_rows(out, look, format, &rows::columns(), &rows::of(trace))?;
            if format == Format::Md {
                table::markdown_notes(out, trace)?;
            }
        }
    }
    Ok(())
}

/// The theme of pictures.
fn theme(config: &Config) -> Theme {
    let folder = Paths::of_user().map(|paths| paths.themes());
    let (name, folder) = (&config.theme.value, folder.as_deref());
    let theme = Theme::load(name, Depth::Truecolor, Appearance::Dark, folder);
    theme.unwrap_or_else(|_| Theme::plain())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_names_its_trace() {
        let id = trace_id("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").unwrap();
        assert_eq!(id, trace_id(" AF7651916cd43dd8448eb211c80319c\n").unwrap());
        assert!(trace_id("00-xyz").is_err());
    }
}
