//! A panic: the terminal first, then the words. A panic of a job, which the interface survives, is
//! written to the crash log only.

use std::panic;
use std::sync::Once;
use std::sync::atomic::Ordering;
use std::thread;

use super::{ENTERED, leave};

/// Installs the hook, once, for the thread that calls as the interface's own.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let interface = thread::current().id();
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let log = write_log(&info.to_string());
            if thread::current().id() != interface && ENTERED.load(Ordering::SeqCst) {
                return;
            }
            leave();
            before(info);
            if let Some(path) = log {
                use std::io::Write as _;
                // Standard error may be closed; there is nobody else to tell.
                let _ = writeln!(
                    std::io::stderr(),
                    "vizsla failed, which is a bug; the place is in {path}"
                );
            }
        }));
    });
}

/// Appends the panic and its backtrace to the crash log. Returns its path.
fn write_log(panic: &str) -> Option<String> {
    use std::io::Write as _;
    let path = crate::config::Paths::of_user()?.state.join("crash.log");
    std::fs::create_dir_all(path.parent()?).ok()?;
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .ok()?;
    let trace = std::backtrace::Backtrace::force_capture();
    writeln!(
        file,
        "vizsla {}: {panic}\n{trace}",
        env!("CARGO_PKG_VERSION")
    )
    .ok()?;
    Some(path.display().to_string())
}

/// Panics if the environment says so: only in builds for tests, which look at what it leaves behind.
#[cfg(debug_assertions)]
pub fn rehearse() {
    assert!(
        std::env::var_os("VIZSLA_REHEARSE_PANIC").is_none(),
        "a panic that was asked for"
    );
}
