//! In JSON.

use super::{HIGH, Span, high_half};
use crate::format::json::{JsonKind, JsonReader, JsonResult, Number};
use crate::format::output::Output;
use crate::format::problem::Problem;
use crate::format::row::count;
use crate::format::walk::Walk;
use crate::model::{SpanId, Sym, TraceId};

/// Decodes lists of traces, and traces and spans without a list around them.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(text: &[u8], out: Output<'_>) -> Result<(), Problem> {
    let walk = Walk::new(text, out, State::default());
    walk.documents(|walk| {
        if walk.json.peek()? != JsonKind::Array {
            return walk.one();
        }
        walk.state.high = high(walk.json.clone()).unwrap_or_default();
        let read = walk.items(Walk::one);
        walk.state.high = 0;
        read
    })
}

#[derive(Default)]
struct State {
    span: Span,
    /// The high half of the ids of the list at hand.
    high: u64,
}

impl Walk<'_, '_, State> {
    fn one(&mut self) -> JsonResult<()> {
        self.span(|walk| {
            walk.state.span.clear();
            walk.json.clone().enter_object()?;
            walk.object(Self::member)?;
            Ok(walk.state.span.add(walk.state.high, walk.out.builder))
        })?;
        self.offer();
        Ok(())
    }

    fn member(&mut self, key: &str) -> JsonResult<()> {
        match (key, self.json.peek()?) {
            ("meta", _) => self.object(|walk, key| {
                let text = walk.json.scalar_text()?.unwrap_or_default();
                if key == HIGH && walk.state.high == 0 {
                    walk.state.high = high_half(&text).unwrap_or(0);
                }
                walk.state.span.tag(key, &text, walk.out.builder);
                Ok(())
            }),
            ("metrics", _) => self.object(|walk, key| {
                let number = match walk.json.number()? {
                    Number::Int(number) => number as f64,
                    Number::Uint(number) => number as f64,
                    Number::Float(number) => number,
                };
                walk.state.span.metric(key, number, walk.out.builder);
                Ok(())
            }),
            ("span_links", _) => self.links(),
            ("trace_id" | "span_id" | "parent_id" | "start" | "duration" | "error", _) => {
                let number = self.json.integer()?;
                self.state.span.number(key, number);
                Ok(())
            }
            (_, JsonKind::String) => {
                let text = self.json.string()?;
                if !self.state.span.text(key, &text, self.out.builder) {
                    self.state.span.tag(key, &text, self.out.builder);
                }
                Ok(())
            }
            _ => {
                let pair = self.attribute(key)?;
                self.state.span.row.draft.attributes.push(pair);
                Ok(())
            }
        }
    }

    fn links(&mut self) -> JsonResult<()> {
        self.items(|walk| {
            let (mut low, mut high, mut span_id) = (0, 0, SpanId(0));
            let (mut state, mut flags, mut pairs) = (Sym::EMPTY, 0, Vec::new());
            walk.object(|walk, key| {
                let id = |walk: &mut Self| walk.json.integer().map(|id| id as u64);
                match key {
                    "trace_id" => low = id(walk)?,
                    "trace_id_high" => high = id(walk)?,
                    "span_id" => span_id = SpanId(id(walk)?),
                    "attributes" => walk.attributes(&mut pairs)?,
                    "tracestate" => state = walk.sym()?,
                    "flags" => flags = count(&mut walk.json)?,
                    _ => {}
                }
                Ok(())
            })?;
            let trace_id = TraceId(u128::from(high) << 64 | u128::from(low));
            let draft = &mut walk.state.span.row.draft;
            draft.link(trace_id, span_id, &pairs, 0);
            draft.link_context(state, flags);
            Ok(())
        })
    }
}

/// The high half that a span of a list names, before any is read.
fn high(mut list: JsonReader<'_>) -> Option<u64> {
    let text = list.skip().ok()?;
    let quoted = HIGH.as_bytes();
    let at = text
        .windows(quoted.len())
        .position(|window| window == quoted)?;
    let behind = text.get(at + quoted.len()..)?;
    let digits = behind.split(|&byte| byte == b'"').nth(2)?;
    high_half(std::str::from_utf8(digits).ok()?)
}
