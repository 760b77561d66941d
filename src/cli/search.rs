//! `vizsla search`: traces that match.

use std::io::Write;

use clap::{Args, ValueEnum};
use tokio_util::sync::CancellationToken;

use crate::backend::{
    Backend, BackendError, Division, Part, SearchDone, SearchRequest, Sort, TraceRow,
};
use crate::format::json::JsonWriter;
use crate::text::{Style, plural};
use crate::traceql::Metrics;

use super::args::SourceArgs;
use super::output::{Cell, Column, Format, Record, TABULAR, write_document, write_rows};
use super::question::QuestionArgs;
use super::window::WindowArgs;
use super::{Failure, Outcome, Session, series};

/// Arguments of `search`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla search '{ status = error }' --since 15m
  vizsla search --service frontend --min-duration 500ms --sort slowest
  vizsla search '{ } | rate() by (resource.service.name)' --since 1h
  vizsla search '{ } | quantile_over_time(duration, .5, .99) by (name)' --step all
  vizsla search '{ } | compare({ status = error })'
  vizsla search -s orders.json.gz '{ span.http.response.status_code >= 500 }' --format json
  vizsla search -q '{ status = error }' > /dev/null && echo something failed")]
pub struct SearchArgs {
    #[command(flatten)]
    pub(super) question: QuestionArgs,
    #[command(flatten)]
    pub(super) source: SourceArgs,
    #[command(flatten)]
    pub(super) window: WindowArgs,
    /// Of a metrics query, a number for each while so long, or all: one for the whole time
    #[arg(long, value_name = "DURATION", value_parser = series::division)]
    pub(super) step: Option<Division>,
    /// At most this many traces
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Which come first
    #[arg(long, value_name = "ORDER", value_enum, default_value_t)]
    sort: Order,
    /// How they are written
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = Format::among(TABULAR))]
    pub(super) format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Order {
    #[default]
    Newest,
    Slowest,
}

impl From<Order> for Sort {
    fn from(order: Order) -> Self {
        match order {
            Order::Newest => Self::Newest,
            Order::Slowest => Self::Slowest,
        }
    }
}

impl Record for TraceRow {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("trace_id").quoted(self.trace_id);
        json.key("name").string(&self.name);
        json.key("service").string(&self.service);
        json.key("start_unix_nano").quoted(self.start.0);
        json.key("duration_nano").raw(self.duration.0);
        json.key("spans").raw(self.spans);
        json.key("errors").raw(self.errors);
        json.key("services").begin_object();
        for (service, count) in &self.services {
            json.key(service).begin_object();
            json.key("spans").raw(count.spans);
            json.key("errors").raw(count.errors);
            json.end_object();
        }
        json.end_object();
        json.key("matched").begin_array();
        self.matched.iter().for_each(|id| json.quoted(id));
        json.end_array();
        json.end_object();
    }
}

const COLUMNS: &[Column<TraceRow>] = &[
    Column::left("START", "start_unix_nano", |row, look| Cell {
        exact: row.start.0.to_string(),
        ..Cell::text(look.clock.time(row.start.0, Style::Local))
    }),
    Column::left("SERVICE", "service", |row, _| Cell::text(&*row.service)),
    Column::left("TRACE", "name", |row, _| Cell::text(&*row.name)),
    Column::right("DURATION", "duration_nano", |row, look| {
        Cell::duration(row.duration.0, look)
    }),
    Column::right("SPANS", "spans", |row, _| Cell::count(row.spans.into())),
    Column::right("ERRORS", "errors", |row, _| Cell::errors(row.errors.into())),
    Column::right("TRACE ID", "trace_id", |row, _| {
        Cell::text(row.trace_id.to_string()).muted()
    }),
];

/// What a search brought.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The traces, in the order asked for.
    pub(super) rows: Vec<TraceRow>,
    /// What is to be said beside them.
    pub(super) notes: Vec<String>,
    /// The end, unless it failed.
    pub(super) done: Option<SearchDone>,
    /// Why it failed.
    pub(super) failed: Option<BackendError>,
}

