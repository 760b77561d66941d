//! From a span as Jaeger writes it to columns: what its tags and references mean.

use std::borrow::Cow;

use super::process::Processes;
use super::span::{Draft, Log, Reference};
use super::tag::{Tag, TagValue, Tags};
use crate::model::{
    BlockBuilder, Kind, Mark, Note, PairIx, ResourceIx, ScopeFields, ScopeIx, SpanFields, SpanId,
    Status, Sym, Time, TraceId, Value,
};

/// The attribute of a link that keeps a reference's type (`OpenTelemetry`'s `OpenTracing` conventions).
pub(super) const REF_TYPE: &str = "opentracing.ref_type";

/// Puts drafts into a block, with scratch that all of them share.
#[derive(Debug, Default)]
pub(super) struct Filler {
    pairs: Vec<PairIx>,
    /// Warnings about a trace, for its first span.
    warnings: Vec<String>,
}

/// Whose details are filled in.
#[derive(Debug, Clone, Copy)]
struct Of {
    ids: (TraceId, SpanId),
    resource: ResourceIx,
}

/// What tags say that is no attribute in OpenTelemetry's model.
#[derive(Debug, Default)]
struct Meaning<'d> {
    kind: Option<Kind>,
    error: bool,
    status: Option<Status>,
    message: Option<&'d str>,
    scope: Option<&'d str>,
    scope_version: Option<&'d str>,
    trace_state: Option<&'d str>,
}

impl<'d> Meaning<'d> {
    /// Takes a tag that is no attribute. One that contradicts an earlier tag, or whose value is
    /// none of those known, stays an attribute.
    fn take(&mut self, tag: &'d Tag<'_>) -> bool {
        let text = match &tag.value {
            TagValue::Str(text) => &**text,
            TagValue::Bool(true) if tag.key == "error" => {
                self.error = true;
                return true;
            }
            _ => return false,
        };
        match &*tag.key {
            "span.kind" => set(
                &mut self.kind,
                Kind::from_name(text).filter(|&kind| kind != Kind::Unspecified),
            ),
            "otel.status_code" => set(&mut self.status, status(text)),
            "otel.status_description" => set(&mut self.message, Some(text)),
            "otel.scope.name" | "otel.library.name" => set(&mut self.scope, Some(text)),
            "otel.scope.version" | "otel.library.version" => {
                set(&mut self.scope_version, Some(text))
            }
            "w3c.tracestate" => set(&mut self.trace_state, Some(text)),
            _ => false,
        }
    }

    fn status(&self) -> Status {
        if self.error {
            Status::Error
        } else {
            self.status.unwrap_or_default()
        }
    }
}

fn set<T: PartialEq>(slot: &mut Option<T>, value: Option<T>) -> bool {
    if slot.is_none() {
        *slot = value;
        slot.is_some()
    } else {
        *slot == value
    }
}

fn status(text: &str) -> Option<Status> {
    [Status::Unset, Status::Ok, Status::Error]
        .into_iter()
        .find(|status| status.name().eq_ignore_ascii_case(text))
}

impl Filler {
    /// Warnings about a trace whose spans begin at `mark`: its latest span carries them, or its
    /// first one if they come before all.
    pub(super) fn warn(
        &mut self,
        warnings: Vec<Cow<'_, str>>,
        mark: Mark,
        builder: &mut BlockBuilder,
    ) {
        if builder.spans_since(mark) == 0 {
            self.warnings = warnings.into_iter().map(Cow::into_owned).collect();
            return;
        }
        for warning in warnings {
            let warning = builder.string(&warning);
            builder.warning(warning);
        }
    }

