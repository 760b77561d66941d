//! Whether files hold anything at all: the interface does not stay open over nothing.

use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::backend::{Backend, BackendError};

/// What is read within this time decides before the first frame.
const AT_ONCE: Duration = Duration::from_millis(10);

/// Files that are being read, watched without keeping them.
pub(super) struct Watched(Weak<dyn Backend>);

impl Watched {
    /// Watches `backend`, unless it is none of files, or may get more later.
    pub(super) fn new(backend: &Arc<dyn Backend>) -> Self {
        let ability = backend.capabilities();
        if ability.windowless && !ability.live {
            Self(Arc::downgrade(backend))
        } else {
            Self(Weak::<crate::backend::Files>::new())
        }
    }

    /// Gives files that are small the time to tell.
    ///
    /// # Errors
    /// Nothing could be read.
    pub(super) async fn at_once(&self) -> Result<(), BackendError> {
        let verdict = tokio::time::timeout(AT_ONCE, self.verdict()).await;
        verdict.unwrap_or(Ok(()))
    }

    /// Ends when nothing could be read, and only then.
    pub(super) async fn failure(&self) -> BackendError {
        match self.verdict().await {
            Err(error) => error,
            Ok(()) => std::future::pending().await,
        }
    }

    /// Ends when the first span is read, or there is nothing more to read.
    async fn verdict(&self) -> Result<(), BackendError> {
        let Some(mut changes) = self.0.upgrade().and_then(|files| files.epoch()) else {
            return Ok(());
        };
        loop {
            // What came since is told by the next change.
            changes.borrow_and_update();
            let Some(files) = self.0.upgrade() else {
                return Ok(());
            };
            match files.loading() {
                None => return files.stats().await.map(drop),
                Some(progress) if progress.spans > 0 => return Ok(()),
                Some(_) => drop(files),
            }
            if changes.changed().await.is_err() {
                return Ok(());
            }
        }
    }
}
