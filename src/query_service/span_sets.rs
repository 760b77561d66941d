//! The spans of a trace that a query found, as Tempo tells them: in the sets that `by()` made, each
//! span with the attributes that the query reads or selects.

use serde::Serialize;
use serde_json::{Value, json};

use crate::backend::TraceRow;
use crate::model::{SpanId, Trace};
use crate::traceql::eval::{Around, Facts, Spot};
use crate::traceql::metrics::read;
use crate::traceql::tree::Literal;
use crate::traceql::{Attribute, Intrinsic, Query};

use super::metrics::typed;

/// Spans that belong together.
#[derive(Serialize, Clone, Default)]
pub struct SpanSet {
    spans: Vec<MatchedSpan>,
    /// How many there are in all.
    matched: usize,
    /// What `by()` and aggregates found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<Value>,
}

#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
struct MatchedSpan {
    #[serde(rename = "spanID")]
    span_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    start_time_unix_nano: String,
    duration_nanos: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<Value>,
}

impl SpanSet {
    /// A set of which only the number is told.
    pub fn counted(matched: usize) -> Self {
        Self {
            matched,
            ..Self::default()
        }
    }
}

/// The sets of a trace, with at most so many spans each.
pub fn of(query: &Query, row: &TraceRow, trace: &Trace, most: usize) -> Vec<SpanSet> {
    let facts = Facts::of(trace);
    let told = query.told();
    let is_in_row = |id: SpanId| row.matched.binary_search(&id).is_ok();
    let groups = query
        .eval(trace)
        .map_or_else(Vec::new, |found| found.groups);
    let sets = groups.into_iter().map(|group| {
        let spans = group.spans.into_iter().map(|span| span as usize);
        let spans: Vec<usize> = spans
            .filter(|&span| is_in_row(trace.span(span).span_id()))
            .collect();
        let spot = |span| {
            let around = Around {
                facts: Some(&facts),
                tree: Some((trace, span)),
            };
            Spot::new(trace.span(span), around)
        };
        let labels = group.labels.into_iter();
        SpanSet {
            matched: spans.len(),
            spans: spans
                .iter()
                .take(most)
                .map(|&span| matched(&spot(span), &told))
                .collect(),
            attributes: labels
                .map(|(key, value)| pair(&key, &value.into_literal()))
                .collect(),
        }
    });
    sets.filter(|set| set.matched > 0).collect()
}

fn matched(spot: &Spot<'_>, told: &[&Attribute]) -> MatchedSpan {
    let span = spot.span;
    let named = told.contains(&&Attribute::Intrinsic(Intrinsic::Name));
    let others = told
        .iter()
        .filter(|attribute| ***attribute != Attribute::Intrinsic(Intrinsic::Name));
    let values = others.filter_map(|attribute| {
        let value = read(attribute, spot).into_owned().into_literal();
        let key = match attribute {
            Attribute::Keyed { key, .. } => key.clone(),
            Attribute::Intrinsic(intrinsic) => intrinsic.name(),
        };
        (value != Literal::Nil).then(|| pair(&key, &value))
    });
    MatchedSpan {
        span_id: span.span_id().to_string(),
        name: if named {
            span.operation().to_owned()
        } else {
            String::new()
        },
        start_time_unix_nano: span.start().0.to_string(),
        duration_nanos: span.duration().0.to_string(),
        attributes: values.collect(),
    }
}

fn pair(key: &str, value: &Literal) -> Value {
    json!({ "key": key, "value": typed(value) })
}
