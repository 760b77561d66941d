//! Stack traces as languages write them (Java, .NET, JavaScript, Python, Go, Ruby, PHP, Rust):
//! what was thrown, below it the frames, those of libraries in one fold.

use super::{Ink, Piece, ranges};

/// Frames of libraries that share a fold.
const FEW: usize = 3;

/// What frames of runtimes, frameworks and installed packages have in their text.
const LIBRARIES: &[&str] = &[
    "java.",
    "javax.",
    "jakarta.",
    "jdk.internal",
    "sun.",
    "kotlin.",
    "kotlinx.",
    "scala.",
    "org.springframework.",
    "org.apache.",
    "org.hibernate.",
    "org.eclipse.jetty",
    "io.netty.",
    "io.grpc.",
    "reactor.core.",
    "com.zaxxer.hikari",
    "okhttp3.",
    "io.opentelemetry.",
    "node:internal",
    "(internal/",
    "node_modules/",
    "site-packages/",
    "dist-packages/",
    "lib/python",
    "net/http.",
    "runtime.",
    "reflect.",
    "google.golang.org/",
    "/usr/local/go/src/",
    "/pkg/mod/",
    "System.",
    "Microsoft.",
    "/gems/",
    "/vendor/",
    "core::",
    "std::",
    "tokio::",
    "/.cargo/registry/",
    "/rustc/",
];

/// Whether an attribute of that name holds a stack trace.
pub fn is_named(key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    matches!(
        last,
        "stacktrace" | "stack" | "stack_trace" | "backtrace" | "traceback"
    )
}

/// Whether a text of several lines is a stack trace: two lines in three are frames, after a head.
pub fn is_trace(text: &str) -> bool {
    let lines = || {
        text.lines()
            .skip(1)
            .take(30)
            .filter(|line| !line.trim().is_empty())
    };
    let frames = lines().filter(|line| what(line) != What::Head).count();
    frames > 0 && frames * 3 >= lines().count() * 2 && lines().any(|line| what(line) == What::Frame)
}

/// What a line of a stack trace is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// What was thrown, or a thread's name.
    Head,
    /// Who called.
    Frame,
    /// More of a frame: its source, its place.
    More,
}

fn what(line: &str) -> What {
    let trimmed = line.trim_start();
    let indented = trimmed.len() < line.len();
    let numbered = trimmed.trim_start_matches('#');
    let after_number = numbered.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = after_number.len() < numbered.len()
        && (after_number.starts_with(": ") || trimmed.starts_with('#'));
    let is_call = ["at ", "File \"", "from ", "... "]
        .iter()
        .any(|word| trimmed.starts_with(word));
    let go =
        !indented && trimmed.contains('(') && trimmed.ends_with(')') && !trimmed.contains(": ");
    let ruby = trimmed.contains(":in `") || trimmed.contains(":in '");
    match (indented, is_numbered || go || ruby) {
        (_, true) => What::Frame,
        (true, false) if is_call => What::Frame,
        (true, false) => What::More,
        (false, false) if trimmed.starts_with("at ") => What::Frame,
        (false, false) => What::Head,
    }
}

/// Heads, below each its frames, below each what more is told of it.
pub fn lines(text: &str) -> Vec<Piece> {
    let mut lines = Vec::new();
    let rust = text
        .lines()
        .any(|line| line.trim_start().starts_with("0: "));
    for range in ranges(text) {
        let line = &text[range.clone()];
        let kind = match what(line) {
            // A frame of Rust says on a line of its own where it is.
            What::Frame if rust && line.trim_start().starts_with("at ") => What::More,
            kind => kind,
        };
        let trimmed = line.trim_start();
        let (depth, ink) = match kind {
            What::Head => (0, Ink::Head),
            What::Frame if is_library(trimmed) => (1, Ink::Aside),
            What::Frame => (1, Ink::Text),
            What::More => (2, Ink::Aside),
        };
        let start = range.end - trimmed.len();
        lines.push(Piece {
            depth,
            ink,
            ..Piece::plain(start..range.end)
        });
    }
    gather(&mut lines);
    own(&mut lines);
    lines
}

