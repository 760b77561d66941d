//! The arguments that several subcommands share, and the list of subcommands.

use std::path::PathBuf;

use clap::builder::{FalseyValueParser, PossibleValuesParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Args, Parser, Subcommand, ValueHint};

use crate::config::{Color, Listen, Listener};
use crate::format::Format;
use crate::text::{parse_duration, parse_size};

use super::{
    Failure, completions, config, convert, demo, deps, keys, man, operations, search, serve,
    services, show, snap, standing::StandingArgs, stats, themes,
};

/// Finds out where the time of a distributed system went, from a terminal.
#[derive(Debug, Parser)]
#[command(
    name = "vizsla",
    version,
    max_term_width = 100,
    before_long_help = EXAMPLES,
    disable_help_subcommand = true,
    after_help = "Exit: 0 found, 1 nothing found, 2 arguments or input at fault, 3 backend failed.\n\
                  --help has examples and every default."
)]
pub struct Cli {
    /// What to do; without it, the terminal interface opens.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Files, a folder, - (standard input), a backend's name or URL, a trace id, or a header or a line of a log with one.
    #[arg(value_name = "SOURCE", value_hint = ValueHint::AnyPath)]
    pub sources: Vec<String>,
    /// Go on reading where a file ends: it is being written to, and may be rotated
    #[arg(long, requires = "sources", help_heading = "Source")]
    pub follow: bool,
    /// Begin anew, not where this source was left last
    #[arg(long)]
    pub fresh: bool,
    /// How the sources are read.
    #[command(flatten)]
    pub input: InputArgs,
    /// Where the trace is opened.
    #[command(flatten)]
    pub standing: StandingArgs,
    /// What listens while no source is given.
    #[command(flatten)]
    pub listen: ListenArgs,
    /// Everywhere.
    #[command(flatten)]
    pub global: GlobalArgs,
}

const EXAMPLES: &str = "\
Examples:
  vizsla demo                              a living example system, here, offline
  vizsla                                   listen for OTLP on 4317 and 4318, and show what comes
  vizsla orders.json.gz                    look into a file; several are one data set
  kubectl exec ... | vizsla -              look into what another command prints
  vizsla jaeger+http://localhost:16686     the same screens over a Jaeger
  vizsla search '{ status = error }' --since 15m
  vizsla show 7f1c9d --format json | jq .";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// A living example system: the interface over it, or only its spans
    Demo(Box<demo::DemoArgs>),
    /// Find traces
    Search(Box<search::SearchArgs>),
    /// Show one trace
    Show(show::ShowArgs),
    /// List the services
    Services(services::ServicesArgs),
    /// List the operations
    Operations(operations::OperationsArgs),
    /// Who calls whom, how often, how fast
    Deps(deps::DepsArgs),
    /// What was received, and what became of it
    Stats(stats::StatsArgs),
    /// Write traces in another format
    Convert(convert::ConvertArgs),
    /// Press keys without a terminal, and keep the last screen
    Snap(Box<snap::SnapArgs>),
    /// Listen, keep and answer, without a terminal
    Serve(Box<serve::ServeArgs>),
    /// Show, check or begin the configuration
    Config(config::ConfigArgs),
    /// List the keys and what they do
    Keys(keys::KeysArgs),
    /// List the themes
    Themes(themes::ThemesArgs),
    /// Print completions for a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write one per subcommand
    Man(man::ManArgs),
}

/// Arguments of every subcommand.
#[derive(Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct GlobalArgs {
    /// Theme, or auto: by the terminal's background
    #[arg(long, global = true, value_name = "NAME", env = "VIZSLA_THEME")]
    pub theme: Option<String>,
    /// Colours: auto, truecolor, 256, 16 or mono
    #[arg(long, global = true, value_name = "DEPTH", env = "VIZSLA_COLOR")]
    pub color: Option<Color>,
    /// Draw with ASCII only
    #[arg(long, global = true, env = "VIZSLA_ASCII", value_parser = FalseyValueParser::new())]
    pub ascii: bool,
    /// Configuration instead of the user's own
    #[arg(long = "config", global = true, value_name = "FILE", env = "VIZSLA_CONFIG", value_hint = ValueHint::FilePath)]
    pub config_file: Option<PathBuf>,
    /// Say less: only errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more; twice: even more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// Where the traces are that a subcommand is about.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Source")]
