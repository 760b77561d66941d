//! `vizsla operations`: the operations of a service, or of all.

use clap::Args;
use tokio_util::sync::CancellationToken;

use crate::backend::OperationRow;
use crate::format::json::JsonWriter;

use super::args::SourceArgs;
use super::output::{Cell, Column, Format, Record, TABULAR, optional, write_rows};
use super::window::WindowArgs;
use super::{Failure, Outcome, Session};

/// Arguments of `operations`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla operations -s orders.json.gz
  vizsla operations -s prod --service frontend")]
pub struct OperationsArgs {
    /// Only of this service
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    window: WindowArgs,
    /// How they are written
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = Format::among(TABULAR))]
    format: Format,
}

impl Record for OperationRow {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("service").string(&self.service);
        json.key("operation").string(&self.operation);
        json.key("kind").string(&self.kind);
        optional(json, "spans", self.spans);
        optional(json, "errors", self.errors);
        json.end_object();
    }
}

const COLUMNS: &[Column<OperationRow>] = &[
    Column::left("SERVICE", "service", |row, _| Cell::text(&row.service)),
    Column::left("OPERATION", "operation", |row, _| {
        Cell::text(&row.operation)
    }),
    Column::left("KIND", "kind", |row, _| Cell::text(&row.kind).muted()),
    Column::right("SPANS", "spans", |row, _| {
        Cell::known(row.spans, Cell::count)
    }),
    Column::right("ERRORS", "errors", |row, _| {
        Cell::known(row.errors, Cell::errors)
    }),
];

pub(super) fn run(args: &OperationsArgs, session: &mut Session) -> Result<Outcome, Failure> {
    let rows = session.ask(&args.source, async |backend, look| {
        let window = args.window.on(backend.capabilities(), &look.clock)?.window;
        let cancel = CancellationToken::new();
        Ok(backend
            .operations(args.service.clone(), window, cancel)
            .await?)
    })?;
    write_rows(&mut session.out, &session.look, args.format, COLUMNS, &rows)?;
    Ok(Outcome::of(!rows.is_empty()))
}
