//! What every subcommand is given: the merged configuration, standard output, the clock.

use std::any::Any;
use std::io::{IsTerminal, Write};

use clap::ArgMatches;
use clap::parser::ValueSource;

use crate::backend::Backend;
use crate::config::{Config, Layer, Listener, Origin, Problem, SecretSource, Setting, terminal};
use crate::text::Clock;

use super::args::{self, Cli, Command, SourceArgs};
use super::failure::say;
use super::meter::Meter;
use super::output::{Look, Out};
use super::source::Manner;
use super::{Failure, Outcome, source};

/// One run of the program.
pub struct Session {
    /// The merged configuration.
    pub config: Config,
    /// What is wrong in the configuration file.
    pub problems: Vec<Problem>,
    /// Standard output.
    pub out: Out,
    /// How data is to look there.
    pub look: Look,
    quiet: bool,
    verbose: u8,
}

impl Session {
    /// Merges the configuration and looks at standard output.
    pub fn new(cli: &Cli, matches: &ArgMatches) -> Self {
        let (config, problems) =
            Config::load(cli.global.config_file.as_deref(), layer(cli, matches));
        let tty = std::io::stdout().is_terminal();
        let env = |name: &str| std::env::var(name).ok();
        let look = Look {
            tty,
            depth: config.color.value.depth(tty, env),
            charset: terminal::charset(config.ascii.value, env),
            columns: if tty { columns() } else { None },
            clock: Clock::local(),
        };
        let (quiet, verbose) = (cli.global.quiet, cli.global.verbose);
        Self {
            config,
            problems,
            out: Out::stdout(),
            look,
            quiet,
            verbose,
        }
    }

    /// Says something beside the data on standard error, unless told to be quiet.
    pub fn note(&self, line: impl AsRef<str>) {
        if !self.quiet {
            say(line.as_ref());
        }
    }

    /// A line that tells how far reading is.
    pub(super) fn meter(&self) -> Meter {
        Meter::new(self.quiet)
    }

    /// Says what only `-v` wants to know.
    pub fn detail(&self, line: impl AsRef<str>) {
        if self.verbose > 0 {
            say(line.as_ref());
        }
    }

    /// Says what is wrong in the configuration; subcommands that do not heed it need not.
    pub fn note_problems(&self) {
        for problem in &self.problems {
            self.note(problem.to_string());
        }
    }

    /// Opens a source, asks it, and says what it has to remark.
    pub(super) fn ask<T>(
        &mut self,
        args: &SourceArgs,
        question: impl AsyncFnOnce(&dyn Backend, &Look) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.note_problems();
        let manner = Manner {
            format: args.input.input_format,
            patient: true,
            follow: false,
        };
        runtime()?.block_on(async {
            let opened = source::open(&self.config, &args.source, manner)?;
            if let Some(clock) = opened.clock {
                self.look.clock = clock;
            }
            let (backend, mut meter) = (opened.backend.as_ref(), self.meter());
            let answer = question(backend, &self.look);
            let answer = tokio::join!(answer, meter.watch(backend)).0;
            let failure = answer.as_ref().err().map(ToString::to_string);
            for line in opened.backend.recognised() {
                self.detail(line);
            }
            for remark in opened.backend.remarks() {
                // What the failure itself begins with is said once, at the end.
                if !failure
                    .as_ref()
                    .is_some_and(|failure| failure.starts_with(&remark))
                {
                    self.note(remark);
                }
            }
            answer
        })
    }

    /// Passes on what is still held back.
    pub(super) fn finish(mut self, outcome: Result<Outcome, Failure>) -> Result<Outcome, Failure> {
        let flushed = self.out.flush().map_err(Failure::from);
        outcome.and_then(|outcome| flushed.map(|()| outcome))
    }
}

/// The threads that questions and listeners run on.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build().map_err(Failure::usage)
}

/// The columns of the terminal: `COLUMNS`, else what the terminal says.
fn columns() -> Option<usize> {
    let told = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    told.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
}

/// What flags and their environment twins say.
fn layer(cli: &Cli, matches: &ArgMatches) -> Layer {
    let given = Given::of(matches);
    let mut layer = Layer {
        theme: given.setting("theme", "theme", "VIZSLA_THEME"),
        color: given.setting("color", "color", "VIZSLA_COLOR"),
        ascii: given.switch("ascii", "ascii", "VIZSLA_ASCII"),
        max_memory: given.setting("max_memory", "max-memory", "VIZSLA_MAX_MEMORY"),
        ..Layer::default()
    };
    if let None | Some(Command::Serve(_) | Command::Demo(_)) = cli.command {
        add_listen(&mut layer, &given);
    }
    layer
}

