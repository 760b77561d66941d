//! `vizsla config`: what is configured, by whom, and whether it is right.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use crate::config::{Config, Depth, Layer, Origin, Paths, Problem, Setting, TEMPLATE, file};
use crate::format::json::JsonWriter;
use crate::tui::{Appearance, Keymap, Theme};

use super::output::{Cell, Column, Format, Record, TABULAR, write_rows};
use super::{Failure, Outcome, Session};

/// Arguments of `config`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla config show --origin
  vizsla config default > ~/.config/vizsla/config.toml
  vizsla config validate")]
pub struct ConfigArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Every setting as it is in force
    Show(Show),
    /// Where the configuration is looked for
    Path,
    /// A configuration file with every key, commented out
    Default,
    /// Write that file where it is looked for
    Init,
    /// Say what is wrong in a file
    Validate(Validate),
}

#[derive(Debug, Args)]
struct Show {
    /// Say where each value comes from
    #[arg(long)]
    origin: bool,
    /// table, json, ndjson, csv or md
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = Format::among(TABULAR))]
    format: Format,
}

#[derive(Debug, Args)]
struct Validate {
    /// The file, instead of the one that is in use
    #[arg(value_hint = ValueHint::FilePath)]
    file: Option<PathBuf>,
}

pub(super) fn run(args: ConfigArgs, session: &mut Session) -> Result<Outcome, Failure> {
    match args.action {
        Action::Show(show) => print(&show, session),
        Action::Path => {
            writeln!(session.out, "{}", own_file()?.display())?;
            Ok(Outcome::Found)
        }
        Action::Default => {
            session.out.write_all(TEMPLATE.as_bytes())?;
            Ok(Outcome::Found)
        }
        Action::Init => init(session),
        Action::Validate(Validate { file: Some(path) }) => {
            let (file, problems) = file::read(&path);
            judge(&problems, &Config::merge(file, Layer::default()))
        }
        Action::Validate(Validate { file: None }) => judge(&session.problems, &session.config),
    }
}

fn own_file() -> Result<PathBuf, Failure> {
    let paths = Paths::of_user()
        .ok_or_else(|| Failure::usage("this user has no home: give --config FILE"))?;
    Ok(paths.config_file())
}

fn init(session: &mut Session) -> Result<Outcome, Failure> {
    let path = own_file()?;
    let failed =
        |cause: std::io::Error| Failure::Usage(format!("cannot write {}: {cause}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = std::fs::File::create_new(&path).map_err(failed)?;
    file.write_all(TEMPLATE.as_bytes()).map_err(failed)?;
    writeln!(session.out, "{}", path.display())?;
    Ok(Outcome::Found)
}

/// Says a line for each mistake; the last is the failure.
fn judge(problems: &[Problem], config: &Config) -> Result<Outcome, Failure> {
    let mut lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    lines.extend(wrong_theme(config));
    let (_, mistakes) = Keymap::with_user(config.keymap.value, &config.keys);
    lines.extend(mistakes.iter().map(ToString::to_string));
    let Some((last, others)) = lines.split_last() else {
        return Ok(Outcome::Found);
    };
    for line in others {
        super::failure::say(line);
    }
    Err(Failure::usage(last))
}

/// What is wrong with the theme that is chosen, if it is not chosen by the terminal.
fn wrong_theme(config: &Config) -> Option<String> {
    let Setting {
        value: name,
        origin,
    } = &config.theme;
    let folder = Paths::of_user().map(|paths| paths.themes());
    let theme = Theme::load(name, Depth::Truecolor, Appearance::Dark, folder.as_deref());
    theme.err().map(|wrong| format!("{origin}: {wrong}"))
}

struct Row(String, String, Origin);

impl Record for Row {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("key").string(&self.0);
        json.key("value").string(&self.1);
        json.key("origin").string(&self.2.to_string());
        json.end_object();
    }
}

fn print(show: &Show, session: &mut Session) -> Result<Outcome, Failure> {
    session.note_problems();
    let rows: Vec<_> = session
        .config
        .rows()
        .into_iter()
        .map(|(key, value, origin)| Row(key, value, origin))
        .collect();
    let key = Column::left("KEY", "key", |row: &Row, _| Cell::text(&row.0));
    let value = Column::left("VALUE", "value", |row: &Row, _| Cell::text(&row.1));
    let origin = Column::left("ORIGIN", "origin", |row: &Row, _| {
        Cell::text(row.2.to_string()).muted()
    });
    let mut columns = vec![key, value];
    if show.origin || show.format != Format::Table {
        columns.push(origin);
    }
    write_rows(
        &mut session.out,
        &session.look,
        show.format,
        &columns,
        &rows,
    )?;
    Ok(Outcome::Found)
}
