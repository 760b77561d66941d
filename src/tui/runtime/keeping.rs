//! Traces as they are asked for and kept: the backend's, else the archived ones, with the notes that
//! were made on them.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::backend::archive::Why;
use crate::backend::{Archive, Backend, BackendError};
use crate::model::{Note, Notes, SpanId, Time, Trace, TraceId};
use crate::text::{Clock, bytes};
use crate::tui::answer::Held;

use super::ask::World;

/// A trace of more spans is not kept merely because it was open: writing it would make the end
/// take long.
const MOST_SPANS: usize = 50_000;

/// A trace by its id. What is wrong with the archive costs its notes, never the trace.
pub async fn trace(
    world: &World,
    id: TraceId,
    cancel: CancellationToken,
) -> Result<Option<Arc<Trace>>, BackendError> {
    let found = world.backend().trace(id, cancel).await;
    let Some(archive) = world.host.archive() else {
        return found;
    };
    let found = found?;
    let known = found.clone();
    let read = move || match known {
        Some(trace) => archive.annotated(trace).map(Some),
        None => archive.trace(id).map(|kept| {
            let kept = kept.map(|kept| kept.without_logs(Note::is_gone));
            kept.map(Arc::new)
        }),
    };
    let kept = tokio::task::spawn_blocking(read).await;
    Ok(kept.ok().and_then(Result::ok).unwrap_or(found))
}

/// Keeps a trace, with a note if there is one to make or, empty, to take away: in the user's
/// archive, and in that of the backend if it has one. Says how it went.
pub async fn keep(
    world: &World,
    id: TraceId,
    note: Option<(SpanId, String)>,
    cancel: CancellationToken,
) -> Result<String, String> {
    let archive = world.host.archive();
    let archive = archive.ok_or("there is no folder here to keep traces in")?;
    let backend = world.backend();
    let found = trace(world, id, cancel.clone()).await;
    let found = found.map_err(|error| error.to_string())?;
    let found = found.ok_or_else(|| format!("{} has no trace {id} any more", backend.name()))?;
    if note.is_none() && archive.holds(id) {
        return let_go(&archive, backend.as_ref(), &found);
    }
    let annotates = note.as_ref().map(|(_, text)| !text.is_empty());
    let written = tokio::task::spawn_blocking(move || match note {
        None => archive.keep(&found, Why::Archived),
        Some((span, text)) => {
            let time = Time(Clock::utc().now());
            let mut notes = Notes::of(&found);
            if let Some(kept) = archive.trace(id)? {
                notes.take_over(Notes::of(&kept));
            }
            notes.put(span, Note { time, text });
            archive.keep(&found.with_notes(&notes), Why::Archived)
        }
    });
    let written = written.await.map_err(|error| error.to_string())?;
    let size = bytes(written.map_err(|error| error.to_string())?);
    match annotates {
        Some(true) => {
            let said = format!("noted, and kept with the trace in your archive: {size}");
            return Ok(said);
        }
        Some(false) => return Ok("the note is gone".to_owned()),
        None => {}
    }
    let pinned = if backend.pin(id, true) {
        "; it stays here when others are dropped"
    } else {
        ""
    };
    let there = backend.archive(id, cancel).await;
    Ok(match there {
        Ok(true) => format!(
            "kept in your archive ({size}) and in that of {}",
            backend.name()
        ),
        Ok(false) => format!("kept in your archive: {size}, gh lists it{pinned}"),
        Err(error) => format!("kept in your archive: {size}{pinned}; {error}"),
    })
}

/// Lets go of a trace that was kept, unless somebody has written notes on it.
fn let_go(archive: &Archive, backend: &dyn Backend, trace: &Trace) -> Result<String, String> {
    if Notes::of(trace).iter().next().is_some() {
        return Ok("kept because of its notes: xn takes one away".to_owned());
    }
    let gone = archive.forget(trace.id());
    gone.map_err(|error| error.to_string())?;
    backend.pin(trace.id(), false);
    Ok("no longer kept: P keeps it again".to_owned())
}

/// Keeps a trace because a place in it has a letter.
pub async fn bookmark(
    world: &World,
    id: TraceId,
    cancel: CancellationToken,
) -> Result<String, String> {
    let (found, archive) = (trace(world, id, cancel).await, world.host.archive());
    let found = found.map_err(|error| error.to_string())?;
    let Some((found, archive)) = found.zip(archive) else {
        return Ok("this place has a letter until the end of this session".to_owned());
    };
    let written = tokio::task::spawn_blocking(move || archive.keep(&found, Why::Marked));
    let written = written.await.map_err(|error| error.to_string())?;
    written.map_err(|error| error.to_string())?;
    Ok("this place has a letter, and its trace is kept".to_owned())
}

