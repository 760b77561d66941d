//! Google Cloud Trace, as JSON of its two APIs: version 1 is what can be read back (a list, one
//! trace; `PatchTraces` takes the same), version 2 is what `batchWrite` and `createSpan` take.
//!
//! ```text
//! {"traces":[{"projectId":"shop","traceId":"...32 digits...","spans":[{"spanId":"18446744073709551615",
//!   "kind":"RPC_SERVER","name":"/cart","startTime":"2026-11-22T10:00:00.5Z","labels":{"/http/status_code":"500"}}]}]}
//! {"spans":[{"name":"projects/shop/traces/.../spans/0000000000000001","displayName":{"value":"/cart"},...}]}
//! ```
//!
//! Span ids of version 1 are decimal, and go beyond what a double holds. Labels and attributes
//! that the semantic conventions have a name for get it; the service is what the application says,
//! else its component, else the project. Messages: `google/devtools/cloudtrace/v1` and `v2`.

mod label;
mod v1;
mod v2;

use super::draft::Draft;
use super::json::JsonResult;
use super::output::Output;
use super::problem::Problem;
use super::walk::Walk;
use crate::model::{
    BlockBuilder, PairIx, ResourceFields, ResourceIx, ScopeFields, SpanId, TraceId, Value,
};

/// Decodes JSON of Cloud Trace, and asks after each span whether the block is full.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(text: &[u8], out: Output<'_>) -> Result<(), Problem> {
    Walk::new(text, out, State::default()).documents(Walk::document)
}

/// What is known while a span is read.
#[derive(Debug, Default)]
struct State {
    /// Of the trace around the spans.
    project: String,
    trace_id: TraceId,
    draft: Draft,
    pairs: Vec<PairIx>,
    resource: Resource,
}

/// What emitted the span at hand, as far as its labels tell.
#[derive(Debug, Default)]
struct Resource {
    service: String,
    component: String,
    others: Vec<PairIx>,
}

impl Resource {
    /// The resource in the block: the project is its account.
    fn add(&self, project: &str, builder: &mut BlockBuilder) -> ResourceIx {
        let service = [&self.service, &self.component, project]
            .into_iter()
            .find(|name| !name.is_empty());
        let mut pairs = Vec::with_capacity(self.others.len() + 3);
        if let Some(service) = service {
            pairs.push(builder.attribute("service.name", Value::Str(service)));
        }
        pairs.push(builder.attribute("cloud.provider", Value::Str("gcp")));
        if !project.is_empty() {
            pairs.push(builder.attribute("cloud.account.id", Value::Str(project)));
        }
        pairs.extend(&self.others);
        builder.resource(ResourceFields {
            attributes: &pairs,
            ..ResourceFields::default()
        })
    }
}

type Cloud<'a, 'b> = Walk<'a, 'b, State>;

impl Cloud<'_, '_> {
    /// A list of traces, one trace, a batch of spans, or one span of version 2. Spans of a trace
    /// may stand before its id: what is around them is read first.
    fn document(&mut self) -> JsonResult<()> {
        if self.surroundings() {
            return self.span(Self::v2);
        }
        self.object(|walk, key| match key {
            "traces" => walk.items(Self::document_of_list),
            "spans" => walk.items(Self::either),
            _ => Ok(()),
        })
    }

    /// Looks ahead for what the spans of a trace share; whether it is a span of version 2 itself.
    fn surroundings(&mut self) -> bool {
        self.state.project.clear();
        self.state.trace_id = TraceId(0);
        let mut json = self.json.clone();
        let mut is_span = false;
        let mut look = || -> JsonResult<()> {
            json.enter_object()?;
            while let Some(key) = json.next_key()? {
                let text = || json.clone().string().unwrap_or_default();
                match &*key {
                    "projectId" => self.state.project = text().into_owned(),
                    "traceId" => self.state.trace_id = text().parse().unwrap_or_default(),
                    "displayName" => is_span = true,
                    _ => {}
                }
                json.skip()?;
            }
            Ok(())
        };
        // What breaks off is told when it is read.
        let _ = look();
        is_span
    }

    /// A trace of a list, which holds no lists itself.
    fn document_of_list(&mut self) -> JsonResult<()> {
        self.surroundings();
        self.object(|walk, key| match key {
            "spans" => walk.items(Self::either),
            _ => Ok(()),
        })
    }

    /// A span of version 1 is of the trace around it, one of version 2 has a path of its own.
    fn either(&mut self) -> JsonResult<()> {
        if self.state.trace_id.is_zero() && self.has_path() {
            self.span(Self::v2)?;
        } else {
            self.span(Self::v1)?;
        }
        self.offer();
        Ok(())
    }

    fn has_path(&self) -> bool {
        let mut json = self.json.clone();
        let mut member = || -> JsonResult<bool> {
            json.enter_object()?;
            while let Some(key) = json.next_key()? {
                if key == "displayName"
                    || key == "name" && json.clone().string()?.starts_with("projects/")
                {
                    return Ok(true);
                }
                json.skip()?;
            }
            Ok(false)
        };
        member().unwrap_or(false)
    }

    fn trace_id(&mut self) -> JsonResult<TraceId> {
        let text = self.json.string()?;
        Ok(text.parse().unwrap_or_default())
    }

    /// Empties what the last span left.
    fn begin(&mut self) {
        let State {
            draft,
            pairs,
            resource,
            ..
        } = &mut self.state;
        draft.clear();
        pairs.clear();
        resource.service.clear();
        resource.component.clear();
        resource.others.clear();
    }

    /// Puts the span at hand into the block.
    fn add(&mut self, project: &str) -> Result<(), super::draft::Rejection> {
        let resource = self.state.resource.add(project, self.out.builder);
        let scope = self.out.builder.scope(ScopeFields::default());
        self.state.draft.add(resource, scope, self.out.builder)
    }
}

/// A span id of version 2: 16 hex digits.
fn hex(text: &str) -> SpanId {
    text.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests;
