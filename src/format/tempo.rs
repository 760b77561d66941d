//! Answers of a Tempo search: rows, each with its trace's root and some of its matched spans.
//!
//! ```text
//! {"traces":[{"traceID":"2f3e","rootServiceName":"shop","rootTraceName":"GET /","durationMs":9,
//!             "startTimeUnixNano":"1700000000000000000","spanSets":[{"spans":[...],"matched":6}]}]}
//! ```
//!
//! A row becomes a trace: a root made of what the row says, and the matched spans below it. The
//! root's span id is not in the answer, so it is taken from the trace's. That this is a summary,
//! not the trace, is told once for the answer and on every root. Shapes: `TraceSearchMetadata` of
//! `tempopb`, as gogo's jsonpb writes it.

use super::draft::{Draft, Rejection};
use super::json::JsonResult;
use super::otlp::json::any_value;
use super::output::Output;
use super::problem::{Problem, Reason};
use super::walk::{Walk, parsed};
use crate::model::{
    BlockBuilder, Kind, Nanos, PairIx, ResourceFields, ResourceIx, ScopeFields, SpanId, Status,
    Sym, Time, TraceId, Value,
};

/// What a row says while the root has not arrived.
const NO_ROOT: &str = "<root span not yet received>";

/// Decodes answers of searches, and asks after each row whether the block is full.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(text: &[u8], out: Output<'_>) -> Result<(), Problem> {
    Walk::new(text, out, Row::default()).documents(|walk| {
        walk.object(|walk, key| match key {
            "traces" => walk.rows(),
            _ => Ok(()),
        })
    })
}

/// A row that is being read.
#[derive(Debug, Default)]
struct Row {
    trace_id: TraceId,
    service: String,
    name: String,
    start: Time,
    duration: Nanos,
    matched: Option<u64>,
    spans: Vec<Span>,
    /// Whether it was told that these are rows.
    told: bool,
}

/// A matched span.
#[derive(Debug)]
struct Span {
    draft: Draft,
    service: Option<String>,
    /// No parent in the nested set: the root itself.
    is_root: bool,
}

impl Walk<'_, '_, Row> {
    fn rows(&mut self) -> JsonResult<()> {
        let at = self.json.position();
        self.items(|walk| {
            walk.state = Row {
                told: walk.state.told,
                ..Row::default()
            };
            walk.span(|walk| {
                walk.object(Self::row_member)?;
                Ok(walk.add_row())
            })?;
            walk.offer();
            Ok(())
        })?;
        if !std::mem::replace(&mut self.state.told, true) {
            let message = "the answer of a search: rows with their matched spans, not whole traces";
            self.tell(at, Reason::Unsupported, message.to_owned());
        }
        Ok(())
    }