pub struct SourceArgs {
    /// File, folder, -, backend's name or URL, or `kept` for what you kept; several files are one data set
    #[arg(short, long = "source", value_name = "SOURCE", env = "VIZSLA_SOURCE", value_hint = ValueHint::AnyPath)]
    pub source: Vec<String>,
    /// How it is read.
    #[command(flatten)]
    pub input: InputArgs,
}

/// How files are read.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Source")]
pub struct InputArgs {
    /// Read files as this format instead of recognising it
    #[arg(long, value_name = "FORMAT", hide_short_help = true, value_parser = formats(Format::is_readable))]
    pub input_format: Option<Format>,
    /// How much is kept.
    #[command(flatten)]
    pub memory: MemoryArgs,
}

/// How much is kept in memory.
#[derive(Clone, Debug, Default, Args)]
pub struct MemoryArgs {
    /// Budget of the store [default: 512MiB]
    #[arg(long, value_name = "SIZE", env = "VIZSLA_MAX_MEMORY", hide_short_help = true, value_parser = size)]
    pub max_memory: Option<u64>,
}

/// The names of the formats of which this is true.
pub fn formats(fit: impl Fn(Format) -> bool) -> impl TypedValueParser<Value = Format> {
    let full = Format::ALL
        .into_iter()
        .filter(|&format| fit(format))
        .map(Format::name);
    let short = ["otlp", "jaeger", "zipkin"].into_iter();
    let names: Vec<_> = short.chain(full).collect();
    PossibleValuesParser::new(names)
        .map(|name| Format::from_name(&name).unwrap_or(Format::OtlpJson))
}

/// Reads a duration in ns, for clap.
pub fn nanos(text: &str) -> Result<u64, String> {
    parse_duration(text).map_err(|wrong| wrong.to_string())
}

fn size(text: &str) -> Result<u64, String> {
    parse_size(text).map_err(|wrong| wrong.to_string())
}

