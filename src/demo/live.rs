//! The demo as it runs: the story until now at once, then as time passes, and rides on demand.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::customer::Customer;
use super::plot::{LENGTH, Settings};
use super::record::Context;
use super::ride::Outcome;
use super::send::{Sender, Trouble};
use super::story::Story;
use crate::config::Secret;
use crate::model::{Nanos, Time};

/// How much of the story one request carries at most.
const STEP: Nanos = Nanos(15 * 1_000_000_000);
/// How often what has happened is sent.
const TICK: Duration = Duration::from_millis(200);

fn now() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Time(since.map_or(0, |since| since.as_nanos() as u64))
}

/// Where to and what.
#[derive(Debug, Clone)]
pub struct Options {
    /// The story.
    pub settings: Settings,
    /// An OTLP/HTTP endpoint, such as `http://127.0.0.1:4318`.
    pub target: String,
    /// The token that it asks for.
    pub token: Option<Secret>,
}

/// How far it has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Spans sent.
    pub spans: u64,
    /// Traces begun.
    pub traces: u64,
    /// Whether what lies in the past has been told.
    pub live: bool,
    /// Why nothing is taken at the moment.
    pub waits: Option<String>,
}

/// A ride that was ordered.
pub struct Ordered {
    /// Its root span.
    pub root: Context,
    /// How it ends; nothing if the demo ends before.
    pub outcome: oneshot::Receiver<Outcome>,
}

struct Order {
    customer: Customer,
    caller: Option<Context>,
    reply: oneshot::Sender<Ordered>,
}

/// A running demo.
pub struct Demo {
    desk: Desk,
    progress: watch::Receiver<Progress>,
    task: JoinHandle<Result<(), Trouble>>,
}

/// Where rides are ordered; may be handed to others.
#[derive(Clone)]
pub struct Desk(mpsc::Sender<Order>);

impl Desk {
    /// Orders a ride, as part of the caller's trace if there is one. `None` if the demo has
    /// ended.
    pub async fn order(&self, customer: Customer, caller: Option<Context>) -> Option<Ordered> {
        let (reply, ordered) = oneshot::channel();
        self.0
            .send(Order {
                customer,
                caller,
                reply,
            })
            .await
            .ok()?;
        ordered.await.ok()
    }
}

impl Demo {
    /// Starts sending, until `stop` or until all wanted traces are sent.
    ///
    /// # Errors
    /// The target is no URL.
    pub fn start(options: &Options, stop: CancellationToken) -> Result<Self, Trouble> {
        let sender = Sender::new(&options.target, options.token.as_ref())?;
        let begin = now() - Story::length(options.settings);
        let (orders, received) = mpsc::channel(16);
        let (told, progress) = watch::channel(Progress::default());
        let story = Story::new(options.settings, begin);
        let teller = Teller {
            story,
            sender,
            told,
            at: begin,
            pending: HashMap::new(),
        };
        let task = tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => Ok(()),
                done = teller.tell(received) => done,
            }
        });
        Ok(Self {
            desk: Desk(orders),
            progress,
            task,
        })
    }

    /// Where rides are ordered.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// How far it has come, now and whenever that changes.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Waits for its end: what was sent.
    ///
    /// # Errors
    /// The target refuses the spans.
    pub async fn ended(self) -> Result<Progress, Trouble> {
        let Self {
            desk,
            progress,
            task,
        } = self;
        let ended = task
            .await
            .unwrap_or_else(|error| Err(Trouble::Client(error.to_string())));
        drop(desk);
        ended.map(|()| progress.borrow().clone())
    }
}

/// The task that tells the story.
struct Teller {
    story: Story,
    sender: Sender,
    told: watch::Sender<Progress>,
    /// Until when it is told.
    at: Time,
    pending: HashMap<Context, oneshot::Sender<Outcome>>,
}

impl Teller {
    async fn tell(mut self, mut orders: mpsc::Receiver<Order>) -> Result<(), Trouble> {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.catch_up().await?;
            if self.story.is_over() {
                return Ok(());
            }
            tokio::select! {
                _ = tick.tick() => {}
                Some(order) = orders.recv() => self.order(order),
            }
        }
    }

    /// Tells what has happened until now, in requests of bounded size.
    async fn catch_up(&mut self) -> Result<(), Trouble> {
        loop {
            let now = now();
            if now.since(self.at) > LENGTH + LENGTH {
                // After a night's sleep of the machine nobody wants the night's rides.
                self.at = now - LENGTH;
                self.story.until(self.at);
            }
            self.at = now.min(self.at + STEP);
            let block = self.story.until(self.at);
            if !block.is_empty() {
                let waits = |why| {
                    self.told.send_modify(|told| told.waits = Some(why));
                };
                self.sender.send(&block, waits).await?;
            }
            let live = self.at == now;
            self.told.send_modify(|told| {
                told.spans += block.len() as u64;
                told.traces = self.story.begun();
                told.live |= live;
                told.waits = None;
            });
            for outcome in self.story.outcomes() {
                if let Some(reply) = self.pending.remove(&outcome.root) {
                    drop(reply.send(outcome));
                }
            }
            if live || self.story.is_over() {
                return Ok(());
            }
        }
    }

    fn order(&mut self, order: Order) {
        let root = self.story.order(order.customer, now(), order.caller);
        let (reply, outcome) = oneshot::channel();
        self.pending.insert(root, reply);
        drop(order.reply.send(Ordered { root, outcome }));
    }
}
