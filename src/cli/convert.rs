//! `vizsla convert`: traces from one format into another.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueHint};
use tokio_util::sync::CancellationToken;

use crate::backend::{Backend, SearchRequest, Sort};
use crate::format::{Format, write};
use crate::model::Trace;
use crate::text::plural;

use super::args::{InputArgs, SourceArgs, formats};
use super::search::collect;
use super::{Failure, Outcome, Session};

/// Arguments of `convert`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla convert orders.json.gz --to otlp -o orders.otlp.jsonl
  vizsla convert jaeger/*.json --to csv | less
  cat spans.json | vizsla convert - --to zipkin")]
pub struct ConvertArgs {
    /// Files, folders, - (standard input), or any other source
    #[arg(value_name = "IN", required = true, value_hint = ValueHint::AnyPath)]
    inputs: Vec<String>,
    /// The format to write
    #[arg(long, value_name = "FORMAT", value_parser = formats(Format::is_writable))]
    to: Format,
    /// The file to write instead of standard output
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: InputArgs,
}

pub(super) fn run(args: &ConvertArgs, session: &mut Session) -> Result<Outcome, Failure> {
    let source = SourceArgs {
        source: args.inputs.clone(),
        input: args.input.clone(),
    };
    let traces = session.ask(&source, async |backend, _| all(backend).await)?;
    if traces.is_empty() {
        session.note("no trace there: nothing is written");
        return Ok(Outcome::Nothing);
    }
    let each = traces.iter().map(AsRef::as_ref);
    let Some(path) = &args.output else {
        write(args.to, &mut session.out, each)?;
        return Ok(Outcome::Found);
    };
    let failed =
        |cause: &dyn Display| Failure::Usage(format!("cannot write {}: {cause}", path.display()));
    let mut file = BufWriter::new(File::create(path).map_err(|cause| failed(&cause))?);
    write(args.to, &mut file, each).map_err(|cause| failed(&cause))?;
    file.flush().map_err(|cause| failed(&cause))?;
    let spans = traces.iter().map(|trace| trace.len() as u64).sum();
    let traces = plural(traces.len() as u64, "trace");
    session.note(format!("{traces}, {} written", plural(spans, "span")));
    Ok(Outcome::Found)
}

/// Every trace, oldest first.
async fn all(backend: &dyn Backend) -> Result<Vec<Arc<Trace>>, Failure> {
    let request = SearchRequest {
        query: "{ }".into(),
        window: None,
        limit: usize::MAX,
        sort: Sort::Newest,
    };
    let found = collect(backend, request).await;
    if let Some(error) = found.failed {
        return Err(error.into());
    }
    let mut traces = Vec::with_capacity(found.rows.len());
    for row in found.rows.iter().rev() {
        traces.extend(
            backend
                .trace(row.trace_id, CancellationToken::new())
                .await?,
        );
    }
    Ok(traces)
}
