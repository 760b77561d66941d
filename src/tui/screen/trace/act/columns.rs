//! Which columns the waterfall has.

use crate::text::{self, Shown};
use crate::tui::message::Message;
use crate::tui::page::{Cx, Move};
use crate::tui::screen::{Columns, Overlay};

use super::super::Open;
use super::super::columns::{Column, keys};

impl Open {
    /// Lets the reader choose: what every span has, then attributes by how many have them.
    pub(super) fn choose_columns(&self, cx: &mut Cx<'_>) {
        let fixed = Column::FIXED
            .iter()
            .map(|column| (column.name(), Shown::new(column.sentence())));
        let attributes = keys(&self.trace).into_iter().map(|key| {
            let share = text::share(key.spans as u64, key.of as u64);
            let said = format!("{share} of spans  {}", key.example);
            (Column::Attribute(key.name).name(), Shown::from(said))
        });
        let offered = fixed.chain(attributes).collect();
        let columns = Columns::new(offered, &cx.shared.session.columns);
        cx.go(Move::Over(Overlay::Columns(columns)));
    }
}

/// Adds a column, or takes it away.
pub fn toggle(column: &Column, cx: &mut Cx<'_>) {
    let (name, columns) = (column.name(), &mut cx.shared.session.columns);
    let before = columns.len();
    columns.retain(|other| *other != name);
    let said = if columns.len() < before {
        format!("no column {name} any more")
    } else {
        columns.push(name.clone());
        format!("column {name} in the waterfall; C chooses among all")
    };
    cx.say(Message::note(said));
}
