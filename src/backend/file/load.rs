//! Reading files into a store, on a thread of its own, while others already look at what is
//! there.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::inputs::{Input, Inputs};
use crate::backend::Progress;
use crate::format::{Format, Limits, Problem, ReadOptions, Sink, read};
use crate::model::Block;
use crate::storage::{Origin, Store};

/// Blocks that wait to be stored while the next is decoded.
const WAITING: usize = 2;

/// How often it is said how far reading is.
const PACE: Duration = Duration::from_millis(50);

/// Remarks that are kept in words.
const REMARKS: usize = 1000;

/// How far reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct State {
    pub progress: Progress,
    /// Nothing more comes.
    pub over: bool,
}

/// Files being read, or read.
#[derive(Debug)]
pub struct Load {
    state: watch::Receiver<State>,
    stop: CancellationToken,
    remarks: Arc<Mutex<Vec<String>>>,
}

impl Load {
    /// Begins to read into `store`.
    pub fn start(store: Store, given: Vec<Input>, format: Option<Format>) -> io::Result<Self> {
        let (tell, state) = watch::channel(State::default());
        let stop = CancellationToken::new();
        let remarks = Arc::<Mutex<Vec<String>>>::default();
        let reader = Reader {
            store,
            format,
            tell,
            stop: stop.clone(),
            remarks: Arc::clone(&remarks),
            bytes: Arc::default(),
            spans: Arc::default(),
        };
        std::thread::Builder::new()
            .name("reader".to_owned())
            .spawn(move || reader.run(&given))?;
        Ok(Self {
            state,
            stop,
            remarks,
        })
    }

    /// How far it is.
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// What could not be read, a line each.
    pub fn remarks(&self) -> Vec<String> {
        self.remarks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Reads no further.
    pub fn stop(&self) {
        self.stop.cancel();
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What the reading thread has.
struct Reader {
    store: Store,
    format: Option<Format>,
    tell: watch::Sender<State>,
    stop: CancellationToken,
    remarks: Arc<Mutex<Vec<String>>>,
    bytes: Arc<AtomicU64>,
    spans: Arc<AtomicU64>,
}

impl Reader {
    fn run(self, given: &[Input]) {
        let found = Inputs::find(given);
        for (path, error) in &found.problems {
            self.remark(format!("{}: {error}", path.display()));
        }
        let (to, blocks) = sync_channel(WAITING);
        let (store, spans) = (self.store.clone(), Arc::clone(&self.spans));
        // Storing takes as long as decoding: each has a thread.
        let storing = std::thread::Builder::new().name("storing".to_owned());
        match storing.spawn(move || keep(&store, &blocks, &spans)) {
            Ok(storing) => {
                self.read_all(&found, &to);
                drop(to);
                if storing.join().is_err() {
                    self.remark("reading ended early: storing failed".to_owned());
                }
            }
            Err(error) => self.remark(format!("no thread to store with: {error}")),
        }
        self.remark_what_did_not_fit();
        self.tell.send_replace(State {
            progress: self.progress(found.bytes),
            over: true,
        });
        self.store.announce();
    }

    fn read_all(&self, found: &Inputs, to: &SyncSender<Block>) {
        for (index, input) in found.list.iter().enumerate() {
            if self.stop.is_cancelled() {
                let left = found.list.len() - index;
                return self.remark(format!(
                    "stopped: {left} of {} inputs were not read to their end",
                    found.list.len()
                ));
            }
            match input {
                Input::Stdin => self.read(input, &mut io::stdin(), found.bytes, to),
                Input::Path(path) => match File::open(path) {
                    Ok(mut file) => self.read(input, &mut file, found.bytes, to),
                    Err(error) => self.remark(format!("{}: {error}", path.display())),
                },
            }
        }
    }

    fn read(
        &self,
        input: &Input,
        from: &mut (dyn Read + Send),
        total: Option<u64>,
        to: &SyncSender<Block>,
    ) {
        let mut counted = Counted {
            from,
            reader: self,
            total,
            told: Instant::now(),
        };
        let options = ReadOptions {
            format: self.format,
            limits: Limits::within(self.store.limits().budget),
            ..ReadOptions::default()
        };
        let mut sink = HandOver { reader: self, to };
        for input in read(&input.name(), &mut counted, &options, &mut sink) {
            for (reason, spans) in &input.rejected {
                self.store.count_rejected(reason.name(), *spans);
            }
        }
    }

    fn remark_what_did_not_fit(&self) {
        let stats = self.store.stats();
        let evicted: u64 = stats.evicted.values().sum();
        let beyond: u64 = [crate::storage::TRACE_TOO_LARGE, crate::storage::OVER_BUDGET]
            .iter()
            .filter_map(|reason| stats.rejected.get(reason))
            .sum();
        if evicted + beyond > 0 {
            let budget = crate::text::bytes(self.store.limits().budget as u64);
            let lost = evicted + beyond;
            self.remark(format!(
                "{lost} of {} spans did not fit into {budget}: --max-memory gives more",
                stats.received
            ));
        }
    }

    fn remark(&self, line: String) {
        let mut remarks = self.remarks.lock().unwrap_or_else(PoisonError::into_inner);
        if remarks.len() < REMARKS {
            remarks.push(line);
        }
    }

    fn progress(&self, total_bytes: Option<u64>) -> Progress {
        Progress {
            bytes: self.bytes.load(Ordering::Relaxed),
            total_bytes,
            spans: self.spans.load(Ordering::Relaxed),
            traces: self.store.stats().traces,
        }
    }
}

/// Stores blocks until no more come.
fn keep(store: &Store, blocks: &Receiver<Block>, spans: &AtomicU64) {
    while let Ok(block) = blocks.recv() {
        spans.fetch_add(block.len() as u64, Ordering::Relaxed);
        store.commit(block, Origin::default());
    }
}

/// Takes what is read: blocks go on to be stored.
struct HandOver<'a> {
    reader: &'a Reader,
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
        if !self.reader.stop.is_cancelled() {
            self.reader.remark(problem.to_string());
        }
    }

    fn room(&self) -> usize {
        let budget = self.reader.store.limits().budget;
        budget.saturating_sub(self.reader.store.stats().bytes as usize)
    }
}

/// A source whose bytes are counted, and which ends when it is told to.
struct Counted<'a> {
    from: &'a mut (dyn Read + Send),
    reader: &'a Reader,
    total: Option<u64>,
    told: Instant,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.reader.stop.is_cancelled() {
            return Err(io::Error::other("stopped"));
        }
        let count = self.from.read(buffer)?;
        self.reader.bytes.fetch_add(count as u64, Ordering::Relaxed);
        if self.told.elapsed() >= PACE {
            self.told = Instant::now();
            let progress = self.reader.progress(self.total);
            self.reader.tell.send_replace(State {
                progress,
                over: false,
            });
        }
        Ok(count)
    }
}
