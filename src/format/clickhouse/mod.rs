//! Rows of the table `otel_traces`, as the collector's `clickhouse` exporter keeps spans and
//! `ClickHouse` hands them out: `FORMAT JSONEachRow` (a row a line), `JSON` (rows below `data`) and
//! `JSONCompact`'s siblings with named columns.
//!
//! Attributes are maps whose values are all text; of a column of type `JSON` they are nested
//! objects. Events and links are parallel lists, one for each part, or, of tables made with
//! `flatten_nested = 0`, lists of objects.
//!
//! ```text
//! {"Timestamp":"2026-11-03 14:02:11.204000000","TraceId":"5b8e","SpanId":"eee1","ParentSpanId":"",
//!  "SpanName":"GET /","SpanKind":"Server","ServiceName":"shop","Duration":"730000000",
//!  "StatusCode":"Error","SpanAttributes":{"http.method":"GET"},"Events.Timestamp":[...],...}
//! ```

use super::draft::Rejection;
use super::json::{JsonKind, JsonReader, JsonResult};
use super::output::Output;
use super::problem::Problem;
use super::row::{self, Row};
use super::walk::Walk;
use crate::model::{PairIx, SpanId, Sym, Time, TraceId};

/// Decodes rows: one document or several, one after another.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(text: &[u8], out: Output<'_>) -> Result<(), Problem> {
    let walk = Walk::new(text, out, State::default());
    walk.documents(Walk::document)
}

/// What is kept from one row to the next: scratch only.
#[derive(Default)]
struct State<'a> {
    row: Row,
    pairs: Vec<PairIx>,
    events: Columns<'a>,
    links: Columns<'a>,
}

/// Where the parallel lists of a row begin: of events times, names and attributes, of links ids,
/// span ids, trace states and attributes.
type Columns<'a> = [Option<JsonReader<'a>>; 4];

const EVENTS: [&str; 4] = ["Events.Timestamp", "Events.Name", "Events.Attributes", ""];
const LINKS: [&str; 4] = [
    "Links.TraceId",
    "Links.SpanId",
    "Links.TraceState",
    "Links.Attributes",
];

impl<'a> Walk<'a, '_, State<'a>> {
    /// A row, or an answer around some.
    fn document(&mut self) -> JsonResult<()> {
        if is_answer(self.json.clone()).unwrap_or(false) {
            return self.object(|walk, key| match key {
                "data" => walk.items(Self::row),
                _ => Ok(()),
            });
        }
        self.row()
    }

    fn row(&mut self) -> JsonResult<()> {
        self.span(Self::columns)?;
        self.offer();
        Ok(())
    }

    fn columns(&mut self) -> JsonResult<Result<(), Rejection>> {
        let state = &mut self.state;
        state.row.clear();
        (state.events, state.links) = (Columns::default(), Columns::default());
        self.flat(Self::column)?;
        let behind = self.json.clone();
        self.events()?;
        self.links()?;
        self.json.go_to(&behind);
        Ok(self.state.row.add(self.out.builder))
    }

    fn column(&mut self, key: &str) -> JsonResult<()> {
        let row = &mut self.state.row;
        let json = &mut self.json;
        match key {
            "Timestamp" => row.draft.start = row::time(json)?,
            "TraceId" => row.draft.trace_id = row::trace_id(json)?,
            "SpanId" => row.draft.span_id = row::span_id(json)?,
            "ParentSpanId" => row.draft.parent_id = row::span_id(json)?,
            "TraceState" => self.state.row.draft.trace_state = self.sym()?,
            "SpanName" => self.state.row.draft.operation = self.sym()?,
            "SpanKind" => row.draft.kind = row::kind(json)?,
            "ServiceName" => self.service()?,
            "Duration" => row.duration = Some(json.scaled(1)?),
            "StatusCode" => row.draft.status = row::status(json)?,
            "StatusMessage" => self.state.row.draft.message = self.sym()?,
            "ScopeName" | "SpanAttributes.otel.scope.name" => {
                self.state.row.scope_name = self.sym()?;
            }
            "ScopeVersion" | "SpanAttributes.otel.scope.version" => {
                self.state.row.scope_version = self.sym()?;
            }
            "Events" => self.event_objects()?,
            "Links" => self.link_objects()?,
            _ if key.starts_with("Events.") => keep(&mut self.state.events, EVENTS, key, json),
            _ if key.starts_with("Links.") => keep(&mut self.state.links, LINKS, key, json),
            _ => self.attribute_column(key)?,
        }
        Ok(())
    }

    /// The service, which the resource names too, unless it has no name.
    fn service(&mut self) -> JsonResult<()> {
        let is_named = self
            .json
            .clone()
            .string()
            .is_ok_and(|name| !name.is_empty());
        if is_named && self.state.row.service.is_none() {
            self.state.row.service = Some(self.attribute("service.name")?);
        }
        Ok(())
    }

    fn attribute_column(&mut self, key: &str) -> JsonResult<()> {
        if let Some(key) = key.strip_prefix("ResourceAttributes.") {
            let pair = self.attribute(key)?;
            self.state.row.of_resource(key, pair);
        } else if let Some(key) = key.strip_prefix("ScopeAttributes.") {
            let pair = self.attribute(key)?;
            self.state.row.scope.push(pair);
        } else {
            let key = key.strip_prefix("SpanAttributes.").unwrap_or(key);
            let pair = self.attribute(key)?;
            self.state.row.draft.attributes.push(pair);
        }
        Ok(())
    }

