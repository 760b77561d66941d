//! Writing the traces in view into a file, in the format that its extension names.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;

use crate::format::{Format, write};
use crate::model::TraceId;
use crate::text::plural;

use super::answer::{Answer, Request};
use super::app::State;
use super::effect::Effect;
use super::job::Purpose;
use super::message::Message;
use super::runtime::ask::World;
use super::runtime::keeping;
use super::update::ask;

/// Ends of names, longest first, and what they stand for.
const ENDINGS: [(&str, Format); 11] = [
    (".jaeger.json", Format::JaegerJson),
    (".zipkin.json", Format::ZipkinV2),
    (".otlp.json", Format::OtlpJson),
    (".markdown", Format::Markdown),
    (".binpb", Format::OtlpProto),
    (".jsonl", Format::OtlpJson),
    (".ndjson", Format::OtlpJson),
    (".json", Format::OtlpJson),
    (".csv", Format::Csv),
    (".pb", Format::OtlpProto),
    (".md", Format::Markdown),
];

/// What is to be written where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// The file.
    pub path: PathBuf,
    /// The traces, in their order.
    pub traces: Vec<TraceId>,
    format: Format,
    /// Whether a file that is there may go.
    over: bool,
}

/// Begins to write what is in view; says why if it cannot. A `!` before the name means: even if
/// there is such a file.
pub fn begin(state: &mut State, named: &str, effects: &mut Vec<Effect>) {
    let traces = state
        .screen()
        .map(|screen| screen.page().traces())
        .unwrap_or_default();
    match plan(named, traces) {
        Ok(writing) => {
            let label = format!("writing {}", writing.path.display());
            let request = Request::Write(writing);
            ask(state, Purpose::Errand, label, request, effects);
        }
        Err(why) => state.shared.say(Message::doubt(why)),
    }
}

fn plan(named: &str, traces: Vec<TraceId>) -> Result<Writing, String> {
    let name = named.trim_start_matches('!').trim();
    if name.is_empty() {
        return Err("write where? :w FILE.json, or .pb .jaeger.json .zipkin.json .csv .md".into());
    }
    if traces.is_empty() {
        return Err("no traces are in view here: gs goes to the search".into());
    }
    let found = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
    let Some((_, format)) = found else {
        let known: Vec<&str> = ENDINGS.iter().map(|(ending, _)| *ending).collect();
        return Err(format!(
            "the end of {name} names no format: {}",
            known.join(" ")
        ));
    };
    Ok(Writing {
        path: at_home(name),
        traces,
        format: *format,
        over: named.starts_with('!'),
    })
}

/// `~/` is the user's home.
fn at_home(name: &str) -> PathBuf {
    let below = name.strip_prefix("~/");
    match (below, std::env::var_os("HOME")) {
        (Some(below), Some(home)) => Path::new(&home).join(below),
        _ => PathBuf::from(name),
    }
}

/// Fetches the traces and writes them. What cannot be fetched any more is counted.
pub async fn perform(world: &World, writing: Writing, cancel: CancellationToken) -> Answer {
    let path = writing.path.clone();
    let mut traces = Vec::with_capacity(writing.traces.len());
    for id in &writing.traces {
        match keeping::trace(world, *id, cancel.clone()).await {
            Ok(found) => traces.extend(found),
            Err(error) => return Answer::Failed(error.to_string().into()),
        }
    }
    let gone = writing.traces.len() - traces.len();
    let spans = traces.iter().map(|trace| trace.len() as u64).sum();
    let count = plural(traces.len() as u64, "trace");
    let written = tokio::task::spawn_blocking(move || {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        if !writing.over {
            options.create_new(true);
        }
        let mut file = std::io::BufWriter::new(options.open(&writing.path)?);
        let each = traces.iter().map(AsRef::as_ref);
        write(writing.format, &mut file, each).map_err(std::io::Error::other)?;
        file.flush()
    });
    let path = path.display();
    match written.await {
        Ok(Ok(())) => {
            let spans = plural(spans, "span");
            let gone = match gone {
                0 => String::new(),
                n => format!("; {} no longer there", plural(n as u64, "trace")),
            };
            Answer::Written(format!("{path}: {count}, {spans} written{gone}").into())
        }
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Answer::Failed(format!("{path} is there already: :w !{path} writes over it").into())
        }
        Ok(Err(error)) => Answer::Failed(format!("cannot write {path}: {error}").into()),
        Err(_) => Answer::Failed(format!("cannot write {path}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_names_the_format() {
        let plan = |name: &str| plan(name, vec![TraceId(1)]);
        let format = |name: &str| plan(name).map(|writing| writing.format);
        assert_eq!(format("a.json"), Ok(Format::OtlpJson));
        assert_eq!(format("a.jaeger.json"), Ok(Format::JaegerJson));
        assert_eq!(format("!a.md"), Ok(Format::Markdown));
        assert!(plan("!a.md").is_ok_and(|writing| writing.over));
        assert!(format("a.doc").is_err_and(|why| why.contains(".zipkin.json")));
        assert!(super::plan("a.json", Vec::new()).is_err());
    }
}
