//! What `services` and `operations` have in common: they count what there is in a window.

use clap::Args;

use crate::backend::{Backend, Window};
use crate::format::json::JsonWriter;

use super::args::SourceArgs;
use super::output::{Cell, Column, Format, Look, Record, TABULAR, optional, write_rows};
use super::window::WindowArgs;
use super::{Failure, Outcome, Session};

/// Which source, when, and how it is written.
#[derive(Debug, Args)]
pub struct CensusArgs {
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    window: WindowArgs,
    /// How they are written
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = Format::among(TABULAR))]
    format: Format,
}

/// Something that spans were counted of.
pub trait Counted {
    /// Spans, and how many of them failed; unknown where the backend does not count.
    fn counts(&self) -> [Option<u64>; 2];
}

/// The columns of the counts.
pub const fn counts<R: Counted>() -> [Column<R>; 2] {
    [
        Column::right("SPANS", "spans", |row: &R, _| {
            Cell::known(row.counts()[0], Cell::count)
        }),
        Column::right("ERRORS", "errors", |row: &R, _| {
            Cell::known(row.counts()[1], Cell::errors)
        }),
    ]
}

/// The members of the counts.
pub fn count_members(json: &mut JsonWriter<'_>, row: &impl Counted) {
    let [spans, errors] = row.counts();
    optional(json, "spans", spans);
    optional(json, "errors", errors);
}

impl CensusArgs {
    /// Asks for the rows and writes them: `names` before their counts.
    pub fn take<R: Record + Counted>(
        &self,
        session: &mut Session,
        names: impl IntoIterator<Item = Column<R>>,
        rows: impl AsyncFnOnce(&dyn Backend, Option<Window>) -> Result<Vec<R>, Failure>,
    ) -> Result<Outcome, Failure> {
        let rows = session.ask(&self.source, async |backend, look: &Look| {
            let asked = self.window.on(backend.capabilities(), &look.clock)?;
            rows(backend, asked.window).await
        })?;
        let columns: Vec<Column<R>> = names.into_iter().chain(counts()).collect();
        write_rows(
            &mut session.out,
            &session.look,
            self.format,
            &columns,
            &rows,
        )?;
        Ok(Outcome::of(!rows.is_empty()))
    }
}
