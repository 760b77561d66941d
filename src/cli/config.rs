//! `vizsla config`: what is configured, by whom, and whether it is right.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use crate::config::{Origin, Paths, Problem, TEMPLATE, file};
use crate::format::json::JsonWriter;

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
        Action::Validate(Validate { file: Some(path) }) => judge(&file::read(&path).1),
        Action::Validate(Validate { file: None }) => judge(&session.problems),
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

fn judge(problems: &[Problem]) -> Result<Outcome, Failure> {
    let Some((last, others)) = problems.split_last() else {
        return Ok(Outcome::Found);
    };
    for problem in others {
        super::failure::say(&problem.to_string());
    }
    Err(Failure::usage(last))
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
