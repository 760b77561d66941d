//! Writing the traces in view, or the screen itself, into a file, in the format that its extension
//! names.

pub mod picture;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ratatui::buffer::Buffer;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio_util::sync::CancellationToken;

use crate::backend::{BackendError, Part, SearchRequest, Sort};
use crate::format::{Format, LeftOut, Writer};
use crate::model::{Trace, TraceId};
use crate::text::plural;

use super::answer::{Answer, Request};
use super::app::State;
use super::effect::Effect;
use super::job::Purpose;
use super::message::Message;
use super::page::Page;
use super::runtime::ask::World;
use super::runtime::keeping;
use super::screen::Screen;
use super::snapshot;
use super::theme::Theme;
use super::update::ask;

/// What the end of a name asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The traces, in a format.
    Traces(Format),
    /// The screen as text.
    Text,
    /// The screen as a picture.
    Picture,
}

/// Ends of names, longest first, and what they stand for.
const ENDINGS: [(&str, Kind); 14] = [
    (".chrome.json", Kind::Traces(Format::Chrome)),
    (".jaeger.json", Kind::Traces(Format::JaegerJson)),
    (".zipkin.json", Kind::Traces(Format::ZipkinV2)),
    (".otlp.json", Kind::Traces(Format::OtlpJson)),
    (".markdown", Kind::Traces(Format::Markdown)),
    (".binpb", Kind::Traces(Format::OtlpProto)),
    (".jsonl", Kind::Traces(Format::OtlpJson)),
    (".ndjson", Kind::Traces(Format::OtlpJson)),
    (".json", Kind::Traces(Format::OtlpJson)),
    (".csv", Kind::Traces(Format::Csv)),
    (".pb", Kind::Traces(Format::OtlpProto)),
    (".md", Kind::Traces(Format::Markdown)),
    (".txt", Kind::Text),
    (".svg", Kind::Picture),
];

/// What is to be written where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// The file.
    pub path: PathBuf,
    what: What,
    /// Whether a file that is there may go.
    over: bool,
}

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// Traces, in their order; none for all that the source has.
    Traces(Option<Vec<TraceId>>, Format),
    /// The screen, as it was seen.
    Screen(String),
}

/// Begins to write what is in view; says why if it cannot. A `!` before the name means: even if
/// there is such a file.
pub fn begin(state: &mut State, named: &str, effects: &mut Vec<Effect>) {
    match plan(named, state) {
        Ok(writing) => {
            let label = format!("writing {}", writing.path.display());
            let request = Request::Write(writing);
            ask(state, Purpose::Errand, label, request, effects);
        }
        Err(why) => state.shared.say(Message::doubt(why)),
    }
}

fn plan(named: &str, state: &State) -> Result<Writing, String> {
    let asked = asked(named)?;
    let what = match asked.kind {
        Kind::Text => What::Screen(seen(state, snapshot::text)),
        Kind::Picture => What::Screen(seen(state, snapshot::svg)),
        Kind::Traces(format) if asked.all => What::Traces(None, format),
        Kind::Traces(format) => {
            let screen = state.screen().map(Screen::page);
            let traces = screen.map(Page::traces).unwrap_or_default();
            if traces.is_empty() {
                let said =
                    "no traces are in view here: gs goes to the search, :w all FILE writes all";
                return Err(said.into());
            }
            What::Traces(Some(traces), format)
        }
    };
    Ok(Writing {
        path: asked.path,
        what,
        over: asked.over,
    })
}

fn seen(state: &State, write: fn(&Buffer, &Theme) -> String) -> String {
    let (buffer, _) = super::view::render(state);
    write(&buffer, &state.shared.theme)
}

/// What was typed behind `:w`.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    path: PathBuf,
    kind: Kind,
    all: bool,
    over: bool,
}

