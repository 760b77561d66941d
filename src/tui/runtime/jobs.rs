//! The jobs that run: one for each slot, cancelled by token, answered through one channel.

use std::collections::HashMap;

use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio_util::sync::CancellationToken;

use crate::tui::answer::{Answer, Request};
use crate::tui::job::{JobId, Slot};

use super::ask::{Reply, World, ask};

/// Answers that wait for the interface; a job that is faster waits.
const ROOM: usize = 64;

/// Starts and cancels jobs.
pub struct Runner {
    pub world: World,
    to: Sender<(JobId, Answer)>,
    running: HashMap<Slot, CancellationToken>,
}

impl Runner {
    /// A runner, and the channel on which answers come.
    pub fn new(world: World) -> (Self, Receiver<(JobId, Answer)>) {
        let (to, answers) = mpsc::channel(ROOM);
        (
            Self {
                world,
                to,
                running: HashMap::new(),
            },
            answers,
        )
    }

    /// Starts a job in its slot, cancelling the one that was there. A job that panics is answered
    /// for as failed, so that nothing waits for it.
    pub fn start(&mut self, id: JobId, request: Request) {
        self.cancel(id.slot);
        let token = CancellationToken::new();
        self.running.insert(id.slot, token.clone());
        let job = tokio::spawn(ask(
            self.world.clone(),
            request,
            Reply {
                id,
                to: self.to.clone(),
            },
            token,
        ));
        let to = self.to.clone();
        tokio::spawn(async move {
            if job.await.is_err_and(|error| error.is_panic()) {
                let why =
                    "this failed inside vizsla, which is a bug: the crash log has the place".into();
                // Nobody listens any more once the program ends.
                let _ = to.send((id, Answer::Failed(why))).await;
            }
        });
    }

    /// Cancels the job of a slot.
    pub fn cancel(&mut self, slot: Slot) {
        if let Some(token) = self.running.remove(&slot) {
            token.cancel();
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.running.values().for_each(CancellationToken::cancel);
    }
}
