//! `vizsla services`: the services there are.

use clap::Args;
use tokio_util::sync::CancellationToken;

use crate::backend::ServiceRow;
use crate::format::json::JsonWriter;

use super::census::{CensusArgs, Counted, count_members};
use super::output::{Cell, Column, Record};
use super::{Failure, Outcome, Session};

/// Arguments of `services`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla services -s orders.json.gz
  vizsla services -s prod --format json | jq -r '.[].service'")]
pub struct ServicesArgs {
    #[command(flatten)]
    census: CensusArgs,
}

impl Counted for ServiceRow {
    fn counts(&self) -> [Option<u64>; 2] {
        [self.spans, self.errors]
    }
}

impl Record for ServiceRow {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("service").string(&self.service);
        count_members(json, self);
        json.end_object();
    }
}

pub(super) fn run(args: &ServicesArgs, session: &mut Session) -> Result<Outcome, Failure> {
    let service = Column::left("SERVICE", "service", |row: &ServiceRow, _| {
        Cell::text(&row.service)
    });
    args.census
        .take(session, [service], async |backend, window| {
            Ok(backend.services(window, CancellationToken::new()).await?)
        })
}
