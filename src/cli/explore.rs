//! `vizsla [SOURCE...]`: the interface, over sources or over the embedded backend.

use std::path::Path;
use std::sync::Arc;

use clap::CommandFactory;
use tokio::runtime::Runtime;

use crate::backend::Backend;
use crate::config::{Config, Paths, nearest};
use crate::format::pasted;
use crate::model::TraceId;
use crate::text::Clock;
use crate::tui::{self, Host, Message, Setup, Stage, Standing};

use super::args::Cli;
use super::demo::DemoArgs;
use super::embedded::Embedded;
use super::host::Around;
use super::neighbour;
use super::readable::Watched;
use super::session::runtime;
use super::source::{self, Manner};
use super::{Failure, Outcome, Session, show};

/// What the interface is opened over.
struct Scene {
    backend: Arc<dyn Backend>,
    host: Arc<dyn Host>,
    first: Option<TraceId>,
    clock: Clock,
    notices: Vec<Message>,
}

/// Where the interface begins.
#[derive(Default)]
struct Beginning {
    standing: Option<Standing>,
    fresh: bool,
}

/// Opens the interface over sources, or over what arrives here if there are none.
pub(super) fn run(cli: &Cli, session: &mut Session) -> Result<Outcome, Failure> {
    let sources = cli.sources.as_slice();
    if let [word] = sources
        && let Some(command) = meant(word, &session.config)
    {
        return Err(Failure::Usage(format!(
            "{word}: no such file, folder or backend (did you mean vizsla {command}?)"
        )));
    }
    if !session.look.tty {
        return Err(Failure::Usage(elsewhere(sources)));
    }
    let runtime = runtime()?;
    let scene = runtime.block_on(async {
        if sources.is_empty() {
            listen("embedded", DemoArgs::default(), session).await
        } else {
            let manner = Manner {
                format: cli.input.input_format,
                patient: false,
                follow: cli.follow,
            };
            read(sources, manner, session)
        }
    })?;
    let beginning = Beginning {
        standing: cli.standing.standing(),
        fresh: cli.fresh,
    };
    play(runtime, scene, beginning, session)
}

/// Opens the interface over a living system.
pub(super) fn over_demo(args: &DemoArgs, session: &mut Session) -> Result<Outcome, Failure> {
    if !session.look.tty {
        return Err(Failure::usage(
            "standard output is no terminal: vizsla demo --headless only sends",
        ));
    }
    let runtime = runtime()?;
    let scene = runtime.block_on(listen("demo", args.clone(), session))?;
    play(runtime, scene, Beginning::default(), session)
}

/// The subcommand that a word was probably meant to be, if it is no source.
fn meant(word: &str, config: &Config) -> Option<String> {
    if source::named(config, &[word.to_owned()]).is_ok() || is_trace_id(word, config) {
        return None;
    }
    let commands = Cli::command();
    let names = commands.get_subcommands().map(clap::Command::get_name);
    nearest(word, names).map(str::to_owned)
}

/// What prints the same without a terminal.
fn elsewhere(sources: &[String]) -> String {
    let twins = match sources {
        [] => "vizsla serve listens without one, vizsla search prints".to_owned(),
        given => {
            let source = given.join(" -s ");
            format!("vizsla search -s {source} and vizsla show -s {source} print instead")
        }
    };
    format!("standard output is no terminal: {twins}")
}

/// The embedded backend under a name; under that of the demo, with one that runs.
async fn listen(name: &str, story: DemoArgs, session: &Session) -> Result<Scene, Failure> {
    let config = session.config.clone();
    let embedded = Embedded::start(&config, name).await?;
    embedded.check(&config)?;
    // The demo has a door of its own.
    if name != "demo"
        && let Some(taken) = embedded.taken()
    {
        return Err(Failure::Usage(neighbour::instead(&taken).await));
    }
    let backend = Arc::clone(&embedded.backend);
    let around = Around::new(config, Some(embedded), story);
    let mut notices = Vec::new();
    if name == "demo" {
        let door = around.start().await.map_err(Failure::Usage)?;
        notices.extend(door.map(Message::note));
    }
    Ok(Scene {
        backend,
        host: Arc::new(around),
        first: None,
        clock: Clock::local(),
        notices,
    })
}

