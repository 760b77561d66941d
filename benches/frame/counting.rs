//! The binary's allocator, counting what it gives and takes back while it is asked to.

use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};

use mimalloc::MiMalloc;

/// The allocator of the program, with figures of what passes through it.
pub struct Counting;

static ON: AtomicBool = AtomicBool::new(false);
static HELD: AtomicI64 = AtomicI64::new(0);
static TIMES: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);
static LARGEST: AtomicU64 = AtomicU64::new(0);

/// What was allocated while something ran, on all threads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Allocated {
    /// How often.
    pub times: u64,
    /// How many bytes in all.
    pub bytes: u64,
    /// The most bytes at once.
    pub largest: u64,
    /// How many bytes more are held afterwards than before.
    pub held: i64,
}

/// Runs something and tells what was allocated meanwhile.
pub fn counted<T>(work: impl FnOnce() -> T) -> (T, Allocated) {
    HELD.store(0, Relaxed);
    for figure in [&TIMES, &BYTES, &LARGEST] {
        figure.store(0, Relaxed);
    }
    ON.store(true, Relaxed);
    let done = work();
    ON.store(false, Relaxed);
    let allocated = Allocated {
        times: TIMES.load(Relaxed),
        bytes: BYTES.load(Relaxed),
        largest: LARGEST.load(Relaxed),
        held: HELD.load(Relaxed),
    };
    (done, allocated)
}

fn took(bytes: usize) {
    if ON.load(Relaxed) {
        TIMES.fetch_add(1, Relaxed);
        BYTES.fetch_add(bytes as u64, Relaxed);
        LARGEST.fetch_max(bytes as u64, Relaxed);
        HELD.fetch_add(bytes as i64, Relaxed);
    }
}

fn gave(bytes: usize) {
    if ON.load(Relaxed) {
        HELD.fetch_sub(bytes as i64, Relaxed);
    }
}

#[expect(
    unsafe_code,
    reason = "an allocator is unsafe by its trait; all is handed on as it came"
)]
// SAFETY: every call is the allocator's own, with the arguments that it was made with.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: the caller's.
        unsafe { MiMalloc.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: the caller's.
        unsafe { MiMalloc.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        gave(layout.size());
        // SAFETY: the caller's.
        unsafe { MiMalloc.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        gave(layout.size());
        took(size);
        // SAFETY: the caller's.
        unsafe { MiMalloc.realloc(at, layout, size) }
    }
}
