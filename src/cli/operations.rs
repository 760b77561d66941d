//! `vizsla operations`: the operations of a service, or of all.

use clap::Args;
use tokio_util::sync::CancellationToken;

use crate::backend::OperationRow;
use crate::format::json::JsonWriter;

use super::census::{CensusArgs, Counted, count_members};
use super::output::{Cell, Column, Record};
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
    census: CensusArgs,
}

impl Counted for OperationRow {
    fn counts(&self) -> [Option<u64>; 2] {
        [self.spans, self.errors]
    }
}

impl Record for OperationRow {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("service").string(&self.service);
        json.key("operation").string(&self.operation);
        json.key("kind").string(&self.kind);
        count_members(json, self);
        json.end_object();
    }
}

const NAMES: [Column<OperationRow>; 3] = [
    Column::left("SERVICE", "service", |row, _| Cell::text(&row.service)),
    Column::left("OPERATION", "operation", |row, _| {
        Cell::text(&row.operation)
    }),
    Column::left("KIND", "kind", |row, _| Cell::text(&row.kind).muted()),
];

pub(super) fn run(args: &OperationsArgs, session: &mut Session) -> Result<Outcome, Failure> {
    args.census.take(session, NAMES, async |backend, window| {
        let cancel = CancellationToken::new();
        let service = args.service.clone();
        Ok(backend.operations(service, window, cancel).await?)
    })
}
