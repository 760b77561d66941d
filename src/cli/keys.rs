//! `vizsla keys`: every key with what it does, the user's own keys included.

use clap::Args;

use crate::format::json::JsonWriter;
use crate::tui::{KeyRow, Keymap, key_table};

use super::output::{Cell, Column, Format, Record, TABULAR, write_rows};
use super::{Failure, Outcome, Session};

/// Arguments of `keys`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla keys
  vizsla keys --format md
  vizsla keys --format json | jq -r '.[] | select(.context == \"trace\") | .action'")]
pub struct KeysArgs {
    /// How they are written
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = Format::among(TABULAR))]
    format: Format,
}

impl Record for KeyRow {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("context").string(self.context);
        json.key("category").string(self.category);
        json.key("keys").begin_array();
        self.keys.iter().for_each(|key| json.string(key));
        json.end_array();
        json.key("action").string(self.action);
        json.key("sentence").string(self.sentence);
        json.end_object();
    }
}

const COLUMNS: &[Column<KeyRow>] = &[
    Column::left("CONTEXT", "context", |row, _| {
        Cell::text(row.context).muted()
    }),
    Column::left("KEYS", "keys", |row, _| Cell::text(row.keys.join("  "))),
    Column::left("ACTION", "action", |row, _| Cell::text(row.action)),
    Column::left("WHAT IT DOES", "sentence", |row, _| {
        Cell::text(row.sentence)
    }),
];

pub(super) fn run(args: &KeysArgs, session: &mut Session) -> Result<Outcome, Failure> {
    session.note_problems();
    let config = &session.config;
    let (keymap, mistakes) = Keymap::with_user(config.keymap.value, &config.keys);
    for mistake in mistakes {
        session.note(mistake.to_string());
    }
    let rows = key_table(&keymap);
    write_rows(&mut session.out, &session.look, args.format, COLUMNS, &rows)?;
    Ok(Outcome::Found)
}
