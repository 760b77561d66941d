//! Files, folders and standard input, read into a store of their own.
//!
//! Whoever asks while they are still being read gets what is there so far, if that is what
//! [`Reading::patient`] says: an interface shows rows as they come, a command waits.

mod inputs;
mod intake;
mod load;
mod windows;

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

pub use inputs::Input;
use load::{Load, Manner};
pub use windows::Windows;

use super::stored::{Stored, at_leisure};
use super::{
    Answer, Backend, BackendError, Capabilities, Dependencies, OperationRow, Part, Parts, Progress,
    SearchDone, SearchRequest, SeriesAnswer, SeriesRequest, ServiceRow, StoreStats, Window, parts,
};
use crate::analysis::Trends;
use crate::format::Format;
use crate::graph::service::ServiceGraph;
use crate::model::{Trace, TraceId};
use crate::storage::{Limits, Store};
use crate::traceql::Census;

/// How files are to be read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading {
    /// Bytes that what was read may take.
    pub budget: usize,
    /// The format, where it is not to be recognised.
    pub format: Option<Format>,
    /// Whether answers wait until all is read.
    pub patient: bool,
    /// Whether more is waited for where a file ends.
    pub follow: bool,
}

/// Files as a backend.
pub struct Files {
    stored: Arc<Stored>,
    load: Arc<Load>,
    name: String,
    words: Vec<String>,
    patient: bool,
    follow: bool,
}

impl Files {
    /// Begins to read.
    ///
    /// # Errors
    /// Only if there is no thread to read with: what cannot be read is told by
    /// [`Backend::remarks`], and by the answers if nothing could be read at all.
    pub fn open(inputs: Vec<Input>, reading: Reading) -> Result<Self, BackendError> {
        let store = Store::new(Limits::of(reading.budget).for_files());
        let (name, words) = (name(&inputs), words(&inputs));
        let manner = Manner {
            format: reading.format,
            follow: reading.follow,
        };
        let load = Load::start(store.clone(), inputs, manner)
            .map_err(|error| BackendError::Input(format!("no thread to read with: {error}")))?;
        Ok(Self {
            stored: Stored::new(store),
            load: Arc::new(load),
            name,
            words,
            patient: reading.patient,
            follow: reading.follow,
        })
    }

    /// Answers from what is read, when its time has come.
    fn answer<T: Send + 'static>(
        &self,
        cancel: CancellationToken,
        work: impl FnOnce(&Stored, &CancellationToken) -> Result<T, BackendError> + Send + 'static,
    ) -> Answer<'_, T> {
        let (stored, load, patient) = (
            Arc::clone(&self.stored),
            Arc::clone(&self.load),
            self.patient,
        );
        Box::pin(async move {
            if patient {
                until_over(&load, &cancel, None).await?;
            }
            check(&stored, &load)?;
            at_leisure(cancel, move |cancel| work(&stored, cancel)).await
        })
    }
}

/// Waits until nothing more comes, telling how far it is.
async fn until_over(
    load: &Load,
    cancel: &CancellationToken,
    to: Option<&mpsc::Sender<Part>>,
) -> Result<(), BackendError> {
    let mut state = load.state();
    loop {
        let now = *state.borrow_and_update();
        if let Some(to) = to {
            // If nobody listens any more, the search itself will find out.
            let _ = to.send(Part::Progress(now.progress)).await;
        }
        if now.over {
            return Ok(());
        }
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(BackendError::Cancelled),
            changed = state.changed() => if changed.is_err() {
                return Ok(());
            },
        }
    }
}

/// Refuses to answer from nothing where nothing could be read, unless nobody wanted to wait for it.
fn check(stored: &Stored, load: &Load) -> Result<(), BackendError> {
    let over = load.state().borrow().over && !load.is_stopped();
    let failure = over.then(|| failure(stored.store(), &load.remarks()));
    failure.flatten().map_or(Ok(()), Err)
}

/// Why there is nothing, if nothing was read.
fn failure(store: &Store, remarks: &[String]) -> Option<BackendError> {
    if store.stats().received > 0 {
        return None;
    }
    let why = match remarks {
        [] => return None,
        [only] => only.clone(),
        [first, more @ ..] => format!("{first} (and {} more)", more.len()),
    };
    Some(BackendError::Input(why))
}

/// What people call them.
fn name(inputs: &[Input]) -> String {
    match inputs {
        [Input::Path(path)] => {
            let last = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            last.unwrap_or_else(|| path.display().to_string())
        }
        [Input::Stdin] => "standard input".to_owned(),
        many => format!("{} files", many.len()),
    }
}

