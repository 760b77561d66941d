//! `vizsla convert`: traces from one format into another.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueHint};
use tokio_util::sync::CancellationToken;

use crate::backend::source::Source;
use crate::backend::{Backend, Input, SearchRequest, Sort, Windows};
use crate::format::{Format, LeftOut, WriteError, Writer};
use crate::model::Trace;
use crate::text::plural;

use super::args::{InputArgs, SourceArgs, formats};
use super::search::collect;
use super::source::{self, Manner};
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
    match source::named(&session.config, &args.inputs)? {
        Source::Files(inputs) => convert_files(inputs, args, session),
        _ => convert_answer(args, session),
    }
}

/// Passes files on, a window of traces at a time, so that memory does not grow with them.
fn convert_files(
    inputs: Vec<Input>,
    args: &ConvertArgs,
    session: &mut Session,
) -> Result<Outcome, Failure> {
    session.note_problems();
    let manner = Manner {
        format: args.input.input_format,
        ..Manner::default()
    };
    let reading = source::reading(&session.config, manner);
    // What tells one trace from another: a trace in two parts would be two.
    let whole = matches!(args.to, Format::JaegerJson | Format::Csv | Format::Markdown);
    let mut windows = Windows::open(inputs, reading, whole)?;
    let (mut meter, target) = (session.meter(), Target::new(args));
    let mut first = windows.next();
    let written = match &mut first {
        None => Ok(Written::default()),
        Some(first) => {
            let rest = std::iter::from_fn(|| {
                meter.show(windows.progress());
                windows.next()
            });
            target.write(session, std::iter::once(std::mem::take(first)).chain(rest))
        }
    };
    meter.clear();
    for remark in windows.remarks() {
        session.note(remark);
    }
    let written = written?;
    if written.traces == 0 {
        windows.check()?;
    }
    if written.windows > 1 && whole {
        session.note(format!(
            "read in {} parts: a trace whose spans are far apart is there several times; \
             --max-memory makes parts larger",
            written.windows
        ));
    }
    Ok(target.conclude(written, session))
}

/// Writes what another source answers.
fn convert_answer(args: &ConvertArgs, session: &mut Session) -> Result<Outcome, Failure> {
    let source = SourceArgs {
        source: args.inputs.clone(),
        input: args.input.clone(),
    };
    let traces = session.ask(&source, async |backend, _| all(backend).await)?;
    let target = Target::new(args);
    let some = Some(traces).filter(|traces| !traces.is_empty());
    let written = match some {
        Some(traces) => target.write(session, std::iter::once(traces))?,
        None => Written::default(),
    };
    Ok(target.conclude(written, session))
}

/// Where traces go, and in which format.
struct Target<'a> {
    format: Format,
    path: Option<&'a Path>,
}

/// What was written.
#[derive(Clone, Copy, Default)]
struct Written {
    windows: u64,
    traces: u64,
    spans: u64,
    left_out: LeftOut,
}

impl<'a> Target<'a> {
    fn new(args: &'a ConvertArgs) -> Self {
        Self {
            format: args.to,
            path: args.output.as_deref(),
        }
    }

    /// Writes windows of traces as they come.
    fn write(
        &self,
        session: &mut Session,
        windows: impl Iterator<Item = Vec<Arc<Trace>>>,
    ) -> Result<Written, Failure> {
        let Some(path) = self.path else {
            return Ok(self.write_to(&mut session.out, windows)?);
        };
        let failed = |cause: &dyn Display| {
            Failure::Usage(format!("cannot write {}: {cause}", path.display()))
        };
        let mut file = BufWriter::new(File::create(path).map_err(|cause| failed(&cause))?);
        let written = self.write_to(&mut file, windows);
        let written = written.map_err(|cause| failed(&cause))?;
        file.flush().map_err(|cause| failed(&cause))?;
        Ok(written)
    }

    fn write_to(
        &self,
        out: &mut dyn Write,
        windows: impl Iterator<Item = Vec<Arc<Trace>>>,
    ) -> Result<Written, WriteError> {
        let mut writer = Writer::begin(self.format, out)?;
        let mut written = Written::default();
        for traces in windows {
            let each = traces.iter().map(AsRef::as_ref);
            writer.traces(each)?;
            written.windows += 1;
            written.traces += traces.len() as u64;
            for trace in &traces {
                written.left_out.count(self.format, trace);
            }
            written.spans += traces.iter().map(|trace| trace.len() as u64).sum::<u64>();
        }
        writer.finish()?;
        Ok(written)
    }

    /// Says what was written, where it went into a file.
    fn conclude(&self, written: Written, session: &Session) -> Outcome {
        if written.traces == 0 {
            session.note("no trace there: nothing is written");
            return Outcome::Nothing;
        }
        if let Some(words) = written.left_out.words() {
            let format = self.format.name();
            session.note(format!("{words} left out: {format} has no place for that"));
        }
        if self.path.is_some() {
            let (traces, spans) = (
                plural(written.traces, "trace"),
                plural(written.spans, "span"),
            );
            session.note(format!("{traces}, {spans} written"));
        }
        Outcome::Found
    }
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
