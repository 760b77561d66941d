//! `vizsla show`: one trace.

mod rows;
mod views;
mod waterfall;

use std::sync::Arc;

use clap::{Args, ValueEnum};
use tokio_util::sync::CancellationToken;

use crate::analysis::{critical_path, skew};
use crate::backend::{Backend, SearchRequest, Sort};
use crate::format::{Format as Wire, explained, pasted, write as write_traces};
use crate::model::{Nanos, Trace, TraceId};
use crate::text::plural;

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
    Format::Folded,
];

/// Arguments of `show`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla show -s ticket-4711.json
  vizsla show 7f1c9d2a --format json | jq '.spans[] | select(.status == \"error\")'
  vizsla show 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
pub struct ShowArgs {
    /// Trace id, leading zeros may be left out, or a header or a line of a log with one; not needed if the source holds one trace
    #[arg(value_name = "TRACE_ID")]
    trace_id: Option<String>,
    #[command(flatten)]
    source: SourceArgs,
    /// Correct clocks that differ between hosts, as Jaeger does
    #[arg(long)]
    adjust_skew: bool,
    /// What is told of the trace: the tree with its bars, its spans, or one of the views
    #[arg(long, value_name = "NAME", value_enum, default_value_t)]
    view: View,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = Format::among(FORMATS))]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum View {
    #[default]
    Waterfall,
    #[value(alias = "spans")]
    Table,
    Stats,
    Events,
    Findings,
    Critical,
    Flame,
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

fn write(trace: &Arc<Trace>, args: &ShowArgs, session: &mut Session) -> Result<(), Failure> {
    let (out, look) = (&mut session.out, &session.look);
    let one = std::iter::once(trace.as_ref());
    let format = args.format;
    match (args.view, format) {
        // Formats of whole traces have no views.
        (_, Format::Otlp | Format::Jaeger | Format::Zipkin)
        | (View::Waterfall | View::Table, _) => {}
        (View::Flame, Format::Folded) => return Ok(views::folded(out, trace)?),
        (View::Stats, _) => return Ok(views::stats(out, look, format, trace)?),
        (View::Events, _) => return Ok(views::events(out, look, format, trace)?),
        (View::Findings, _) => return Ok(views::findings(out, look, format, trace)?),
        (View::Critical, _) => return Ok(views::critical(out, look, format, trace)?),
        (View::Flame, _) => return Ok(views::flame(out, look, format, trace)?),
    }
    match args.format {
        Format::Folded => views::folded(out, trace)?,
        Format::Json => {
            let path = critical_path(trace);
            let critical = |span: usize| path.time_of(span);
            write_document(out, |json| explained::write(json, trace, &critical))?;
        }
        Format::Table if matches!(args.view, View::Waterfall) => {
            waterfall::write(out, look, trace, &critical_path(trace))?;
        }
        Format::Otlp => write_traces(Wire::OtlpJson, out, one)?,
        Format::Jaeger => write_traces(Wire::JaegerJson, out, one)?,
        Format::Zipkin => write_traces(Wire::ZipkinV2, out, one)?,
        format => write_rows(out, look, format, &rows::columns(), &rows::of(trace))?,
    }
    Ok(())
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
