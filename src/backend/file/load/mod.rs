//! Reading files into a store, on threads of their own, while others already look at what is
//! there.

mod following;
mod opened;

use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::inputs::{Input, Inputs};
use crate::backend::Progress;
use crate::format::{Format, Limits, Problem, ReadOptions, Reason, Sink, read_all};
use crate::model::Block;
use crate::storage::{Origin, Store};
use opened::Opened;

/// Blocks that wait to be stored while the next is decoded.
const WAITING: usize = 2;

/// Remarks that are kept in words.
const REMARKS: usize = 1000;

/// How far reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct State {
    pub progress: Progress,
    /// Nothing more comes, or nothing more than a file that is followed may still get.
    pub over: bool,
}

/// How to read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// The format, where it is not to be recognised.
    pub format: Option<Format>,
    /// Whether more is waited for where a file ends.
    pub follow: bool,
}

/// Files being read, or read.
pub struct Load {
    shared: Arc<Shared>,
}

/// What the reading threads have in common with whoever looks on.
struct Shared {
    store: Store,
    manner: Manner,
    tell: watch::Sender<State>,
    stop: CancellationToken,
    remarks: Mutex<Vec<String>>,
    recognised: Mutex<Vec<String>>,
    bytes: AtomicU64,
    spans: AtomicU64,
}

/// What is done with the blocks, on a thread of its own, until no more come.
pub type Keep = Box<dyn FnOnce(&Store, &mut dyn Iterator<Item = Block>) + Send>;

impl Load {
    /// Begins to read into `store`.
    pub fn start(store: Store, given: Vec<Input>, manner: Manner) -> io::Result<Self> {
        let commit: Keep = Box::new(|store, blocks| {
            for block in blocks {
                store.commit(block, Origin::default());
            }
        });
        Self::start_with(store, given, manner, commit)
    }