fn asked(named: &str) -> Result<Asked, String> {
    let over = named.starts_with('!');
    let name = named.trim_start_matches('!').trim();
    // A file of that name has an ending.
    let (all, name) = match name.split_once(' ') {
        Some(("all", name)) => (true, name.trim_start_matches('!').trim()),
        _ => (name == "all", if name == "all" { "" } else { name }),
    };
    if name.is_empty() {
        let said = "write where? :w FILE.json, or .pb .jaeger.json .zipkin.json .chrome.json .csv .md, the screen as .txt .svg; :w all FILE writes all there is";
        return Err(said.into());
    }
    let found = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
    let Some((_, kind)) = found else {
        let known: Vec<&str> = ENDINGS.iter().map(|(ending, _)| *ending).collect();
        return Err(format!(
            "the end of {name} names no format: {}",
            known.join(" ")
        ));
    };
    Ok(Asked {
        path: at_home(name),
        kind: *kind,
        all,
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
    let (ids, format) = match &writing.what {
        What::Screen(text) => {
            let written = open(&writing).and_then(|mut file| file.write_all(text.as_bytes()));
            return match written {
                Ok(()) => Answer::Written(format!("{path}: the screen, as it was").into()),
                Err(error) => failed(&path, &error),
            };
        }
        What::Traces(Some(traces), format) => (Ok(traces.clone()), *format),
        What::Traces(None, format) => (every_trace(world, cancel.clone()).await, *format),
    };
    let (to, traces) = tokio::sync::mpsc::channel(AHEAD);
    let written = tokio::task::spawn_blocking(move || pour(&writing, format, traces));
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
            let left_out = poured.left_out.words();
            let left_out = left_out.map_or_else(String::new, |words| {
                format!("; {words} left out, .json has a place for that")
            });
            let gone = match gone {
                0 => String::new(),
                n => format!("; {} no longer there", plural(n, "trace")),
            };
            Answer::Written(format!("{path}: {traces}, {spans} written{gone}{left_out}").into())
        }
        (_, Ok(Err(error))) => failed(&path, &error),
        (_, Err(_)) => Answer::Failed(format!("cannot write {path}").into()),
    }
}

fn failed(path: &str, error: &std::io::Error) -> Answer {
    Answer::Failed(match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            format!("{path} is there already: :w !{path} writes over it").into()
        }
        _ => format!("cannot write {path}: {error}").into(),
    })
}

/// The file to be written, which is not there yet unless it may go.
fn open(writing: &Writing) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    if !writing.over {
        options.create_new(true);
    }
    options.open(&writing.path)
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

/// What was written, and what was not since the format has no place for it.
#[derive(Default)]
struct Poured {
    traces: u64,
    spans: u64,
    left_out: LeftOut,
}

/// Writes traces as they come.
fn pour(
    writing: &Writing,
    format: Format,
    mut traces: Receiver<Arc<Trace>>,
) -> std::io::Result<Poured> {
    let mut file = std::io::BufWriter::new(open(writing)?);
    let mut writer = Writer::begin(format, &mut file).map_err(std::io::Error::other)?;
    let mut poured = Poured::default();
    while let Some(trace) = traces.blocking_recv() {
        let one = std::iter::once(trace.as_ref());
        writer.traces(one).map_err(std::io::Error::other)?;
        poured.traces += 1;
        poured.spans += trace.len() as u64;
        poured.left_out.count(format, &trace);
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
        let kind = |name: &str| asked(name).map(|asked| asked.kind);
        assert_eq!(kind("a.json"), Ok(Kind::Traces(Format::OtlpJson)));
        assert_eq!(kind("a.jaeger.json"), Ok(Kind::Traces(Format::JaegerJson)));
        assert_eq!(kind("a.chrome.json"), Ok(Kind::Traces(Format::Chrome)));
        assert_eq!(kind("!a.md"), Ok(Kind::Traces(Format::Markdown)));
        assert_eq!(kind("a b.svg"), Ok(Kind::Picture));
        assert!(asked("!a.md").is_ok_and(|asked| asked.over));
        assert!(kind("a.doc").is_err_and(|why| why.contains(".zipkin.json")));
        let all = asked("all !b.pb").unwrap();
        assert!(all.all && all.over && all.path == Path::new("b.pb"));
        assert!(asked("all").is_err());
    }
}
