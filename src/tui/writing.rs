//! Writing the traces in view into a file, in the format that its extension names.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc::{Receiver, Sender};
use tokio_util::sync::CancellationToken;

use crate::backend::{BackendError, Part, SearchRequest, Sort};
use crate::format::{Format, Writer};
use crate::model::{Notes, Trace, TraceId};
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
    /// The traces, in their order; none for all that the source has.
    pub traces: Option<Vec<TraceId>>,
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
    let over = named.starts_with('!');
    let name = named.trim_start_matches('!').trim();
    // A file of that name has an ending.
    let (all, name) = match name.split_once(' ') {
        Some(("all", name)) => (true, name.trim_start_matches('!').trim()),
        _ => (name == "all", if name == "all" { "" } else { name }),
    };
    if name.is_empty() {
        let said = "write where? :w FILE.json, or .pb .jaeger.json .zipkin.json .csv .md; :w all FILE writes all there is";
        return Err(said.into());
    }
    if traces.is_empty() && !all {
        return Err(
            "no traces are in view here: gs goes to the search, :w all FILE writes all".into(),
        );
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
        traces: (!all).then_some(traces),
        format: *format,
        over: over || named.contains(" !"),
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

/// Traces that wait to be written while others are fetched.
const AHEAD: usize = 8;

/// Fetches the traces and writes them as they come. What cannot be fetched any more is counted.
pub async fn perform(world: &World, writing: Writing, cancel: CancellationToken) -> Answer {
    let path = writing.path.display().to_string();
    let ids = match &writing.traces {
        Some(traces) => Ok(traces.clone()),
        None => every_trace(world, cancel.clone()).await,
    };
    let (to, traces) = tokio::sync::mpsc::channel(AHEAD);
    let written = tokio::task::spawn_blocking(move || pour(&writing, traces));
    let fetched = match ids {
        Ok(ids) => fetch(world, ids, to, cancel).await,
        Err(error) => Err(error),
    };
    let written = written.await;
    match (fetched, written) {
        (Err(error), _) => Answer::Failed(error.to_string().into()),
        (Ok(gone), Ok(Ok(poured))) => {
            let traces = plural(poured.traces, "trace");
            let spans = plural(poured.spans, "span");
            let notes = match poured.notes {
                0 => String::new(),
                n => format!(
                    "; {} left out, .json has a place for them",
                    plural(n, "note")
                ),
            };
            let gone = match gone {
                0 => String::new(),
                n => format!("; {} no longer there", plural(n, "trace")),
            };
            Answer::Written(format!("{path}: {traces}, {spans} written{gone}{notes}").into())
        }
        (_, Ok(Err(error))) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Answer::Failed(format!("{path} is there already: :w !{path} writes over it").into())
        }
        (_, Ok(Err(error))) => Answer::Failed(format!("cannot write {path}: {error}").into()),
        (_, Err(_)) => Answer::Failed(format!("cannot write {path}").into()),
    }
}

/// The ids of all traces that a source tells of, newest first.
async fn every_trace(
    world: &World,
    cancel: CancellationToken,
) -> Result<Vec<TraceId>, BackendError> {
    let request = SearchRequest {
        query: "{ }".to_owned(),
        window: None,
        limit: usize::MAX,
        sort: Sort::Newest,
    };
    let mut parts = world.backend().search(request, cancel);
    let mut rows = Vec::new();
    while let Some(part) = parts.recv().await {
        match part {
            Part::Rows(more) => rows.extend(more),
            Part::Failed(error) => return Err(error),
            Part::Done(_) => break,
            _ => {}
        }
    }
    rows.sort_by_key(|row| (std::cmp::Reverse(row.start), row.trace_id));
    rows.dedup_by_key(|row| row.trace_id);
    Ok(rows.into_iter().map(|row| row.trace_id).collect())
}

/// Hands traces on as they come. Returns how many are no longer there.
async fn fetch(
    world: &World,
    ids: Vec<TraceId>,
    to: Sender<Arc<Trace>>,
    cancel: CancellationToken,
) -> Result<u64, BackendError> {
    let mut gone = 0;
    for id in ids {
        let Some(trace) = keeping::trace(world, id, cancel.clone()).await? else {
            gone += 1;
            continue;
        };
        // Where nobody takes it any more, who wrote tells why.
        if to.send(trace).await.is_err() {
            break;
        }
    }
    Ok(gone)
}

/// What was written, and how many notes were not since the format has no place for them.
#[derive(Default)]
struct Poured {
    traces: u64,
    spans: u64,
    notes: u64,
}

/// Writes traces as they come.
fn pour(writing: &Writing, mut traces: Receiver<Arc<Trace>>) -> std::io::Result<Poured> {
    let has_notes = !matches!(writing.format, Format::OtlpProto | Format::Csv);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    if !writing.over {
        options.create_new(true);
    }
    let mut file = std::io::BufWriter::new(options.open(&writing.path)?);
    let mut writer = Writer::begin(writing.format, &mut file).map_err(std::io::Error::other)?;
    let mut poured = Poured::default();
    while let Some(trace) = traces.blocking_recv() {
        let one = std::iter::once(trace.as_ref());
        writer.traces(one).map_err(std::io::Error::other)?;
        poured.traces += 1;
        poured.spans += trace.len() as u64;
        if !has_notes {
            poured.notes += Notes::of(&trace).iter().count() as u64;
        }
    }
    writer.finish().map_err(std::io::Error::other)?;
    file.flush()?;
    Ok(poured)
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
        let all = super::plan("all !b.pb", Vec::new()).unwrap();
        assert!(all.traces.is_none() && all.over && all.path == Path::new("b.pb"));
        assert!(super::plan("all", vec![TraceId(1)]).is_err());
    }
}