/// Keeps what was open when the program ends, as far as it fits.
pub fn leave(archive: &Archive, open: &[Held<Trace>]) {
    for trace in open.iter().filter(|trace| trace.len() <= MOST_SPANS) {
        // Nobody is there any more to be told.
        let _ = archive.keep(trace, Why::Open);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Depth;
    use crate::model::scenario;
    use crate::text::Charset;
    use crate::tui::harness::Harness;
    use crate::tui::harness::fixed::Fixed;
    use crate::tui::setup::Setup;
    use crate::tui::source::host::Host;

    struct Home(Archive);

    impl Host for Home {
        fn archive(&self) -> Option<Archive> {
            Some(self.0.clone())
        }
    }

    async fn start(archive: &Archive, traces: Vec<Trace>, id: TraceId) -> Harness {
        let clock = Clock::frozen(scenario::EPOCH.0 + 1_000_000_000);
        let setup = Setup::plain(clock, Depth::Truecolor, Charset::Unicode);
        let host = Arc::new(Home(archive.clone()));
        let backend = Arc::new(Fixed::new(traces));
        Harness::start(setup, backend, host, Some(id), (120, 40)).await
    }

    #[tokio::test]
    async fn a_kept_trace_is_found_by_its_id_with_its_notes() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::new(folder.path().join("traces"), 1_000_000);
        let trace = scenario::trace("a: r 0..100\n  b: x 1..50 error\n");
        let id = trace.id();
        let mut harness = start(&archive, vec![trace], id).await;
        harness.keys("P").await.unwrap();
        assert!(
            harness.text().contains("kept in your archive"),
            "{}",
            harness.text()
        );
        harness.keys("q").await.unwrap();
        assert!(harness.text().contains(" ▪a  r"), "{}", harness.text());
        harness
            .keys("<Enter>eAthe lock again<Enter>")
            .await
            .unwrap();
        assert!(harness.text().contains("noted"), "{}", harness.text());
        assert!(
            harness.text().contains("the lock again"),
            "{}",
            harness.text()
        );
        harness.keys("ym").await.unwrap();
        let copied = harness.copied.pop().unwrap();
        assert!(copied.contains("note: the lock again"), "{copied}");
        harness.keys("gh").await.unwrap();
        let listed = harness.text();
        assert!(
            listed.contains("kept") && listed.contains("the lock again"),
            "{listed}"
        );
        harness.keys("<Esc>").await.unwrap();
        harness
            .keys("eAof the cache, <C-u>note of the cache<Enter>")
            .await
            .unwrap();
        let text = harness.text();
        assert!(
            text.contains("of the cache") && !text.contains("the lock"),
            "{text}"
        );
        harness.keys("P").await.unwrap();
        assert!(
            harness.text().contains("kept because of its notes"),
            "{}",
            harness.text()
        );
        // Another day, when the backend has let go of it.
        let mut harness = start(&archive, Vec::new(), id).await;
        harness.keys("e").await.unwrap();
        assert!(
            harness.text().contains("of the cache"),
            "{}",
            harness.text()
        );
        harness.keys("xn").await.unwrap();
        assert!(
            !harness.text().contains("of the cache"),
            "{}",
            harness.text()
        );
        harness.keys("P").await.unwrap();
        assert!(
            harness.text().contains("no longer kept"),
            "{}",
            harness.text()
        );
        assert!(!archive.holds(id));
    }

    #[tokio::test]
    async fn a_place_with_a_letter_is_found_another_day() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::new(folder.path().join("traces"), 1_000_000);
        let trace = scenario::trace("a: r 0..100\n  b: x 1..50 error\n");
        let id = trace.id();
        let mut harness = start(&archive, vec![trace], id).await;
        harness.keys("emb<C-c>").await.unwrap();
        let session = harness.saved.take().unwrap();
        let clock = Clock::frozen(scenario::EPOCH.0 + 1_000_000_000);
        let mut setup = Setup::plain(clock, Depth::Truecolor, Charset::Unicode);
        setup.session = session;
        setup.fresh = true;
        let host = Arc::new(Home(archive.clone()));
        let backend = Arc::new(Fixed::new(Vec::new()));
        let mut harness = Harness::start(setup, backend, host, None, (120, 40)).await;
        harness.keys("'b").await.unwrap();
        let here = harness.text();
        assert!(
            here.lines()
                .any(|row| row.starts_with(" ▌") && row.contains("b  x")),
            "{here}"
        );
    }
}
