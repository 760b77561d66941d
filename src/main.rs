//! Arguments in, exit code out.

use std::process::ExitCode;

/// Faster than the system's where many threads fill blocks, and it gives memory back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    vizsla::cli::run(std::env::args_os())
}