    /// Begins to read; `keep` does with the blocks what is to be done.
    pub fn start_with(
        store: Store,
        given: Vec<Input>,
        manner: Manner,
        keep: Keep,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            store,
            manner,
            tell: watch::Sender::new(State::default()),
            stop: CancellationToken::new(),
            remarks: Mutex::default(),
            recognised: Mutex::default(),
            bytes: AtomicU64::default(),
            spans: AtomicU64::default(),
        });
        let reader = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("reader".to_owned())
            .spawn(move || reader.run(&given, keep))?;
        Ok(Self { shared })
    }

    /// How far it is.
    pub fn state(&self) -> watch::Receiver<State> {
        self.shared.tell.subscribe()
    }

    /// What could not be read, a line each.
    pub fn remarks(&self) -> Vec<String> {
        let remarks = self.shared.remarks.lock();
        remarks.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the inputs were recognised as, and why, a line each.
    pub fn recognised(&self) -> Vec<String> {
        let recognised = self.shared.recognised.lock();
        recognised.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it was told to read no further.
    pub fn is_stopped(&self) -> bool {
        self.shared.stop.is_cancelled()
    }

    /// Reads no further; what was read stays. A source that is silent is not waited for.
    pub fn stop(&self) {
        let shared = &self.shared;
        if shared.tell.borrow().over {
            return shared.stop.cancel();
        }
        shared.stop.cancel();
        let Progress { bytes, spans, .. } = shared.tell.borrow().progress;
        let (bytes, spans) = (crate::text::bytes(bytes), crate::text::count(spans));
        shared.remark(format!(
            "stopped after {bytes}, {spans} spans: the rest was not read"
        ));
        shared.tell.send_modify(|state| state.over = true);
        shared.store.announce();
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

impl Shared {
    fn run(&self, given: &[Input], keep: Keep) {
        let found = Inputs::find(given);
        for (path, error) in &found.problems {
            self.remark(format!("{}: {error}", path.display()));
        }
        let (to, blocks) = sync_channel(WAITING);
        std::thread::scope(|scope| {
            // Storing takes as long as decoding: each has a thread.
            let storing = std::thread::Builder::new().name("storing".to_owned());
            let store = move || keep(&self.store, &mut self.counted(blocks));
            match storing.spawn_scoped(scope, store) {
                Ok(storing) => {
                    self.read_all(given, &found, &to);
                    drop(to);
                    if storing.join().is_err() {
                        self.remark("reading ended early: storing failed".to_owned());
                    }
                }
                Err(error) => self.remark(format!("no thread to store with: {error}")),
            }
        });
        self.remark_what_did_not_fit();
        self.tell_progress(found.bytes, true);
        self.store.announce();
    }

    /// Blocks as they come, their spans counted.
    fn counted(&self, blocks: Receiver<Block>) -> impl Iterator<Item = Block> {
        blocks.into_iter().inspect(|block| {
            let spans = block.len() as u64;
            self.spans.fetch_add(spans, Ordering::Relaxed);
        })
    }

    /// Reads all inputs as one data set.
    fn read_all(&self, given: &[Input], found: &Inputs, to: &SyncSender<Block>) {
        if self.manner.follow {
            return self.follow(given, found, to);
        }
        let mut sink = HandOver { reader: self, to };
        read_all(&mut Opened::new(self, found), &self.options(), &mut sink);
    }

    fn options(&self) -> ReadOptions {
        ReadOptions {
            format: self.manner.format,
            grows: self.manner.follow,
            limits: Limits::within(self.store.limits().budget),
            ..ReadOptions::default()
        }
    }

    fn remark_what_did_not_fit(&self) {
        let stats = self.store.stats();
        let evicted: u64 = stats.evicted.values().sum();
        let cleared = stats.evicted.get(crate::storage::CLEARED).unwrap_or(&0);
        let beyond: u64 = [crate::storage::TRACE_TOO_LARGE, crate::storage::OVER_BUDGET]
            .iter()
            .filter_map(|reason| stats.rejected.get(reason))
            .sum();
        let lost = evicted - cleared + beyond;
        if lost > 0 {
            let budget = crate::text::bytes(self.store.limits().budget as u64);
            let (lost, of) = (crate::text::count(lost), crate::text::count(stats.received));
            self.remark(format!(
                "{lost} of {of} spans did not fit into {budget}: --max-memory gives more"
            ));
        }
    }

    fn remark(&self, line: String) {
        let mut remarks = self.remarks.lock().unwrap_or_else(PoisonError::into_inner);
        if remarks.len() < REMARKS {
            remarks.push(line);
        }
    }

    /// Says how far reading is. Once it is over it stays so, whatever is still on its way.
    fn tell_progress(&self, total_bytes: Option<u64>, over: bool) {
        let progress = Progress {
            bytes: self.bytes.load(Ordering::Relaxed),
            total_bytes,
            spans: self.spans.load(Ordering::Relaxed),
            traces: self.store.stats().traces,
        };
        self.tell.send_if_modified(|state| {
            let next = State {
                progress,
                over: over || state.over,
            };
            std::mem::replace(state, next) != next
        });
    }
}

/// Takes what is read: blocks go on to be stored.
struct HandOver<'a> {
    reader: &'a Shared,
    to: &'a SyncSender<Block>,
}

impl Sink for HandOver<'_> {
    fn block(&mut self, block: Block) -> ControlFlow<()> {
        let taken = !self.reader.stop.is_cancelled() && self.to.send(block).is_ok();
        if taken {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }

    fn problem(&mut self, problem: Problem) {
        // A reader that was told to stop breaks off in the middle; that is no fault of the input.
        if self.reader.stop.is_cancelled() {
            return;
        }
        let hint = match problem.reason {
            Reason::TooLarge => ": --max-memory gives more",
            _ => "",
        };
        self.reader.remark(format!("{problem}{hint}"));
    }

    fn ended(&mut self, input: crate::format::Input) {
        let recognised = self.reader.recognised.lock();
        let mut recognised = recognised.unwrap_or_else(PoisonError::into_inner);
        if recognised.len() < REMARKS
            && let Some(line) = input.words()
        {
            recognised.push(line);
        }
        drop(recognised);
        for (reason, spans) in &input.rejected {
            self.reader.store.count_rejected(reason.name(), *spans);
        }
    }

    fn room(&self) -> usize {
        let budget = self.reader.store.limits().budget;
        budget.saturating_sub(self.reader.store.stats().bytes as usize)
    }
}
