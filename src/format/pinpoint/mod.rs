//! Pinpoint: a transaction as its web API answers it, and its timeline.
//!
//! ```text
//! {"transactionId":"shop-1^1795357000000^42","applicationName":"shop","callStackStart":1795357126000,
//!  "callStackIndex":{"begin":1,"end":2,"id":6,"parentId":7,"isMethod":8,"title":10,...},
//!  "callStack":[["",1795357126000,1795357126250,false,"shop",0,"1","",true,true,"Tomcat Servlet Process",...]]}
//! {"traceEvents":[{"ph":"X","name":"...","ts":1795357126000000,"dur":250000,"args":{"id":1,"parentId":0,...}}]}
//! ```
//!
//! The columns of `callStack` differ by version: their places are always looked up in
//! `callStackIndex`. Rows that are methods are spans; the others tell about the method above
//! them. Times are whole milliseconds. Ids of rows are small numbers, which serve as ids of
//! spans; a transaction's id that is no W3C id is hashed into one, and kept as an attribute.

mod row;
mod timeline;

use std::collections::HashMap;

use super::draft::{Draft, Rejection};
use super::json::{JsonReader, JsonResult};
use super::output::Output;
use super::problem::{Problem, Reason};
use super::walk::Walk;
use crate::model::{BlockBuilder, Kind, PairIx, ResourceFields, ScopeFields, TraceId, Value};

/// Decodes transactions, and asks after each whether the block is full.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(text: &[u8], out: Output<'_>) -> Result<(), Problem> {
    let state = Transaction {
        input: out.findings.input().to_owned(),
        ..Transaction::default()
    };
    Walk::new(text, out, state).documents(Walk::transaction)
}

/// A transaction that is being read.
#[derive(Debug, Default)]
struct Transaction {
    /// The input's name, which stands for the id of a timeline: that has none.
    input: String,
    id: String,
    /// Where the columns of `callStack` stand.
    columns: HashMap<String, usize>,
    /// Rows whose columns nothing tells.
    unexplained: u64,
    methods: Vec<Method>,
    /// Methods by their ids.
    known: HashMap<u64, usize>,
}

/// A row that is a span.
#[derive(Debug, Default)]
struct Method {
    draft: Draft,
    application: String,
    agent: String,
    agent_name: String,
    service_type: String,
    is_client: bool,
}

type Pinpoint<'a, 'b> = Walk<'a, 'b, Transaction>;

impl Pinpoint<'_, '_> {
    fn transaction(&mut self) -> JsonResult<()> {
        self.state = Transaction {
            input: std::mem::take(&mut self.state.input),
            ..Transaction::default()
        };
        let at = self.json.position();
        let mut json = self.json.clone();
        // What breaks off is told when it is read.
        let _ = self.state.look_ahead(&mut json);
        let result = self.object(|walk, key| match key {
            "callStack" => walk.items(Self::row),
            "traceEvents" => walk.items(Self::slice),
            _ => Ok(()),
        });
        self.add_all(at);
        if self.state.unexplained > 0 {
            let message = "there is no callStackIndex, which tells what the columns of rows are";
            let rows = self.state.unexplained;
            self.lose(at, Reason::WrongType, message.to_owned(), rows);
        }
        self.offer();
        result
    }

    /// Puts all methods into the block.
    fn add_all(&mut self, at: usize) {
        let methods = std::mem::take(&mut self.state.methods);
        let applications: Vec<Option<String>> = methods
            .iter()
            .map(|method| {
                let parent = self.state.known.get(&method.draft.parent_id.0)?;
                Some(methods.get(*parent)?.application.clone())
            })
            .collect();
        let trace_id = self.state.trace_id();
        for (index, (mut method, parent)) in methods.into_iter().zip(applications).enumerate() {
            let kind = match parent {
                Some(application) if application == method.application => method.kind(),
                _ => Kind::Server,
            };
            let draft = &mut method.draft;
            (draft.trace_id, draft.kind) = (trace_id, kind);
            if index == 0 && !self.state.id.is_empty() {
                let id = Value::Str(&self.state.id);
                draft
                    .attributes
                    .push(self.out.builder.attribute("pinpoint.transaction_id", id));
            }
            if let Err(rejection) = method.add(self.out.builder) {
                self.reject(at, rejection);
            }
        }
    }
}

impl Transaction {
    /// Finds what the rows need, wherever it stands.
    fn look_ahead(&mut self, json: &mut JsonReader<'_>) -> JsonResult<()> {
        json.enter_object()?;
        while let Some(key) = json.next_key()? {
            let mut value = json.clone();
            match &*key {
                "transactionId" => {
                    self.id = value.scalar_text()?.unwrap_or_default().into_owned();
                }
                "callStackIndex" => {
                    value.enter_object()?;
                    while let Some(name) = value.next_key()? {
                        let place = value.integer()?;
                        if let Ok(place) = usize::try_from(place) {
                            self.columns.insert(name.into_owned(), place);
                        }
                    }
                }
                _ => {}
            }
            json.skip()?;
        }
        Ok(())
    }

    /// The id of the trace: of 32 digits as it is, of other forms a hash.
    fn trace_id(&self) -> TraceId {
        let text = if self.id.is_empty() {
            &self.input
        } else {
            &self.id
        };
        let w3c = text.parse().ok().filter(|_| text.len() == 32);
        w3c.unwrap_or_else(|| TraceId::of_text(text))
    }

    /// Adds a method; the rows behind it may tell more of it.
    fn method(&mut self, method: Method) {
        let id = method.draft.span_id;
        if !id.is_zero() {
            self.known.insert(id.0, self.methods.len());
        }
        self.methods.push(method);
    }
}

impl Method {
    fn kind(&self) -> Kind {
        if self.is_client {
            Kind::Client
        } else {
            Kind::Internal
        }
    }

    fn add(&self, builder: &mut BlockBuilder) -> Result<(), Rejection> {
        let mut pairs: Vec<PairIx> = Vec::new();
        for (key, text) in [
            ("service.name", &self.application),
            ("service.instance.id", &self.agent),
            ("pinpoint.agent_name", &self.agent_name),
            ("pinpoint.service_type", &self.service_type),
        ] {
            if !text.is_empty() {
                pairs.push(builder.attribute(key, Value::Str(text)));
            }
        }
        let resource = builder.resource(ResourceFields {
            attributes: &pairs,
            ..ResourceFields::default()
        });
        let scope = builder.scope(ScopeFields::default());
        self.draft.add(resource, scope, builder)
    }
}

#[cfg(test)]
mod tests;
