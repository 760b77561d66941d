//! `vizsla demo`: a living example system, on the screen or, headless, sent to whoever takes it.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::SystemTime;

use clap::Args;
use tokio_util::sync::CancellationToken;

use crate::config::Access;
use crate::demo::{self, Demo, Fixes, Options, Progress, Settings, Trouble};
use crate::model::Nanos;
use crate::socket::{self, Limits};
use crate::text::plural;

use super::args::{ListenArgs, MemoryArgs, nanos};
use super::session::runtime;
use super::{Failure, Outcome, Session, explore, serve};

/// Arguments of `demo`.
#[derive(Clone, Debug, Default, Args)]
#[command(before_long_help = "Examples:
  vizsla demo                           the interface over a living system
  vizsla demo --fix-db-mutex            the same, with one of its faults mended
  vizsla demo --headless --traces 500 --to http://127.0.0.1:4318
  vizsla demo --headless --http 127.0.0.1:8080
    curl -i 'localhost:8080/dispatch?customer=392'")]
pub struct DemoArgs {
    /// Only send, without the interface
    #[arg(long)]
    pub headless: bool,
    /// Traces after which it ends; without it, it goes on
    #[arg(long, value_name = "N")]
    pub traces: Option<u64>,
    /// Rides in a second [default: 3]
    #[arg(long, value_name = "N/s", value_parser = rate)]
    pub rate: Option<f64>,
    /// What chance begins with: the same seed tells the same story
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// OTLP/HTTP endpoint that headless rides are sent to [default: `http://127.0.0.1:4318`]
    #[arg(long, value_name = "URL", requires = "headless")]
    pub to: Option<String>,
    /// Order rides here too: GET /dispatch?customer=123, 392, 567 or 731
    #[arg(long, value_name = "ADDR")]
    pub http: Option<SocketAddr>,
    /// How long a customer's query takes [default: 180ms]
    #[arg(long, value_name = "DURATION", value_parser = nanos)]
    pub fix_db_query_delay: Option<u64>,
    /// Let queries run side by side
    #[arg(long)]
    pub fix_db_mutex: bool,
    /// How many routes a frontend asks for at one time [default: 3]
    #[arg(long, value_name = "N")]
    pub fix_route_workers: Option<usize>,
    /// Where it listens.
    #[command(flatten)]
    pub listen: ListenArgs,
    /// How much is kept.
    #[command(flatten)]
    pub memory: MemoryArgs,
}

/// Reads `3`, `0.5` or `3/s`.
fn rate(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches("/s").parse::<f64>();
    match number {
        Ok(rate) if rate > 0.0 && rate <= 10_000.0 => Ok(rate),
        _ => Err("expected rides in a second, such as 3/s".into()),
    }
}

impl DemoArgs {
    /// The story these arguments tell. Without a seed every start tells another, lest two of
    /// them use the same ids in one backend.
    pub fn settings(&self) -> Settings {
        let usual = Fixes::default();
        let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Settings {
            seed: self
                .seed
                .unwrap_or_else(|| clock.map_or(1, |since| since.as_nanos() as u64)),
            rate: self.rate.unwrap_or(Settings::default().rate),
            traces: self.traces,
            fixes: Fixes {
                query_delay: self.fix_db_query_delay.map_or(usual.query_delay, Nanos),
                no_mutex: self.fix_db_mutex,
                route_workers: self.fix_route_workers.unwrap_or(usual.route_workers),
            },
        }
    }

    /// Starts the demo against `target`, and opens its frontend's door if that is wanted: where.
    pub(super) async fn start(
        &self,
        target: String,
        access: Access,
        stop: &CancellationToken,
    ) -> Result<(Demo, Option<SocketAddr>), String> {
        let options = Options {
            settings: self.settings(),
            target,
            token: access.token.clone(),
        };
        let demo = Demo::start(&options, stop.clone()).map_err(|trouble| trouble.to_string())?;
        let Some(address) = self.http else {
            return Ok((demo, None));
        };
        let bound = socket::bind(address, &access).await;
        let (listener, at) = bound.map_err(|why| format!("not listening {address}: {why}"))?;
        let router = demo::router(demo.desk().clone(), access);
        tokio::spawn(socket::serve(
            listener,
            Limits::PEOPLE,
            stop.clone(),
            router,
        ));
        Ok((demo, Some(at)))
    }
}

pub(super) fn run(args: &DemoArgs, session: &mut Session) -> Result<Outcome, Failure> {
    if !args.headless {
        return explore::over_demo(args, session);
    }
    session.note_problems();
    runtime()?.block_on(headless(args, session))
}

async fn headless(args: &DemoArgs, session: &Session) -> Result<Outcome, Failure> {
    let target = args.to.clone();
    let target = target.unwrap_or_else(|| "http://127.0.0.1:4318".into());
    let stop = CancellationToken::new();
    let access = session.config.listeners.access().map_err(Failure::usage)?;
    let started = args.start(target, access, &stop).await;
    let (demo, door) = started.map_err(Failure::Usage)?;
    if let Some(at) = door {
        session.note(ordering(at));
    }
    let mut progress = demo.progress();
    let mut voice = Voice::default();
    let (mut ended, mut stopped) = (pin!(demo.ended()), pin!(serve::stopped()));
    let outcome = loop {
        tokio::select! {
            ended = ended.as_mut() => break ended.map(|_| Outcome::Found).map_err(failure)?,
            number = stopped.as_mut() => break Outcome::Signal(number?),
            Ok(()) = progress.changed() => voice.tell(&progress.borrow_and_update(), session),
        }
    };
    stop.cancel();
    let sent = progress.borrow();
    let (spans, traces) = (plural(sent.spans, "span"), plural(sent.traces, "trace"));
    session.note(format!("sent {spans} of {traces}"));
    Ok(outcome)
}

/// Where rides are ordered, in words.
pub(super) fn ordering(at: SocketAddr) -> String {
    format!("rides are ordered at http://{at}/dispatch?customer=392")
}

fn failure(trouble: Trouble) -> Failure {
    match trouble {
        Trouble::Refused { .. } => Failure::Backend(trouble.to_string()),
        Trouble::Target(_) | Trouble::Client(_) => Failure::usage(trouble),
    }
}

/// Says when the target ceases and begins again to take spans.
#[derive(Default)]
struct Voice {
    waited: Option<String>,
}

impl Voice {
    fn tell(&mut self, now: &Progress, session: &Session) {
        if now.waits == self.waited {
            return;
        }
        match &now.waits {
            Some(why) => session.note(format!("waiting: {why}")),
            None => session.note("sending again"),
        }
        self.waited.clone_from(&now.waits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        assert_eq!((rate("3"), rate("0.5/s")), (Ok(3.0), Ok(0.5)));
        for wrong in ["", "0", "-1", "fast", "3/min", "NaN"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}
