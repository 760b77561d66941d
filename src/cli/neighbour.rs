//! Who holds the ports that this program wanted, and what to do instead.

use std::net::SocketAddr;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::backend::{Backend, Probed};
use crate::config::BackendConfig;
use crate::text::Shown;

use super::source::NEIGHBOUR;

/// How long the neighbour may take to say what it is.
const PATIENCE: Duration = Duration::from_secs(1);

/// What to say when every address is taken: by whom, and which command does what was wanted.
pub(super) async fn instead(taken: &[SocketAddr]) -> String {
    let ports: Vec<String> = taken.iter().map(|at| at.port().to_string()).collect();
    let mut holders: Vec<String> = taken.iter().filter_map(|at| holder(at.port())).collect();
    holders.dedup();
    let by = if holders.is_empty() {
        "other processes".to_owned()
    } else {
        holders.join(", ")
    };
    let ask = match answering().await {
        Some(what) => format!("vizsla {NEIGHBOUR} shows what {what} has"),
        None => "ss -ltnp says more of them".to_owned(),
    };
    format!(
        "nothing listens: {} held by {by}; {ask}, and --otlp-http 127.0.0.1:0 takes a free port",
        match ports.as_slice() {
            [one] => format!("port {one} is"),
            several => format!("ports {} are", several.join(", ")),
        }
    )
}

/// What answers at the neighbour's, if anything does.
async fn answering() -> Option<String> {
    let config = BackendConfig {
        url: NEIGHBOUR.to_owned(),
        ..BackendConfig::default()
    };
    let probed = Probed::new(None, &config).ok()?;
    let asked = probed.services(None, CancellationToken::new());
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    answer.ok()?.ok()?;
    Some(Shown::new(probed.name()).to_string())
}

/// The process that listens on a port, as far as this user may see it: `vizsla (4711)`.
#[cfg(target_os = "linux")]
fn holder(port: u16) -> Option<String> {
    use std::fs;
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| {
            table
                .lines()
                .filter_map(|line| socket(line, port))
                .collect::<Vec<_>>()
        })
        .collect();
    let holds = |process: &fs::DirEntry| {
        let files = fs::read_dir(process.path().join("fd"))
            .into_iter()
            .flatten();
        let mut links = files
            .flatten()
            .filter_map(|file| fs::read_link(file.path()).ok());
        links.any(|link| {
            sockets
                .iter()
                .any(|socket| link.as_os_str() == socket.as_str())
        })
    };
    let numbered = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        name.to_str()
            .is_some_and(|name| name.parse::<u32>().is_ok())
    };
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let process = processes.filter(numbered).find(holds)?;
    let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
    let number = process.file_name();
    Some(format!(
        "{} ({})",
        Shown::new(name.trim()),
        number.display()
    ))
}

#[cfg(not(target_os = "linux"))]
fn holder(_port: u16) -> Option<String> {
    None
}

/// The socket of a line of `/proc/net/tcp` (proc(5)), if it listens on that port.
#[cfg(target_os = "linux")]
fn socket(line: &str, port: u16) -> Option<String> {
    const LISTENS: &str = "0A";
    let mut fields = line.split_ascii_whitespace().skip(1);
    let (_, at) = fields.next()?.rsplit_once(':')?;
    let state = fields.nth(1)?;
    let inode = fields.nth(5)?;
    let here = u16::from_str_radix(at, 16) == Ok(port) && state == LISTENS;
    here.then(|| format!("socket:[{inode}]"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let named = holder(port).unwrap();
        assert!(
            named.ends_with(&format!("({})", std::process::id())),
            "{named}"
        );
        drop(listener);
        assert_eq!(holder(port), None);
    }
}