pub(super) fn run(args: &SearchArgs, session: &mut Session) -> Result<Outcome, Failure> {
    let query = args.question.traceql()?;
    if let Ok(metrics) = Metrics::parse(&query) {
        return series::run(args, &metrics, session);
    }
    if args.step.is_some() {
        return Err(Failure::usage(
            "--step divides the time of a metrics query: add a function, as in '{ } | rate()'",
        ));
    }
    let everything = query.trim() == "{ }";
    let (found, asked) = session.ask(&args.source, async |backend, look| {
        let asked = args.window.on(backend.capabilities(), &look.clock)?;
        let request = SearchRequest {
            query,
            window: asked.window,
            limit: args.limit as usize,
            sort: args.sort.into(),
        };
        let mut found = collect(backend, request).await;
        // Where nothing could be read there is no answer to write, and the reason is said once.
        let unread = |error: &mut BackendError| matches!(error, BackendError::Input(_));
        if let Some(error) = found.failed.take_if(unread) {
            return Err(error.into());
        }
        found.notes.splice(0..0, asked.note);
        Ok((found, backend.name().to_owned()))
    })?;
    match args.format {
        Format::Json => write_document(&mut session.out, |json| {
            document(&found, json);
            Ok(())
        })?,
        format => write_rows(
            &mut session.out,
            &session.look,
            format,
            COLUMNS,
            &found.rows,
        )?,
    }
    session.out.flush()?;
    for note in &found.notes {
        session.note(note);
    }
    if let Some(error) = found.failed {
        return Err(error.into());
    }
    if found.rows.is_empty() {
        let what = if everything {
            "no traces"
        } else {
            "no trace that matches"
        };
        session.note(format!("{asked}: {what}"));
    }
    say_the_rest(&found, session);
    Ok(Outcome::of(!found.rows.is_empty()))
}

/// Says that there is more, or that there may be.
fn say_the_rest(found: &Found, session: &Session) {
    let shown = found.rows.len() as u64;
    match found.done {
        Some(SearchDone {
            matching: Some(all),
            ..
        }) if all > shown => {
            session.note(format!(
                "{shown} of {}: --limit shows more",
                plural(all, "trace")
            ));
        }
        Some(SearchDone {
            complete: false, ..
        }) => {
            session.note("there may be more: narrow the question or the time");
        }
        _ => {}
    }
}

/// Gathers the whole answer.
pub(super) async fn collect(backend: &dyn Backend, request: SearchRequest) -> Found {
    let (limit, sort) = (request.limit, request.sort);
    let mut parts = backend.search(request, CancellationToken::new());
    let mut found = Found::default();
    while let Some(part) = parts.recv().await {
        match part {
            Part::Rows(rows) => found.rows.extend(rows),
            Part::Note(note) => found.notes.push(note),
            Part::Progress(_) | Part::Pushdown(_) => {}
            Part::Done(done) => found.done = Some(done),
            Part::Failed(error) => found.failed = Some(error),
        }
    }
    found.rows.sort_by(|a, b| {
        let first = match sort {
            Sort::Newest => b.start.cmp(&a.start),
            Sort::Slowest => b.duration.cmp(&a.duration),
        };
        first.then(a.trace_id.cmp(&b.trace_id))
    });
    found.rows.truncate(limit);
    found
}

fn document(found: &Found, json: &mut JsonWriter<'_>) {
    json.begin_object();
    json.key("traces").begin_array();
    found.rows.iter().for_each(|row| row.json(json));
    json.end_array();
    json.key("complete")
        .raw(found.done.is_some_and(|done| done.complete));
    json.key("notes").begin_array();
    found.notes.iter().for_each(|note| json.string(note));
    json.end_array();
    json.end_object();
}