fn is_library(frame: &str) -> bool {
    let call = ["at ", "File \"", "from "]
        .iter()
        .find_map(|word| frame.strip_prefix(word))
        .unwrap_or(frame);
    LIBRARIES.iter().any(|library| {
        if library.ends_with('.') && !library.contains('/') {
            call.starts_with(library)
        } else {
            call.contains(library)
        }
    })
}

/// Runs of library frames go below the first of them.
fn gather(lines: &mut [Piece]) {
    let mut at = 0;
    while at < lines.len() {
        let rest = &lines[at..];
        let run = rest
            .iter()
            .position(|line| line.depth == 0 || (line.depth == 1 && line.ink != Ink::Aside))
            .unwrap_or(rest.len());
        let frames = rest[..run].iter().filter(|line| line.depth == 1).count();
        if frames >= FEW && rest[0].depth == 1 {
            for line in &mut lines[at + 1..at + run] {
                line.depth += 1;
            }
        }
        at += run.max(1);
    }
}

/// Says of every line what stands below it.
fn own(lines: &mut [Piece]) {
    let mut open: Vec<usize> = Vec::new();
    for at in 0..=lines.len() {
        let depth = lines.get(at).map_or(0, |line| line.depth);
        while let Some(&above) = open.last() {
            if at < lines.len() && lines[above].depth < depth {
                break;
            }
            open.pop();
            lines[above].below = (at - above - 1) as u32;
        }
        if let Some(&above) = open.last().filter(|_| at < lines.len()) {
            lines[above].items += 1;
        }
        open.push(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JAVA: &str = "java.lang.IllegalStateException: no stock\n\
        \tat com.shop.Cart.add(Cart.java:12)\n\
        \tat java.base/java.lang.Thread.run(Thread.java:833)\n\
        \tat org.springframework.web.A.b(A.java:1)\n\
        \tat org.apache.catalina.C.d(C.java:2)\n\
        \tat java.lang.reflect.Method.invoke(Method.java:3)\n\
        Caused by: java.sql.SQLException: timeout\n\
        \tat com.shop.Db.query(Db.java:7)\n\
        \t... 12 more\n";

    #[test]
    fn frames_stand_below_what_was_thrown() {
        let lines = lines(JAVA);
        let depths: Vec<u16> = lines.iter().map(|line| line.depth).collect();
        assert_eq!(depths, [0, 1, 1, 2, 2, 2, 0, 1, 1]);
        assert_eq!((lines[0].below, lines[0].items), (5, 2));
        assert_eq!((lines[2].below, lines[2].ink), (3, Ink::Aside));
        assert_eq!(lines[6].below, 2);
        assert!(is_trace(JAVA));
    }

    #[test]
    fn other_languages_are_known_too() {
        let python = "Traceback (most recent call last):\n  File \"app.py\", line 3, in main\n    run()\n  File \"/usr/lib/python3/x.py\", line 9, in run\n    raise E\nValueError: no\n";
        let go = "goroutine 7 [running]:\nmain.handle(0xc000)\n\t/app/main.go:12 +0x1b\nnet/http.(*conn).serve(0x1)\n\t/usr/local/go/src/net/http/server.go:1 +0x2\n";
        let node = "TypeError: x is not a function\n    at handler (/app/index.js:3:5)\n    at node:internal/process:95:5\n";
        let rust = "panicked at src/main.rs:1\n   0: app::main\n             at ./src/main.rs:4\n   1: core::ops::call\n             at /rustc/x/ops.rs:5\n";
        let depths = |text: &str| -> Vec<u16> {
            assert!(is_trace(text), "{text}");
            lines(text).iter().map(|line| line.depth).collect()
        };
        assert_eq!(depths(python), [0, 1, 2, 1, 2, 0]);
        assert_eq!(depths(go), [0, 1, 2, 1, 2]);
        assert_eq!(depths(node), [0, 1, 1]);
        assert_eq!(depths(rust), [0, 1, 2, 1, 2]);
        assert!(!is_trace("Dear all,\n\nthis is\na letter\n"));
    }
}
