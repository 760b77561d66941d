//! The loop that owns the terminal, the jobs and the clock.
//!
//! One task; it sleeps until a key, a signal, a timer that somebody asked for, an answer or new
//! data. There is no tick: an idle screen costs no CPU and sends no byte.

pub mod ask;
mod browse;
mod editor;
pub mod jobs;
pub mod keeping;
mod names;
pub mod pace;
mod perform;
mod signals;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossterm::event::EventStream;
use futures_util::StreamExt;
use signal_hook::consts::SIGHUP;
use tokio::sync::mpsc::Receiver;
use tokio::sync::watch;

use crate::backend::Backend;
use crate::model::TraceId;

use super::answer::Answer;
use super::app::State;
use super::effect::{Effect, Outside};
use super::job::JobId;
use super::message::Message;
use super::msg::Msg;
use super::setup::Setup;
use super::shared::Urgency;
use super::source::host::Host;
use super::terminal::{self, Probe, Terminal, input::Input};
use super::theme::{AUTO, Appearance};
use super::update::update;
use super::view;

use ask::World;
use jobs::Runner;
use pace::Pace;
use signals::{Signal, Signals};

/// What the interface runs on.
pub struct Stage {
    /// Looks, keys, habits.
    pub setup: Setup,
    /// The system that traces are read from at first.
    pub backend: Arc<dyn Backend>,
    /// The program around.
    pub host: Arc<dyn Host>,
    /// The trace to open at once.
    pub first: Option<TraceId>,
    /// Where the session is kept.
    pub session: Option<PathBuf>,
    /// Something to say at once: mistakes in the configuration, ports that are taken.
    pub notices: Vec<Message>,
}

/// Runs the interface until the user quits, or a signal ends it, whose number is returned. The
/// terminal is restored however this ends.
pub async fn run(on: Stage) -> io::Result<Option<u8>> {
    let Stage {
        setup,
        backend,
        host,
        first,
        session,
        notices,
    } = on;
    let auto = setup.theme_name == AUTO;
    // A signal that comes early finds the terminal restored, too.
    let signals = Signals::new()?;
    let terminal = Terminal::enter(setup.mouse)?;
    let world = World::new(backend, host);
    let opened = super::answer::Opened {
        first,
        ..world.opened()
    };
    let around = world.host.surroundings();
    let (mut state, effects) = State::new(setup, opened, around, terminal::size());
    for notice in notices {
        state.shared.say(notice);
    }
    let (runner, answers) = Runner::new(world);
    let epoch = runner.world.backend().epoch();
    let runtime = Runtime {
        state,
        terminal,
        runner,
        answers,
        epoch,
        pace: Pace::default(),
        start: Instant::now(),
        session,
        quit: false,
        errand: None,
        ended: None,
    };
    runtime.live(effects, auto, signals).await
}

/// What another program has the terminal for.
enum Errand {
    /// Text to be edited.
    Edit(String),
    /// Something to be shown.
    Show(Outside),
}

struct Runtime {
    state: State,
    terminal: Terminal,
    runner: Runner,
    answers: Receiver<(JobId, Answer)>,
    epoch: Option<watch::Receiver<u64>>,
    pace: Pace,
    start: Instant,
    session: Option<PathBuf>,
    quit: bool,
    /// What another program is to have the terminal for, once nobody reads keys here.
    errand: Option<Errand>,
    /// The signal that ended it.
    ended: Option<i32>,
}

impl Runtime {
    /// From the first frame to the end. A terminal that is gone is a hang-up.
    async fn live(
        mut self,
        effects: Vec<Effect>,
        auto: bool,
        signals: Signals,
    ) -> io::Result<Option<u8>> {
        let played = match self.begin(effects, auto) {
            Ok(()) => self.run(signals).await,
            failed => failed,
        };
        match played {
            Err(error) if terminal::is_gone(&error) => self.end(SIGHUP),
            Err(error) => return Err(error),
            Ok(()) => {}
        }
        Ok(self.ended.and_then(|number| u8::try_from(number).ok()))
    }

    fn begin(&mut self, effects: Vec<Effect>, auto: bool) -> io::Result<()> {
        self.perform(effects)?;
        self.draw()?;
        // The first frame does not wait for the terminal's answers; they come before the first key.
        let probe = self.terminal.probe();
        self.learn(&probe, auto)
    }

    /// A signal's end: what outlives the program is kept, as when the user quits.
    fn end(&mut self, number: i32) {
        self.save(&self.state.session());
        self.keep_open(&self.state.held());
        signals::leave(number);
        (self.quit, self.ended) = (true, Some(number));
    }