    fn row_member(&mut self, key: &str) -> JsonResult<()> {
        match key {
            "traceID" | "traceId" => {
                self.state.trace_id = parsed(&mut self.json, "a trace id", |id| id.parse().ok())?;
            }
            "rootServiceName" => self.state.service = self.json.string()?.into_owned(),
            "rootTraceName" => self.state.name = self.json.string()?.into_owned(),
            "startTimeUnixNano" => self.state.start = Time(self.whole()?),
            "durationMs" => self.state.duration = Nanos::from_millis(self.whole()?),
            // The same as the first of `spanSets`, for clients of before these.
            "spanSet" if self.state.spans.is_empty() => self.span_set()?,
            "spanSets" => {
                self.state.spans.clear();
                self.state.matched = None;
                self.items(Self::span_set)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn whole(&mut self) -> JsonResult<u64> {
        Ok(self.json.integer()?.clamp(0, u64::MAX.into()) as u64)
    }

    fn span_set(&mut self) -> JsonResult<()> {
        self.object(|walk, key| {
            match key {
                "spans" => walk.items(Self::matched_span)?,
                "matched" => {
                    let matched = walk.whole()?;
                    *walk.state.matched.get_or_insert(0) += matched;
                }
                _ => {}
            }
            Ok(())
        })
    }

    fn matched_span(&mut self) -> JsonResult<()> {
        let at = self.json.position();
        let (mut span_id, mut start, mut duration) = (SpanId(0), 0, 0);
        let mut span = Span {
            draft: Draft::default(),
            service: None,
            is_root: false,
        };
        self.object(|walk, key| {
            match key {
                "spanID" | "spanId" => {
                    span_id = parsed(&mut walk.json, "a span id", |id| id.parse().ok())?;
                }
                "name" => span.draft.operation = walk.sym()?,
                "startTimeUnixNano" => start = walk.whole()?,
                "durationNanos" => duration = walk.whole()?,
                "attributes" => walk.items(|walk| walk.selected(&mut span))?,
                _ => {}
            }
            Ok(())
        })?;
        if span_id.is_zero() {
            self.reject(at, Rejection::bad_id("no span id"));
            return Ok(());
        }
        span.draft.span_id = span_id;
        span.draft.start = Time(start);
        span.draft.end = Some(Time(start) + Nanos(duration));
        let is_known = |known: &Span| known.draft.span_id == span_id;
        if !self.state.spans.iter().rev().take(64).any(is_known) {
            self.state.spans.push(span);
        }
        Ok(())
    }

    /// An attribute that the query selected; intrinsics are among them by their names.
    fn selected(&mut self, span: &mut Span) -> JsonResult<()> {
        let (mut name, mut value) = (String::new(), None);
        self.object(|walk, key| {
            match key {
                "key" => name = walk.json.string()?.into_owned(),
                "value" => {
                    let read = any_value(&mut walk.json, &mut false)?;
                    value = Some(read.value().to_owned_value());
                }
                _ => {}
            }
            Ok(())
        })?;
        let Some(value) = value else { return Ok(()) };
        let builder = &mut *self.out.builder;
        value.with(|value| {
            if !span.take(&name, value, builder) {
                span.draft.attributes.push(builder.attribute(&name, value));
            }
        });
        Ok(())
    }

    /// Puts the row's trace into the block.
    fn add_row(&mut self) -> Result<(), Rejection> {
        let row = &mut self.state;
        let builder = &mut *self.out.builder;
        let scope = builder.scope(ScopeFields::default());
        let has_root = row.name != NO_ROOT && row.service != NO_ROOT;
        let root_id = if let Some(root) = row.spans.iter().find(|span| span.is_root) {
            root.draft.span_id
        } else {
            let root = row.root(has_root, builder);
            let resource = resource(if has_root { &row.service } else { "" }, builder);
            root.add(resource, scope, builder)?;
            root.span_id
        };
        for span in &mut row.spans {
            span.draft.trace_id = row.trace_id;
            if !span.is_root {
                span.draft.parent_id = root_id;
            }
            let service = match (&span.service, span.is_root) {
                (Some(service), _) => service,
                (None, true) => &row.service,
                (None, false) => "",
            };
            let resource = resource(service, builder);
            span.draft.add(resource, scope, builder)?;
        }
        Ok(())
    }
}

impl Row {
    /// The root, of what the row says.
    fn root(&self, has_root: bool, builder: &mut BlockBuilder) -> Draft {
        let mut root = Draft::default();
        root.trace_id = self.trace_id;
        root.span_id = SpanId((self.trace_id.0 as u64).max(1));
        root.start = self.start;
        root.end = Some(self.start + self.duration);
        root.operation = builder.string(if has_root { &self.name } else { NO_ROOT });
        let warning = "a row of a search: its span id is made up, and only matched spans follow";
        root.warnings.push(builder.string(warning));
        if let Some(matched) = self.matched {
            let matched = i64::try_from(matched).unwrap_or(i64::MAX);
            let pair = builder.attribute("tempo.matched", Value::Int(matched));
            root.attributes.push(pair);
        }
        root
    }
}

impl Span {
    /// Takes an attribute that is something else in the model.
    fn take(&mut self, name: &str, value: Value<'_>, builder: &mut BlockBuilder) -> bool {
        let text = value.to_text();
        match name {
            "service.name" | "resource.service.name" => self.service = Some(text.into_owned()),
            "name" | "span:name" => self.draft.operation = builder.string(&text),
            "statusMessage" | "span:statusMessage" => self.draft.message = builder.string(&text),
            "kind" | "span:kind" => match Kind::from_name(&text) {
                Some(kind) => self.draft.kind = kind,
                None => return false,
            },
            "status" | "span:status" => match &*text {
                "unset" => {}
                "ok" => self.draft.status = Status::Ok,
                "error" => self.draft.status = Status::Error,
                _ => return false,
            },
            "nestedSetParent" | "span:nestedSetParent" => {
                self.is_root = value == Value::Int(-1);
                return !self.is_root && value == Value::Int(0);
            }
            _ => return false,
        }
        true
    }
}

fn resource(service: &str, builder: &mut BlockBuilder) -> ResourceIx {
    let name: Vec<PairIx> = (!service.is_empty())
        .then(|| builder.attribute("service.name", Value::Str(service)))
        .into_iter()
        .collect();
    builder.resource(ResourceFields {
        attributes: &name,
        schema_url: Sym::EMPTY,
        dropped: 0,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::format::Findings;
    use crate::model::Trace;

    fn traces(text: &str) -> (Vec<Trace>, Findings) {
        let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
        decode(text.as_bytes(), Output::new(&mut builder, &mut findings)).unwrap();
        (Trace::all_of(&[Arc::new(builder.finish())]), findings)
    }

    #[test]
    fn a_row_is_a_root_with_its_matched_spans() {
        let (found, findings) = traces(
            r#"{"traces":[{"traceID":"a1","rootServiceName":"shop","rootTraceName":"GET /",
                "startTimeUnixNano":"1000000000","durationMs":9,
                "spanSet":{"spans":[{"spanID":"7","startTimeUnixNano":"1000000001","durationNanos":"5"}],"matched":1},
                "spanSets":[{"spans":[{"spanID":"7","startTimeUnixNano":"1000000001","durationNanos":"5","attributes":[
                  {"key":"status","value":{"stringValue":"error"}},{"key":"service.name","value":{"stringValue":"cart"}},
                  {"key":"name","value":{"stringValue":"load"}},{"key":"n","value":{"intValue":"3"}}]}],"matched":6}]},
              {"traceID":"zz"},{"traceID":"b2","rootServiceName":"<root span not yet received>"}],"metrics":{}}"#,
        );
        let root = found[0].span(0);
        assert_eq!((root.service(), root.operation()), ("shop", "GET /"));
        assert_eq!(found[0].duration(), Nanos::from_millis(9));
        assert_eq!(root.warnings().count(), 1);
        let span = found[0].span(1);
        assert_eq!((span.service(), span.operation()), ("cart", "load"));
        assert!(span.is_error() && found[0].depth(1) == 1);
        assert_eq!((found[1].service(), found[1].name()), ("", NO_ROOT));
        assert_eq!(found.len(), 2);
        let told: Vec<&str> = findings
            .problems
            .iter()
            .map(|p| p.message.as_str())
            .collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[2].contains("not whole traces"));
        assert_eq!(findings.rejected_spans(), 1);
    }

    #[test]
    fn a_selected_root_is_the_root() {
        let (found, _) = traces(
            r#"{"traces":[{"traceID":"a1","rootServiceName":"shop","rootTraceName":"GET /","startTimeUnixNano":"5",
                "spanSets":[{"spans":[{"spanID":"8","name":"GET /","startTimeUnixNano":"5","durationNanos":"9",
                  "attributes":[{"key":"nestedSetParent","value":{"intValue":"-1"}}]},
                 {"spanID":"9","startTimeUnixNano":"6","durationNanos":"1"}],"matched":2}]}]}"#,
        );
        assert_eq!((found[0].len(), found[0].max_depth()), (2, 1));
        assert_eq!(found[0].span(0).span_id(), SpanId(8));
        assert_eq!(found[0].span(0).service(), "shop");
    }
}