    /// Adds a span, which stands `at` an offset and an index. The error says what it lacks.
    pub(super) fn fill<'a>(
        &mut self,
        draft: &mut Draft<'a>,
        trace_id: Option<TraceId>,
        at: (usize, usize),
        processes: &mut Processes<'a>,
        builder: &mut BlockBuilder,
    ) -> Result<(), &'static str> {
        let trace_id = draft
            .trace_id
            .or(trace_id)
            .ok_or("a span without a valid traceID")?;
        let span_id = draft
            .span_id
            .filter(|id| !id.is_zero())
            .ok_or("a span without a valid spanID")?;
        let mut reader = std::mem::take(&mut draft.reader);
        let resource = self.resource(draft, at, processes, builder);
        let parent = parent(draft, trace_id);

        let mut meaning = Meaning::default();
        self.pairs.clear();
        for tag in &draft.tags {
            if !meaning.take(tag) {
                self.pairs.push(reader.attribute(tag, builder));
            }
        }
        let start = Time::of_nanos(draft.start);
        let fields = SpanFields {
            trace_id,
            span_id,
            parent_id: parent.map_or(draft.parent_span_id, |parent| parent.span_id),
            start,
            end: draft.duration.map(|duration| end(draft.start, duration)),
            operation: builder.string(&draft.operation),
            kind: meaning.kind.unwrap_or_default(),
            status: meaning.status(),
            error: false,
            resource,
            scope: scope(&meaning, builder),
        };
        builder.span(&fields, &self.pairs);
        let of = Of {
            ids: (trace_id, span_id),
            resource,
        };
        self.fill_rest(draft, &meaning, builder);
        for log in &draft.logs {
            self.event(log, (draft, of), &mut reader, builder);
        }
        link_others(draft, trace_id, parent, builder);
        draft.reader = reader;
        Ok(())
    }

    /// What few spans have.
    fn fill_rest(&mut self, draft: &Draft<'_>, meaning: &Meaning<'_>, builder: &mut BlockBuilder) {
        let message = meaning
            .message
            .or_else(|| http_message(draft, meaning.status()));
        let message = builder.string(message.unwrap_or_default());
        builder.status_message(message);
        let state = builder.string(meaning.trace_state.unwrap_or_default());
        builder.trace_state(state);
        builder.flags(draft.flags);
        for warning in self.warnings.drain(..) {
            let warning = builder.string(&warning);
            builder.warning(warning);
        }
        for warning in &draft.warnings {
            let warning = builder.string(warning);
            builder.warning(warning);
        }
    }

    /// The process by its name, else the one written into the span.
    fn resource<'a>(
        &mut self,
        draft: &Draft<'a>,
        at: (usize, usize),
        processes: &mut Processes<'a>,
        builder: &mut BlockBuilder,
    ) -> ResourceIx {
        let id = draft.process_id.as_deref().unwrap_or_default();
        let known = processes.resource(id, builder, &mut self.pairs);
        known
            .or_else(|| {
                let own = draft.process.as_ref();
                own.map(|own| own.resource(builder, &mut self.pairs))
            })
            .unwrap_or_else(|| {
                let id = draft.process_id.clone().unwrap_or_default();
                processes.await_process(id, at)
            })
    }

    /// A log as an event, named by its first field `event`, or as the note that it carries.
    fn event<'a>(
        &mut self,
        log: &Log,
        (draft, of): (&Draft<'a>, Of),
        reader: &mut Tags<'a>,
        builder: &mut BlockBuilder,
    ) {
        let fields = draft.fields.get(log.fields.clone()).unwrap_or_default();
        let named = fields
            .iter()
            .position(|tag| tag.key == "event" && tag.value.as_str().is_some());
        let name = named
            .and_then(|at| fields.get(at))
            .and_then(|tag| tag.value.as_str());
        if let Some(text) = name.and_then(Note::of_event) {
            let (time, text) = (log.time, text.to_owned());
            return Note { time, text }.add(builder, of.ids, of.resource);
        }
        let name = builder.string(name.unwrap_or_default());
        let others = fields
            .iter()
            .enumerate()
            .filter(|(at, _)| Some(*at) != named);
        self.pairs.clear();
        self.pairs
            .extend(others.map(|(_, tag)| reader.attribute(tag, builder)));
        builder.event(log.time, name, &self.pairs, 0);
    }
}

/// An end before the start is told as such.
fn end(start: i128, duration: i128) -> Time {
    // A negative duration that passed through Go's uint64.
    let wrapped = duration / 1000 > i128::from(i64::MAX);
    let duration = if wrapped {
        duration - ((1_i128 << 64) * 1000)
    } else {
        duration
    };
    Time::of_nanos(start.saturating_add(duration))
}

/// The first `CHILD_OF` of the same trace, else the first reference of it.
fn parent(draft: &Draft<'_>, trace_id: TraceId) -> Option<Reference> {
    let own = |reference: &&Reference| reference.trace_id.is_none_or(|id| id == trace_id);
    let mut same = draft.references.iter().filter(own);
    same.clone()
        .find(|reference| reference.child_of)
        .or_else(|| same.next())
        .copied()
}

/// Every reference but the parent's, as a link. A parent that the span only follows from is a
/// link too, which keeps that.
fn link_others(
    draft: &Draft<'_>,
    trace_id: TraceId,
    parent: Option<Reference>,
    builder: &mut BlockBuilder,
) {
    let parent = parent.filter(|parent| parent.child_of);
    let mut met_parent = false;
    for reference in &draft.references {
        let to = reference.trace_id.unwrap_or(trace_id);
        let is_parent = parent.is_some_and(|parent| {
            reference.child_of
                && to == parent.trace_id.unwrap_or(trace_id)
                && parent.span_id == reference.span_id
        });
        if is_parent && !std::mem::replace(&mut met_parent, true) {
            continue;
        }
        let kind = if reference.child_of {
            "child_of"
        } else {
            "follows_from"
        };
        let kind = builder.attribute(REF_TYPE, Value::Str(kind));
        builder.link(to, reference.span_id, &[kind], Sym::EMPTY, 0, 0);
    }
}

fn http_message<'d>(draft: &'d Draft<'_>, status: Status) -> Option<&'d str> {
    let tag = draft
        .tags
        .iter()
        .find(|tag| tag.key == "http.status_message")?;
    tag.value.as_str().filter(|_| status == Status::Error)
}

fn scope(meaning: &Meaning<'_>, builder: &mut BlockBuilder) -> ScopeIx {
    let name = builder.string(meaning.scope.unwrap_or_default());
    let version = builder.string(meaning.scope_version.unwrap_or_default());
    builder.scope(ScopeFields {
        name,
        version,
        ..ScopeFields::default()
    })
}
