//! How a view is stood in: what outlives that it is built anew, because its trace has grown or the
//! program was started again.

use crate::analysis::{GroupBy, Weight};
use crate::tui::widget::list::List;

use super::flame::FlameView;
use super::graph::Colouring;
use super::json::{self, JsonView};
use super::sheet::{Sheet, usual_groups};
use super::{Body, Seen};
use crate::tui::screen::trace::open::Moves;

/// How a view other than the waterfall was left. By default as it is built.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stance {
    /// What statistics are grouped by, if not as usual.
    pub by: Vec<GroupBy>,
    /// The word of the column that a table is sorted by, and whether the least comes first, if not
    /// as usual.
    pub sort: Option<(String, bool)>,
    /// How a flame graph is weighed.
    pub weight: Weight,
    /// Whether it stands upside down.
    pub upside_down: bool,
    /// A span of the frame that takes its whole width.
    pub zoom: Option<usize>,
    /// What the boxes of a graph tell.
    pub colouring: Colouring,
    /// Which JSON spans are told in.
    pub form: json::Form,
    /// The spans that stand open in JSON.
    pub opened: Vec<usize>,
    /// The row of the cursor, if the same span stands there.
    pub row: Option<usize>,
    /// How many rows stood above it, where the list was scrolled.
    pub above: Option<usize>,
    /// Which of the rows of its span the cursor stood on, and how high on the screen.
    pub place: Option<(usize, List)>,
}

impl Stance {
    /// How the reader stands in what a view shows.
    pub fn of(body: &Body, seen: &Seen<'_>) -> Self {
        match body {
            Body::Sheet(sheet) => Self::of_sheet(sheet, seen),
            Body::Flame(flame) => Self::of_flame(flame),
            Body::Graph(graph) => Self {
                colouring: graph.colouring,
                ..Self::default()
            },
            Body::Json(json) => Self::of_json(json, seen),
        }
    }

    fn of_sheet(sheet: &Sheet, seen: &Seen<'_>) -> Self {
        let row = sheet.list.cursor();
        let by = sheet.grouped_by();
        let by = if by == usual_groups() { &[] } else { by };
        let nth = sheet.nth(row, seen.explained);
        Self {
            by: by.to_vec(),
            sort: sheet.sorted(),
            row: Some(row),
            place: Some((nth, sheet.list)),
            ..Self::default()
        }
    }

    fn of_flame(flame: &FlameView) -> Self {
        Self {
            weight: flame.weight,
            upside_down: flame.upside_down,
            zoom: flame.zoom.and_then(|zoom| flame.longest(zoom)),
            ..Self::default()
        }
    }

    fn of_json(json: &JsonView, seen: &Seen<'_>) -> Self {
        let spans = seen.trace.len();
        Self {
            form: json.form(),
            opened: json.opened().collect(),
            place: json.nth(spans).map(|nth| (nth, json.list)),
            ..Self::default()
        }
    }

    /// The same in a form of the trace in which the spans stand elsewhere.
    #[must_use]
    pub fn moved(mut self, moves: &Moves) -> Self {
        self.zoom = self.zoom.and_then(|span| moves.to(span));
        let opened = std::mem::take(&mut self.opened).into_iter();
        self.opened = opened.filter_map(|span| moves.to(span)).collect();
        // Rows have moved as well: which of its span's it was is told by the place.
        self.row = None;
        self
    }
}
