//! Files of any size, a window of traces at a time: for those who pass them on and keep nothing.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::inputs::Input;
use super::load::{Load, Manner};
use super::{BackendError, Reading, failure};
use crate::backend::Progress;
use crate::model::{Block, Trace};
use crate::storage::{Limits, Origin, Store};

/// Traces of some files, as many at a time as fit into a share of the budget. Within a window
/// duplicates are dropped and traces whole; a trace whose spans are further apart comes in parts.
pub struct Windows {
    load: Load,
    store: Store,
    coming: Receiver<Vec<Arc<Trace>>>,
}

impl Windows {
    /// Begins to read. A window takes an eighth of the budget, or, if traces are to be `whole`
    /// wherever possible, half of it.
    ///
    /// # Errors
    /// Only if there is no thread to read with.
    pub fn open(inputs: Vec<Input>, reading: Reading, whole: bool) -> Result<Self, BackendError> {
        let store = Store::new(Limits::of(reading.budget).for_files());
        let size = (reading.budget / if whole { 2 } else { 8 }) as u64;
        // The next window is read while one is written.
        let (to, coming) = sync_channel(0);
        let keep = move |store: &Store, blocks: &mut dyn Iterator<Item = Block>| {
            pass_on(store, blocks, size, &to);
        };
        let manner = Manner {
            format: reading.format,
            follow: false,
        };
        let load = Load::start_with(store.clone(), inputs, manner, Box::new(keep))
            .map_err(|error| BackendError::Input(format!("no thread to read with: {error}")))?;
        Ok(Self {
            load,
            store,
            coming,
        })
    }

    /// How far reading is.
    pub fn progress(&self) -> Progress {
        self.load.state().borrow().progress
    }

    /// What could not be read, a line each.
    pub fn remarks(&self) -> Vec<String> {
        self.load.remarks()
    }

    /// Once there are no more windows: why there was none.
    ///
    /// # Errors
    /// If nothing could be read.
    pub fn check(&self) -> Result<(), BackendError> {
        failure(&self.store, &self.load.remarks()).map_or(Ok(()), Err)
    }
}

/// Each window has its traces by their start.
impl Iterator for Windows {
    type Item = Vec<Arc<Trace>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.coming.recv().ok()
    }
}

/// Passes what is read on whenever it has grown to `size` bytes, until nobody takes it.
fn pass_on(
    store: &Store,
    blocks: &mut dyn Iterator<Item = Block>,
    size: u64,
    to: &SyncSender<Vec<Arc<Trace>>>,
) {
    for block in blocks {
        store.commit(block, Origin::default());
        if store.stats().bytes >= size && to.send(window(store)).is_err() {
            return;
        }
    }
    let last = window(store);
    if !last.is_empty() {
        // Who does not listen any more does not miss it.
        let _gone = to.send(last);
    }
}

/// Takes all traces out of the store.
fn window(store: &Store) -> Vec<Arc<Trace>> {
    let snapshot = store.snapshot();
    let mut traces: Vec<_> = snapshot.traces().collect();
    traces.sort_by_key(|trace| (trace.start(), trace.id()));
    let traces = traces.iter().map(|trace| Arc::new(trace.tree())).collect();
    store.clear();
    traces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_larger_than_a_window_comes_in_several_and_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.jsonl");
        let line = |id: usize| {
            format!(
                r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{id:032x}","spanId":"1","name":"{id:0900}","startTimeUnixNano":"{id}"}}]}}]}}]}}"#
            )
        };
        let lines: Vec<_> = (1..=10_000).map(line).collect();
        std::fs::write(&path, lines.join("\n")).unwrap();
        let reading = Reading {
            budget: 16 << 20,
            ..Reading::default()
        };
        let mut windows = Windows::open(vec![Input::Path(path)], reading, false).unwrap();
        let (mut count, mut spans) = (0, 0);
        for traces in windows.by_ref() {
            count += 1;
            spans += traces.iter().map(|trace| trace.len()).sum::<usize>();
            assert!(traces.is_sorted_by_key(|trace| trace.start()));
        }
        assert_eq!((spans, count > 1), (10_000, true));
        assert_eq!(windows.remarks(), [""; 0]);
        windows.check().unwrap();
    }
}
