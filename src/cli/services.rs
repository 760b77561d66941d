//! `vizsla services`: the services there are.

use clap::Args;
use tokio_util::sync::CancellationToken;

use crate::backend::ServiceRow;
use crate::format::json::JsonWriter;

use super::args::SourceArgs;
use super::output::{Cell, Column, Format, Record, TABULAR, optional, write_rows};
use super::window::WindowArgs;
use super::{Failure, Outcome, Session};

/// Arguments of `services`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla services -s orders.json.gz
  vizsla services -s prod --format json | jq -r '.[].service'")]
pub struct ServicesArgs {
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    window: WindowArgs,
    /// How they are written
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = Format::among(TABULAR))]
    format: Format,
}

impl Record for ServiceRow {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("service").string(&self.service);
        optional(json, "spans", self.spans);
        optional(json, "errors", self.errors);
        json.end_object();
    }
}

const COLUMNS: &[Column<ServiceRow>] = &[
    Column::left("SERVICE", "service", |row, _| Cell::text(&row.service)),
    Column::right("SPANS", "spans", |row, _| {
        Cell::known(row.spans, Cell::count)
    }),
    Column::right("ERRORS", "errors", |row, _| {
        Cell::known(row.errors, Cell::errors)
    }),
];

pub(super) fn run(args: &ServicesArgs, session: &mut Session) -> Result<Outcome, Failure> {
    let rows = session.ask(&args.source, async |backend, look| {
        let window = args.window.on(backend.capabilities(), &look.clock)?.window;
        Ok(backend.services(window, CancellationToken::new()).await?)
    })?;
    write_rows(&mut session.out, &session.look, args.format, COLUMNS, &rows)?;
    Ok(Outcome::of(!rows.is_empty()))
}
