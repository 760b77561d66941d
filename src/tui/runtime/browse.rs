//! Web pages: opened by the platform where the browser is, told where it is not.

use std::env;
use std::io;
use std::process::{Command, Stdio};

/// Opens a page by `$BROWSER`, else by what the platform opens pages with. `None` where there is
/// nothing to show it on: over SSH, without a display.
pub fn open(url: &str) -> Option<io::Result<String>> {
    let set = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
    let remote = set("SSH_TTY").is_some() || set("SSH_CONNECTION").is_some();
    let display = set("DISPLAY").or_else(|| set("WAYLAND_DISPLAY"));
    let tool = match set("BROWSER").filter(|_| !remote) {
        // A list of several, parted as in PATH; `%s` stands for the page at its end anyway.
        Some(browsers) => browsers
            .split(':')
            .next()
            .unwrap_or_default()
            .replace("%s", ""),
        None if remote => return None,
        None if cfg!(target_os = "macos") => "open".to_owned(),
        None => display.map(|_| "xdg-open".to_owned())?,
    };
    let (tool, url) = (tool.trim().to_owned(), url.to_owned());
    // No shell: the page's address is somebody else's text.
    let mut words = tool.split_whitespace();
    let started = Command::new(words.next().unwrap_or("xdg-open"))
        .args(words)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Some(started.map(|mut child| {
        // Nobody waits for a browser, but its end must be noticed.
        std::thread::spawn(move || child.wait());
        tool
    }))
}
