//! Work on many parts, shared between the processor's cores.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The processor's cores. To ask for them costs as much as a search for what is not there: the
/// limits of the group of processes are read from files.
static CORES: LazyLock<usize> =
    LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));

/// Rows for which it is worth starting a thread.
const ROWS_A_THREAD: usize = 100_000;

/// Does `work` for each number below `parts`, which have so many rows together: whoever is free
/// takes the next, each thread with a state of its own, which is returned.
pub fn shared<S: Send>(
    parts: usize,
    rows: usize,
    begin: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) + Sync,
) -> Vec<S> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut state = begin();
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= parts {
                return state;
            }
            work(&mut state, part);
        }
    };
    let threads = (*CORES).min(rows / ROWS_A_THREAD).min(parts);
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let mut states = vec![run()];
        for other in others {
            let state = other.join();
            states.push(state.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        states
    })
}