fn add_listen(layer: &mut Layer, given: &Given<'_>) {
    for listener in Listener::ALL {
        let id = crate::config::file::key_of(listener);
        let setting = given.setting(id, listener.name(), env_of(id));
        layer
            .listen
            .extend(setting.map(|setting| (listener, setting)));
    }
    let file = given.setting(
        "auth_token_file",
        "auth-token-file",
        "VIZSLA_AUTH_TOKEN_FILE",
    );
    layer.auth_token = file
        .map(|Setting { value, origin }| Setting {
            value: SecretSource::File(value),
            origin,
        })
        .or_else(token_of_environment);
    layer.allow_open = given.switch("allow_open", "allow-open", "VIZSLA_ALLOW_OPEN");
    layer.cors_origins = given.list("cors_origin", "cors-origin", "VIZSLA_CORS_ORIGIN");
    layer.allow_hosts = given.list("allow_host", "allow-host", "VIZSLA_ALLOW_HOST");
}

fn token_of_environment() -> Option<Setting<SecretSource>> {
    const NAME: &str = "VIZSLA_AUTH_TOKEN";
    std::env::var_os(NAME).filter(|value| !value.is_empty())?;
    Some(Setting {
        value: SecretSource::Env(NAME.into()),
        origin: Origin::Environment(NAME),
    })
}

/// The variable of a listener's address.
fn env_of(key: &str) -> &'static str {
    match key {
        "otlp_grpc" => "VIZSLA_OTLP_GRPC",
        "otlp_http" => "VIZSLA_OTLP_HTTP",
        "query" => "VIZSLA_QUERY",
        "jaeger_thrift_http" => "VIZSLA_JAEGER_THRIFT_HTTP",
        "jaeger_compact" => "VIZSLA_JAEGER_COMPACT",
        "jaeger_binary" => "VIZSLA_JAEGER_BINARY",
        "jaeger_grpc" => "VIZSLA_JAEGER_GRPC",
        "zipkin" => "VIZSLA_ZIPKIN",
        "sampling" => "VIZSLA_SAMPLING",
        _ => "VIZSLA_QUERY_GRPC",
    }
}

/// What was given, and by whom; what stands before the subcommand's name counts, too.
struct Given<'m> {
    before: &'m ArgMatches,
    behind: &'m ArgMatches,
}

impl<'m> Given<'m> {
    fn of(matches: &'m ArgMatches) -> Self {
        Self {
            before: matches,
            behind: args::behind(matches).1,
        }
    }

    /// The level that says what an argument is, and who said so there.
    fn level(&self, id: &str) -> Option<(&'m ArgMatches, ValueSource)> {
        let levels = [self.behind, self.before].into_iter();
        let sources = levels.filter_map(|level| {
            level.try_contains_id(id).ok()?;
            Some((level, level.value_source(id)?))
        });
        // A default is least, the environment more, and what was typed most; of equals, what stands behind.
        sources.rev().max_by_key(|&(_, source)| source)
    }

    fn origin(source: ValueSource, flag: &'static str, env: &'static str) -> Origin {
        match source {
            ValueSource::EnvVariable => Origin::Environment(env),
            _ => Origin::Flag(flag),
        }
    }

    fn setting<T: Any + Clone + Send + Sync>(
        &self,
        id: &str,
        flag: &'static str,
        env: &'static str,
    ) -> Option<Setting<T>> {
        let (level, source) = self.level(id)?;
        let value = level.try_get_one::<T>(id).ok().flatten()?.clone();
        let origin = Self::origin(source, flag, env);
        Some(Setting { value, origin })
    }

    fn switch(&self, id: &str, flag: &'static str, env: &'static str) -> Option<Setting<bool>> {
        self.setting(id, flag, env).filter(|setting| setting.value)
    }

    fn list(
        &self,
        id: &str,
        flag: &'static str,
        env: &'static str,
    ) -> Option<Setting<Vec<String>>> {
        let (level, source) = self.level(id)?;
        let value = level.try_get_many(id).ok().flatten()?.cloned().collect();
        let origin = Self::origin(source, flag, env);
        Some(Setting { value, origin })
    }
}
