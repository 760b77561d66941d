//! `vizsla stats`: what was received, and what became of it.

use std::collections::BTreeMap;

use clap::Args;

use crate::backend::StoreStats;
use crate::format::json::JsonWriter;
use crate::text::bytes;

use super::args::SourceArgs;
use super::output::{Cell, Column, Format, Record, TABULAR, write_document, write_rows};
use super::{Failure, Outcome, Session};

/// Arguments of `stats`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla stats
  vizsla stats -s orders.json.gz --format json")]
pub struct StatsArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// How they are written
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = Format::among(TABULAR))]
    format: Format,
}

/// One figure: what, why if there is a reason, how many.
struct Figure {
    what: &'static str,
    reason: String,
    value: u64,
}

impl Record for Figure {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("what").string(self.what);
        json.key("reason").string(&self.reason);
        json.key("value").raw(self.value);
        json.end_object();
    }
}

const COLUMNS: &[Column<Figure>] = &[
    Column::left("WHAT", "what", |row, _| Cell::text(row.what)),
    Column::left("WHY", "reason", |row, _| Cell::text(&row.reason)),
    Column::right("HOW MANY", "value", |row, _| match row.what {
        "bytes" | "budget" => Cell {
            text: bytes(row.value),
            ..Cell::count(row.value)
        },
        _ => Cell::count(row.value),
    }),
];

pub(super) fn run(args: &StatsArgs, session: &mut Session) -> Result<Outcome, Failure> {
    let stats = session.ask(&args.source, async |backend, _| Ok(backend.stats().await?))?;
    let Some(stats) = stats else {
        return Err(Failure::usage(
            "this source does not count what it received: files, demo and vizsla itself do",
        ));
    };
    let out = &mut session.out;
    match args.format {
        Format::Json => write_document(out, |json| {
            document(&stats, json);
            Ok(())
        })?,
        format => write_rows(out, &session.look, format, COLUMNS, &figures(&stats))?,
    }
    Ok(Outcome::of(stats.received > 0))
}

fn document(stats: &StoreStats, json: &mut JsonWriter<'_>) {
    json.begin_object();
    json.key("received").raw(stats.received);
    json.key("stored").raw(stats.stored);
    json.key("duplicate").raw(stats.duplicate);
    let reasons = [
        ("rejected", &stats.rejected),
        ("evicted", &stats.evicted),
        ("sampled_out", &stats.sampled_out),
        ("kept", &stats.kept),
    ];
    for (key, counts) in reasons {
        json.key(key).begin_object();
        for (reason, value) in counts {
            json.key(reason).raw(value);
        }
        json.end_object();
    }
    json.key("traces").raw(stats.traces);
    json.key("spans").raw(stats.stored);
    json.key("bytes").raw(stats.bytes);
    json.key("budget").raw(stats.budget);
    json.end_object();
}

fn figures(stats: &StoreStats) -> Vec<Figure> {
    let plain = |what, value| Figure {
        what,
        reason: String::new(),
        value,
    };
    let mut figures = vec![
        plain("received", stats.received),
        plain("stored", stats.stored),
        plain("duplicate", stats.duplicate),
    ];
    let mut each = |what, counts: &BTreeMap<String, u64>| {
        figures.extend(counts.iter().map(|(reason, &value)| Figure {
            what,
            reason: reason.clone(),
            value,
        }));
    };
    each("rejected", &stats.rejected);
    each("evicted", &stats.evicted);
    each("sampled out", &stats.sampled_out);
    each("traces kept longer", &stats.kept);
    figures.extend([
        plain("traces", stats.traces),
        plain("bytes", stats.bytes),
        plain("budget", stats.budget),
    ]);
    figures
}