/// What `sources` name. A trace id among them is the trace to open; alone, where the configuration
/// says, or at the neighbour's.
fn read(sources: &[String], manner: Manner, session: &Session) -> Result<Scene, Failure> {
    let config = &session.config;
    let (ids, words): (Vec<_>, Vec<_>) = sources
        .iter()
        .cloned()
        .partition(|word| is_trace_id(word, config));
    let first = match ids.as_slice() {
        [] => None,
        [id] => Some(show::trace_id(id)?),
        _ => {
            return Err(Failure::usage(
                "one trace id is enough: the others can be pasted",
            ));
        }
    };
    let opened = source::open(config, &words, manner)?;
    let around = Around::new(config.clone(), None, DemoArgs::default());
    Ok(Scene {
        backend: opened.backend,
        host: Arc::new(around),
        first,
        clock: opened.clock.unwrap_or_else(Clock::local),
        notices: Vec::new(),
    })
}

/// A trace id, or a header or a line of a log with one, if it is not the name of something that can
/// be read.
fn is_trace_id(word: &str, config: &Config) -> bool {
    let is_id = || word.trim().parse::<TraceId>().is_ok();
    let holds_one =
        || !word.contains("://") && pasted::find(word).iter().any(|found| found.is_certain);
    let is_source = config.backends.contains_key(word) || Path::new(word).exists();
    !is_source && (is_id() || holds_one())
}

/// Runs the interface. What runs beside it ends with it; nobody waits for that.
fn play(
    runtime: Runtime,
    scene: Scene,
    beginning: Beginning,
    session: &Session,
) -> Result<Outcome, Failure> {
    let look = &session.look;
    let (mut setup, messages) =
        Setup::configured(&session.config, scene.clock, look.depth, look.charset);
    setup.standing = beginning.standing;
    setup.fresh = beginning.fresh;
    let kept = Paths::of_user().map(|paths| paths.state.join("session.json"));
    if let Some(path) = &kept {
        setup.recall(path);
    }
    let problems = session.problems.iter();
    let watched = Watched::new(&scene.backend);
    let stage = Stage {
        setup,
        backend: scene.backend,
        host: scene.host,
        first: scene.first,
        session: kept,
        notices: problems
            .map(|problem| Message::doubt(problem.to_string()))
            .chain(messages)
            .chain(scene.notices)
            .collect(),
    };
    let played = runtime.block_on(async {
        watched.at_once().await?;
        // Dropped, the interface restores the terminal; the failure is said after that.
        tokio::select! {
            biased;
            played = tui::run(stage) => played.map_err(Failure::usage),
            failure = watched.failure() => Err(failure.into()),
        }
    });
    runtime.shutdown_background();
    Ok(played?.map_or(Outcome::Found, Outcome::Signal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_id_is_one_unless_there_is_something_of_that_name() {
        let config = Config::default();
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert!(is_trace_id(parent, &config));
        assert!(is_trace_id("7f1c9d", &config));
        assert!(is_trace_id("uber-trace-id: 7f1c9d2a:1:0:1", &config));
        for source in [
            "src",
            "-",
            "http://localhost:16686",
            "orders.json",
            "gone-0af7651916cd43dd8448eb211c80319c.json",
            "",
        ] {
            assert!(!is_trace_id(source, &config), "{source}");
        }
    }

    #[test]
    fn without_a_terminal_the_twin_is_named() {
        let said = elsewhere(&["a.json".to_owned()]);
        assert!(said.contains("vizsla search -s a.json"), "{said}");
        assert!(elsewhere(&[]).contains("vizsla serve"));
    }
}
