//! `vizsla themes`: the themes there are, built in and the user's own.

use clap::Args;

use crate::config::{Depth, Paths};
use crate::format::json::JsonWriter;
use crate::tui::{Appearance, Theme, theme_names};

use super::output::{Cell, Column, Format, Record, TABULAR, write_rows};
use super::{Failure, Outcome, Session};

/// Arguments of `themes`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla themes
  vizsla demo --theme okabe-ito")]
pub struct ThemesArgs {
    /// How they are written
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = Format::among(TABULAR))]
    format: Format,
}

struct Listed {
    name: String,
    ground: &'static str,
    wrong: String,
}

impl Record for Listed {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("name").string(&self.name);
        json.key("ground").string(self.ground);
        json.key("wrong").string(&self.wrong);
        json.end_object();
    }
}

const COLUMNS: &[Column<Listed>] = &[
    Column::left("THEME", "name", |row, _| Cell::text(&row.name)),
    Column::left("GROUND", "ground", |row, _| Cell::text(row.ground)),
    Column::left("", "wrong", |row, _| Cell::text(&row.wrong).muted()),
];

pub(super) fn run(args: &ThemesArgs, session: &mut Session) -> Result<Outcome, Failure> {
    let folder = Paths::of_user().map(|paths| paths.themes());
    let names = theme_names(folder.as_deref());
    let rows: Vec<_> = names
        .into_iter()
        .map(|name| {
            match Theme::load(&name, Depth::Truecolor, Appearance::Dark, folder.as_deref()) {
                Ok(theme) => Listed {
                    name,
                    ground: ground(theme.appearance()),
                    wrong: String::new(),
                },
                Err(wrong) => Listed {
                    name,
                    ground: "",
                    wrong: wrong.to_string(),
                },
            }
        })
        .collect();
    write_rows(&mut session.out, &session.look, args.format, COLUMNS, &rows)?;
    Ok(Outcome::of(!rows.is_empty()))
}

fn ground(appearance: Appearance) -> &'static str {
    match appearance {
        Appearance::Dark => "dark",
        Appearance::Light => "light",
    }
}