/// The words of a command line that name them.
fn words(inputs: &[Input]) -> Vec<String> {
    let word = |input: &Input| match input {
        Input::Stdin => "-".to_owned(),
        Input::Path(path) => path.display().to_string(),
    };
    inputs.iter().map(word).collect()
}

impl Backend for Files {
    fn name(&self) -> &str {
        &self.name
    }

    fn source(&self) -> String {
        self.words.join(" ")
    }

    fn words(&self) -> Vec<String> {
        self.words.clone()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            traceql: true,
            metrics: true,
            live: self.follow,
            clear: false,
            stats: true,
            windowless: true,
        }
    }

    fn search(&self, request: SearchRequest, cancel: CancellationToken) -> Parts {
        let (to, parts) = parts();
        let (stored, load, patient) = (
            Arc::clone(&self.stored),
            Arc::clone(&self.load),
            self.patient,
        );
        tokio::spawn(async move {
            let told = if patient {
                until_over(&load, &cancel, Some(&to)).await
            } else {
                let progress = load.state().borrow().progress;
                let _ = to.send(Part::Progress(progress)).await;
                Ok(())
            };
            if let Err(error) = told.and_then(|()| check(&stored, &load)) {
                let _ = to.send(Part::Failed(error)).await;
                return;
            }
            // Asked before the store is: what comes in between is not called complete.
            let over = load.state().borrow().over;
            let mut found = stored.search(request, cancel);
            while let Some(part) = found.recv().await {
                let part = match part {
                    Part::Done(done) => Part::Done(SearchDone {
                        complete: done.complete && over,
                        ..done
                    }),
                    other => other,
                };
                if to.send(part).await.is_err() {
                    return;
                }
            }
        });
        parts
    }

    fn trace(&self, id: TraceId, cancel: CancellationToken) -> Answer<'_, Option<Arc<Trace>>> {
        self.answer(cancel, move |stored, _| Ok(stored.trace(id)))
    }

    fn services(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Vec<ServiceRow>> {
        self.answer(cancel, move |stored, _| Ok(stored.services(window)))
    }

    fn operations(
        &self,
        service: Option<String>,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Vec<OperationRow>> {
        self.answer(cancel, move |stored, _| {
            Ok(stored.operations(service.as_deref(), window))
        })
    }

    fn dependencies(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Dependencies> {
        self.answer(cancel, move |stored, cancel| {
            stored.dependencies(window, cancel)
        })
    }

    fn service_graph(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, (ServiceGraph, Option<u64>)> {
        self.answer(cancel, move |stored, cancel| stored.calls(window, cancel))
    }

    fn calls_of(
        &self,
        query: String,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, (ServiceGraph, Option<u64>)> {
        self.answer(cancel, move |stored, cancel| {
            stored.calls_of(&query, window, cancel)
        })
    }

    fn trends(&self) -> Answer<'_, Option<Trends>> {
        self.answer(CancellationToken::new(), |stored, _| {
            Ok(Some(stored.trends()))
        })
    }

    fn series(
        &self,
        request: SeriesRequest,
        cancel: CancellationToken,
    ) -> Answer<'_, SeriesAnswer> {
        self.answer(cancel, move |stored, cancel| {
            stored.series(&request, cancel)
        })
    }

    fn vocabulary(&self, cancel: CancellationToken) -> Answer<'_, Option<Arc<Census>>> {
        self.answer(cancel, |stored, _| Ok(Some(stored.vocabulary())))
    }

    fn vocabulary_of(
        &self,
        query: String,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Option<Arc<Census>>> {
        self.answer(cancel, move |stored, cancel| {
            let census = stored.vocabulary_of(&query, window, cancel)?;
            Ok(Some(Arc::new(census)))
        })
    }

    fn stats(&self) -> Answer<'_, Option<StoreStats>> {
        self.answer(CancellationToken::new(), |stored, _| {
            Ok(Some(stored.stats()))
        })
    }

    fn epoch(&self) -> Option<watch::Receiver<u64>> {
        Some(self.stored.store().changes())
    }

    fn loading(&self) -> Option<Progress> {
        let state = *self.load.state().borrow();
        (!state.over).then_some(state.progress)
    }

    fn stop_loading(&self) {
        self.load.stop();
    }

    fn remarks(&self) -> Vec<String> {
        self.load.remarks()
    }

    fn recognised(&self) -> Vec<String> {
        self.load.recognised()
    }
}

#[cfg(test)]
mod tests;