/// What listens, where, and who may come.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Listeners (an address such as 127.0.0.1:0, or off)")]
pub struct ListenArgs {
    /// OTLP over gRPC [default: 127.0.0.1:4317]
    #[arg(long, hide_short_help = true, value_name = "ADDR", env = "VIZSLA_OTLP_GRPC", value_parser = |text: &str| Listener::OtlpGrpc.parse(text))]
    pub otlp_grpc: Option<Listen>,
    /// OTLP over HTTP [default: 127.0.0.1:4318]
    #[arg(long, hide_short_help = true, value_name = "ADDR", env = "VIZSLA_OTLP_HTTP", value_parser = |text: &str| Listener::OtlpHttp.parse(text))]
    pub otlp_http: Option<Listen>,
    /// Query service over HTTP, Jaeger's and Tempo's API [default: 127.0.0.1:16686]
    #[arg(long, hide_short_help = true, value_name = "ADDR", env = "VIZSLA_QUERY", value_parser = |text: &str| Listener::Query.parse(text))]
    pub query: Option<Listen>,
    /// Jaeger Thrift over HTTP [default: off]
    #[arg(long, hide_short_help = true, value_name = "ADDR", env = "VIZSLA_JAEGER_THRIFT_HTTP", value_parser = |text: &str| Listener::JaegerThriftHttp.parse(text))]
    pub jaeger_thrift_http: Option<Listen>,
    /// Jaeger agent, compact Thrift over UDP [default: off]
    #[arg(long, hide_short_help = true, value_name = "ADDR", env = "VIZSLA_JAEGER_COMPACT", value_parser = |text: &str| Listener::JaegerCompact.parse(text))]
    pub jaeger_compact: Option<Listen>,
    /// Jaeger agent, binary Thrift over UDP [default: off]
    #[arg(long, hide_short_help = true, value_name = "ADDR", env = "VIZSLA_JAEGER_BINARY", value_parser = |text: &str| Listener::JaegerBinary.parse(text))]
    pub jaeger_binary: Option<Listen>,
    /// Jaeger collector over gRPC [default: off]
    #[arg(long, hide_short_help = true, value_name = "ADDR", env = "VIZSLA_JAEGER_GRPC", value_parser = |text: &str| Listener::JaegerGrpc.parse(text))]
    pub jaeger_grpc: Option<Listen>,
    /// Zipkin [default: off]
    #[arg(long, hide_short_help = true, value_name = "ADDR", env = "VIZSLA_ZIPKIN", value_parser = |text: &str| Listener::Zipkin.parse(text))]
    pub zipkin: Option<Listen>,
    /// Sampling strategies over HTTP [default: off]
    #[arg(long, hide_short_help = true, value_name = "ADDR", env = "VIZSLA_SAMPLING", value_parser = |text: &str| Listener::Sampling.parse(text))]
    pub sampling: Option<Listen>,
    /// Query service over gRPC [default: off]
    #[arg(long, hide_short_help = true, value_name = "ADDR", env = "VIZSLA_QUERY_GRPC", value_parser = |text: &str| Listener::QueryGrpc.parse(text))]
    pub query_grpc: Option<Listen>,
    /// Token that clients must send, where others than this machine can connect; `VIZSLA_AUTH_TOKEN` may hold the token itself
    #[arg(long, hide_short_help = true, value_name = "FILE", env = "VIZSLA_AUTH_TOKEN_FILE", value_hint = ValueHint::FilePath)]
    pub auth_token_file: Option<PathBuf>,
    /// Let everybody connect who can
    #[arg(long, hide_short_help = true, env = "VIZSLA_ALLOW_OPEN", value_parser = FalseyValueParser::new())]
    pub allow_open: bool,
    /// Web pages that may send and ask, as in https://*.example.org; repeatable
    #[arg(
        long,
        hide_short_help = true,
        value_name = "ORIGIN",
        env = "VIZSLA_CORS_ORIGIN",
        value_delimiter = ','
    )]
    pub cors_origin: Vec<String>,
    /// Further name that this machine is asked by; repeatable
    #[arg(
        long,
        hide_short_help = true,
        value_name = "HOST",
        env = "VIZSLA_ALLOW_HOST",
        value_delimiter = ','
    )]
    pub allow_host: Vec<String>,
}

/// The subcommand that was asked for, and what stands behind its name.
pub fn behind(matches: &ArgMatches) -> (Option<&str>, &ArgMatches) {
    let mut found = (None, matches);
    while let Some((name, below)) = found.1.subcommand() {
        found = (Some(name), below);
    }
    found
}

/// Refuses what stands before a subcommand's name and means nothing to it: nothing given is
/// passed over in silence.
pub fn in_place(command: &clap::Command, matches: &ArgMatches) -> Result<(), Failure> {
    let (Some(name), behind) = behind(matches) else {
        return Ok(());
    };
    let stray = command.get_arguments().find(|argument| {
        let id = argument.get_id().as_str();
        let typed = matches.value_source(id) == Some(ValueSource::CommandLine);
        typed && behind.try_contains_id(id).is_err()
    });
    let Some(stray) = stray else {
        return Ok(());
    };
    Err(Failure::usage(match stray.get_long() {
        Some(flag) => {
            format!("--{flag} means nothing to {name}: vizsla {name} --help lists what does")
        }
        None => format!("a source before {name}: write vizsla {name} -s SOURCE"),
    }))
}