    async fn run(&mut self, mut signals: Signals) -> io::Result<()> {
        let mut events = EventStream::new();
        let mut input = Input::default();
        self.measure()?;
        while !self.quit {
            let wake = self.next_wake();
            let msg = tokio::select! {
                biased;
                event = events.next() => if let Some(Ok(event)) = event {
                    input.msg(event, self.start.elapsed())
                } else {
                    // The terminal is gone: nobody sees anything, and its reader would spin.
                    self.end(SIGHUP);
                    None
                },
                signal = signals.next() => self.signal(signal)?,
                () = sleep(wake, self.start) => Some(Msg::Wake),
                Some((id, answer)) = self.answers.recv() => Some(Msg::Answer(id, answer)),
                epoch = changed(&mut self.epoch) => Some(Msg::Changed(epoch)),
            };
            msg.into_iter().try_for_each(|msg| self.take(msg))?;
            while let Ok((id, answer)) = self.answers.try_recv() {
                self.take(Msg::Answer(id, answer))?;
            }
            if let Some(errand) = self.errand.take() {
                // Whoever reads keys here would take them from the other program.
                drop(events);
                // A stream that ends wakes its reader. Were that still to come when the next key
                // does, crossterm would forget that there is a key to read.
                let _ = crossterm::event::poll(Duration::ZERO);
                self.lend(&errand)?;
                events = EventStream::new();
            }
            if !self.quit {
                self.draw_if_due()?;
            }
        }
        terminal::leave();
        Ok(())
    }

    /// Nobody was told of a size that changed before events were listened to.
    fn measure(&mut self) -> io::Result<()> {
        // Asking makes the reader listen. What is wrong with it the first event will tell.
        let _ = crossterm::event::poll(Duration::ZERO);
        let (width, height) = terminal::size();
        if (width, height) == self.state.shared.size {
            return Ok(());
        }
        self.take(Msg::Resize(width, height))?;
        self.draw_if_due()
    }

    /// What the terminal said of itself.
    fn learn(&mut self, probe: &Probe, auto: bool) -> io::Result<()> {
        if auto && probe.appearance == Some(Appearance::Light) {
            self.state.shared.appearance = Appearance::Light;
            super::screen::themes::apply(&mut self.state.shared, AUTO);
            self.state.shared.urgency = Urgency::Key;
        }
        // Keys that were typed meanwhile.
        probe
            .keys
            .iter()
            .try_for_each(|key| self.take(Msg::Key(*key)))?;
        self.draw_if_due()
    }

    fn take(&mut self, msg: Msg) -> io::Result<()> {
        #[cfg(debug_assertions)]
        if matches!(msg, Msg::Key(_)) {
            terminal::rehearse_panic();
        }
        let opened = matches!(&msg, Msg::Answer(_, Answer::Opened(_)));
        let answered = matches!(&msg, Msg::Answer(..));
        let started = matches!(&msg, Msg::Answer(_, Answer::Done | Answer::Opened(_)));
        if let Msg::Resize(..) = msg {
            self.terminal.resized();
        }
        if started {
            self.state.shared.source.around = self.runner.world.host.surroundings();
        }
        if answered {
            self.state.know(self.runner.world.opened());
        }
        let effects = update(&mut self.state, self.start.elapsed(), msg);
        if opened {
            self.epoch = self.runner.world.backend().epoch();
        }
        self.perform(effects)
    }

    /// A signal that the program survives becomes a message; another ends it.
    fn signal(&mut self, signal: Signal) -> io::Result<Option<Msg>> {
        match signal {
            Signal::Suspend => self.suspend().map(|()| Some(Msg::Resumed)),
            Signal::Continued => {
                self.terminal.enter_again()?;
                Ok(Some(Msg::Resumed))
            }
            Signal::End(number) => {
                self.end(number);
                Ok(None)
            }
        }
    }

    fn next_wake(&self) -> Option<Duration> {
        let frame = self.pace.due(self.state.shared.urgency);
        [frame, self.state.shared.next_wake()]
            .into_iter()
            .flatten()
            .min()
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        let due = self.pace.due(self.state.shared.urgency);
        if due.is_some_and(|due| due <= self.start.elapsed()) {
            self.draw()
        } else {
            Ok(())
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        self.state.shared.now = self.start.elapsed();
        let (buffer, drawn) = view::render(&self.state);
        let title = self.state.crumbs().pop().unwrap_or_default();
        if self.state.shared.hyperlinks {
            self.terminal.link(drawn.links.clone());
        }
        let flush = self.terminal.draw(buffer, drawn.caret, &title)?;
        self.pace.drawn(self.start.elapsed(), flush);
        self.state.shared.drawn = drawn;
        self.state.shared.urgency = Urgency::Clean;
        Ok(())
    }
}

async fn sleep(until: Option<Duration>, start: Instant) {
    match until {
        Some(until) => tokio::time::sleep_until((start + until).into()).await,
        None => std::future::pending().await,
    }
}

/// The backend's next epoch. Waits for ever if it has none, or closes.
async fn changed(epoch: &mut Option<watch::Receiver<u64>>) -> u64 {
    if let Some(receiver) = epoch {
        if receiver.changed().await.is_ok() {
            return *receiver.borrow_and_update();
        }
        *epoch = None;
    }
    std::future::pending().await
}
