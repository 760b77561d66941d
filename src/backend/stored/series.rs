//! Series over what is stored.

use tokio_util::sync::CancellationToken;

use super::find::explaining;
use crate::backend::{BackendError, SeriesAnswer, SeriesRequest, Window};
use crate::model::Nanos;
use crate::storage::{Counting, Store};
use crate::text::plural;
use crate::traceql::metrics::Metrics;

/// Computes series. A window that is open on a side ends where the data does.
pub fn series(
    store: &Store,
    request: &SeriesRequest,
    cancel: &CancellationToken,
) -> Result<SeriesAnswer, BackendError> {
    let refused = |error: crate::traceql::QueryError| BackendError::Query(error.sentence());
    let metrics = Metrics::parse(&request.query).map_err(refused)?;
    let snapshot = store.snapshot();
    let window = within(snapshot.reach(), request.window);
    let steps = request.by.of(window);
    let counting = Counting {
        metrics: &metrics,
        window: (window.from, window.to),
        steps,
        exemplars: request.exemplars,
    };
    let counted = snapshot.series(counting, &|| cancel.is_cancelled());
    let counted = counted.ok_or(BackendError::Cancelled)?;
    let mut notes = Vec::new();
    if counted.left_out > 0 {
        let spans = plural(counted.left_out, "span");
        notes.push(format!(
            "{spans} left out, for there would be too many series: group by what has fewer values"
        ));
    }
    if !counted
        .series
        .iter()
        .any(|series| series.values.iter().any(|&n| n > 0.0))
    {
        for selection in metrics.selections() {
            let blocks = explaining(snapshot.blocks().map(|block| &**block));
            let why = selection.query().notes(blocks);
            notes.extend(why.iter().map(ToString::to_string));
        }
    }
    Ok(SeriesAnswer {
        steps,
        series: counted.series,
        notes,
    })
}

/// A window, without what lies before or after all data on a side that was left open.
fn within(
    reach: Option<(crate::model::Time, crate::model::Time)>,
    asked: Option<Window>,
) -> Window {
    use crate::model::Time;
    let (first, last) = reach.unwrap_or_default();
    let all = Window {
        from: first,
        to: last.max(first + Nanos(1)),
    };
    let Some(asked) = asked else { return all };
    let from = if asked.from == Time(0) {
        all.from.min(asked.to)
    } else {
        asked.from
    };
    let open = asked.to == Time::MAX;
    let to = if open { all.to.max(from) } else { asked.to };
    Window { from, to }
}
