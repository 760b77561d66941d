//! The whole server as a process: spans per CPU-second and resident bytes per span, over HTTP on
//! loopback; and beside it a Jaeger all-in-one, if one is given.
//!
//! ```text
//! cargo bench --bench server                              # 1 M spans into `vizsla serve`
//! cargo bench --bench server -- --spans 200000 --jaeger /path/to/jaeger
//! ```
//!
//! CPU time is what `/proc/PID/stat` counts for the process (user and system), resident memory
//! what `/proc/PID/status` tells two seconds after the last answer. Linux only.

#![expect(clippy::print_stdout, reason = "a bench tells what it found")]

mod workload;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use workload::Traces;

/// Requests under way at one time.
const CONNECTIONS: usize = 2;
/// `sysconf(_SC_CLK_TCK)` is 100 on every Linux that this runs on.
const TICKS: f64 = 100.0;
/// What was measured of a Jaeger 2.20 all-in-one in memory, in case none is given.
const JAEGER: Figures = Figures {
    rate: 80_000.0,
    bytes: 2_300.0,
};

/// What a server was found to do.
#[derive(Clone, Copy)]
struct Figures {
    /// Spans per second of CPU time.
    rate: f64,
    /// Resident bytes for each span.
    bytes: f64,
}

struct Args {
    spans: usize,
    jaeger: Option<String>,
}

impl Args {
    fn parse() -> Result<Self> {
        let mut args = Self {
            spans: 1_000_000,
            jaeger: None,
        };
        let mut given = std::env::args().skip(1);
        while let Some(arg) = given.next() {
            match arg.as_str() {
                "--spans" => args.spans = given.next().context("--spans N")?.parse()?,
                "--jaeger" => args.jaeger = Some(given.next().context("--jaeger PATH")?),
                // What cargo passes to every bench.
                "--bench" => {}
                other => bail!("what is {other}? known: --spans N, --jaeger PATH"),
            }
        }
        Ok(args)
    }
}

/// A process that is ended when this goes.
struct Server {
    child: Child,
    at: SocketAddr,
}

impl Server {
    /// The program of this very build, on a port that the system chooses.
    fn vizsla() -> Result<Self> {
        let off = ["--otlp-grpc", "--query"].map(|listener| [listener, "off"]);
        let mut child = Command::new(env!("CARGO_BIN_EXE_vizsla"))
            .args(["serve", "--max-memory", "4GiB"])
            .args(["--otlp-http", "127.0.0.1:0"])
            .args(off.as_flattened())
            .stderr(Stdio::piped())
            .spawn()?;
        let said = BufReader::new(child.stderr.take().context("no standard error")?);
        for line in said.lines() {
            if let Some(at) = line?.strip_prefix("listening otlp-http ") {
                let at = at.parse()?;
                return Ok(Self { child, at });
            }
        }
        bail!("it ended without listening")
    }

    /// A Jaeger with its usual ports and its memory store.
    fn jaeger(path: &str) -> Result<Self> {
        let at = SocketAddr::from(([127, 0, 0, 1], 4318));
        ensure!(
            TcpStream::connect(at).is_err(),
            "somebody listens on {at} already"
        );
        let child = Command::new(path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {path}"))?;
        let server = Self { child, at };
        let begin = Instant::now();
        while TcpStream::connect(at).is_err() {
            ensure!(
                begin.elapsed() < Duration::from_secs(30),
                "{path} does not listen on {at}"
            );
            thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// CPU time so far, in seconds.
    fn cpu(&self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The second field is the name in parentheses and may hold anything.
        let (_, rest) = stat.rsplit_once(')').context("not a stat line")?;
        let ticks = rest.split_whitespace().skip(11).take(2);
        let ticks: f64 = ticks.filter_map(|t| t.parse::<f64>().ok()).sum();
        Ok(ticks / TICKS)
    }

    /// Resident bytes.
    fn resident(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next());
        Ok(kib.context("no VmRSS")?.parse::<f64>()? * 1024.0)
    }

    /// Sends all requests and says what that cost the server.
    fn measure(&self, requests: &[Vec<u8>], spans: usize) -> Result<Figures> {
        let (cpu, resident, begin) = (self.cpu()?, self.resident()?, Instant::now());
        let next = AtomicUsize::new(0);
        thread::scope(|scope| {
            let senders: Vec<_> = (0..CONNECTIONS)
                .map(|_| scope.spawn(|| send(self.at, requests, &next)))
                .collect();
            senders
                .into_iter()
                .try_for_each(|sender| sender.join().unwrap_or_else(|_| bail!("a sender failed")))
        })?;
        let wall = begin.elapsed();
        // What is done after the answer counts too.
        thread::sleep(Duration::from_secs(2));
        let (cpu, resident) = (self.cpu()? - cpu, self.resident()? - resident);
        let spans = spans as f64;
        println!(
            "  {spans} spans in {wall:.1?}, {cpu:.2} s CPU, {:.0} MiB more resident",
            resident / f64::from(1 << 20)
        );
        Ok(Figures {
            rate: spans / cpu,
            bytes: resident / spans,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Posts requests over one connection until there are none left.
fn send(at: SocketAddr, requests: &[Vec<u8>], next: &AtomicUsize) -> Result<()> {
    let mut to = TcpStream::connect(at)?;
    to.set_nodelay(true)?;
    let mut from = BufReader::new(to.try_clone()?);
    while let Some(body) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        loop {
            let head = format!(
                "POST /v1/traces HTTP/1.1\r\nHost: {at}\r\nContent-Type: application/x-protobuf\r\n\
                 Content-Length: {}\r\n\r\n",
                body.len()
            );
            to.write_all(head.as_bytes())?;
            to.write_all(body)?;
            match status(&mut from)? {
                200 => break,
                429 | 503 => thread::sleep(Duration::from_millis(50)),
                other => bail!("answered {other}"),
            }
        }
    }
    Ok(())
}

/// The status of an answer, whose body is read and left.
fn status(from: &mut impl BufRead) -> Result<u16> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    let status = line.split_whitespace().nth(1).context("no HTTP answer")?;
    let status = status.parse()?;
    let mut length = 0;
    loop {
        line.clear();
        from.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
    }
    std::io::copy(&mut from.take(length), &mut std::io::sink())?;
    Ok(status)
}

fn main() -> Result<()> {
    let args = Args::parse()?;
    let requests = workload::requests(args.spans, Traces::Many, 7);
    let tell = |name: &str, figures: Figures| {
        println!(
            "{name}: {:.0} spans per CPU-second, {:.0} B resident per span\n",
            figures.rate, figures.bytes
        );
    };
    let ours = Server::vizsla()?.measure(&requests, args.spans)?;
    tell("vizsla serve", ours);
    let (name, theirs) = match &args.jaeger {
        Some(path) => (
            "Jaeger",
            Server::jaeger(path)?.measure(&requests, args.spans)?,
        ),
        None => ("Jaeger, as measured before", JAEGER),
    };
    tell(name, theirs);
    println!(
        "{:.1} x its rate (at least 8), 1/{:.1} of its memory (at most 1/12)",
        ours.rate / theirs.rate,
        theirs.bytes / ours.bytes
    );
    Ok(())
}