    /// Events as parallel lists. They end where the shortest of them does.
    fn events(&mut self) -> JsonResult<()> {
        let Some([mut times, mut names, mut attributes, _]) = enter(&self.state.events)? else {
            return Ok(());
        };
        while next(&mut times)? {
            let (mut time, mut name) = (Time(0), Sym::EMPTY);
            if let Some(json) = &mut times {
                self.json.go_to(json);
                time = self
                    .lenient(|walk| row::time(&mut walk.json))?
                    .unwrap_or_default();
                json.go_to(&self.json);
            }
            if next(&mut names)? {
                name = self.cell(&mut names, Self::sym)?;
            }
            self.state.pairs.clear();
            if next(&mut attributes)? {
                self.cell(&mut attributes, Self::details)?;
            }
            let state = &mut self.state;
            state.row.draft.event(time, name, &state.pairs, 0);
        }
        Ok(())
    }

    /// Links as parallel lists.
    fn links(&mut self) -> JsonResult<()> {
        let Some([mut traces, mut spans, mut states, mut attributes]) = enter(&self.state.links)?
        else {
            return Ok(());
        };
        while next(&mut traces)? {
            let trace_id = self.cell(&mut traces, |walk| row::trace_id(&mut walk.json))?;
            let (mut span_id, mut trace_state) = (SpanId(0), Sym::EMPTY);
            if next(&mut spans)? {
                span_id = self.cell(&mut spans, |walk| row::span_id(&mut walk.json))?;
            }
            if next(&mut states)? {
                trace_state = self.cell(&mut states, Self::sym)?;
            }
            self.state.pairs.clear();
            if next(&mut attributes)? {
                self.cell(&mut attributes, Self::details)?;
            }
            self.link(trace_id, span_id, trace_state);
        }
        Ok(())
    }

    fn link(&mut self, trace_id: TraceId, span_id: SpanId, trace_state: Sym) {
        let state = &mut self.state;
        state.row.draft.link(trace_id, span_id, &state.pairs, 0);
        state.row.draft.link_context(trace_state, 0);
    }

    /// Reads the next item of a list elsewhere in the text.
    fn cell<T: Default>(
        &mut self,
        list: &mut Option<JsonReader<'a>>,
        read: impl FnOnce(&mut Self) -> JsonResult<T>,
    ) -> JsonResult<T> {
        let Some(list) = list else {
            return Ok(T::default());
        };
        self.json.go_to(list);
        let value = self.lenient(read)?;
        list.go_to(&self.json);
        Ok(value.unwrap_or_default())
    }

    fn details(&mut self) -> JsonResult<()> {
        self.flat(|walk, key| {
            let pair = walk.attribute(key)?;
            walk.state.pairs.push(pair);
            Ok(())
        })
    }

    fn event_objects(&mut self) -> JsonResult<()> {
        self.items(|walk| {
            let (mut time, mut name) = (Time(0), Sym::EMPTY);
            walk.state.pairs.clear();
            walk.object(|walk, key| {
                match key {
                    "Timestamp" => time = row::time(&mut walk.json)?,
                    "Name" => name = walk.sym()?,
                    "Attributes" => walk.details()?,
                    _ => {}
                }
                Ok(())
            })?;
            let state = &mut walk.state;
            state.row.draft.event(time, name, &state.pairs, 0);
            Ok(())
        })
    }

    fn link_objects(&mut self) -> JsonResult<()> {
        self.items(|walk| {
            let (mut trace_id, mut span_id, mut state) = (TraceId(0), SpanId(0), Sym::EMPTY);
            walk.state.pairs.clear();
            walk.object(|walk, key| {
                match key {
                    "TraceId" => trace_id = row::trace_id(&mut walk.json)?,
                    "SpanId" => span_id = row::span_id(&mut walk.json)?,
                    "TraceState" => state = walk.sym()?,
                    "Attributes" => walk.details()?,
                    _ => {}
                }
                Ok(())
            })?;
            walk.link(trace_id, span_id, state);
            Ok(())
        })
    }
}

/// Whether rows are within a document: an answer has them below `data`, behind their columns.
fn is_answer(mut json: JsonReader<'_>) -> JsonResult<bool> {
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        match &*key {
            "data" => return Ok(json.peek()? == JsonKind::Array),
            "TraceId" | "SpanId" => return Ok(false),
            _ => drop(json.skip()?),
        }
    }
    Ok(false)
}

/// Keeps where a list begins.
fn keep<'a>(columns: &mut Columns<'a>, names: [&str; 4], key: &str, json: &JsonReader<'a>) {
    for (column, name) in columns.iter_mut().zip(names) {
        if name == key {
            *column = Some(json.clone());
        }
    }
}

/// Enters the lists of a row; none if it has not even the first. What is no list is left out.
fn enter<'a>(columns: &Columns<'a>) -> JsonResult<Option<Columns<'a>>> {
    let mut entered = columns.clone();
    for column in &mut entered {
        if let Some(json) = column {
            if json.peek()? == JsonKind::Array {
                json.enter_array()?;
            } else {
                *column = None;
            }
        }
    }
    Ok(entered
        .first()
        .is_some_and(Option::is_some)
        .then_some(entered))
}

/// Whether a list has another item. One that has ended is closed.
fn next(list: &mut Option<JsonReader<'_>>) -> JsonResult<bool> {
    let more = match list {
        Some(json) => json.next_item()?,
        None => false,
    };
    if !more {
        *list = None;
    }
    Ok(more)
}

#[cfg(test)]
mod tests;
