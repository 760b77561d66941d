//! Arguments in, exit code out.

use std::ffi::{c_int, c_long};
use std::process::ExitCode;

/// Faster than the system's where many threads fill blocks, and it gives memory back. It is built
/// without huge pages, which keep two megabytes resident for whatever is left in them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of `mimalloc.h`: milliseconds until freed pages go back to the system.
/// By default it is a second's worth of requests, which a budget of memory cannot hold.
const PURGE_DELAY: c_int = 15;

#[expect(
    unsafe_code,
    reason = "the allocator's only way to be told: it stores an integer and touches nothing else"
)]
// SAFETY: as declared in mimalloc 2's and 3's `mimalloc.h`; valid at any time, with any value.
unsafe extern "C" {
    safe fn mi_option_set(option: c_int, value: c_long);
}

fn main() -> ExitCode {
    mi_option_set(PURGE_DELAY, 0);
    vizsla::cli::run(std::env::args_os())
}
