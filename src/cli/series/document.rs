//! Series as JSON.

use crate::backend::SeriesAnswer;
use crate::format::json::JsonWriter;
use crate::traceql::metrics::{Exemplar, Series};
use crate::traceql::tree::Literal;
use crate::traceql::{Metrics, Steps};

/// The whole answer: when steps end, and the series with a number or `null` for each.
pub(super) fn document(metrics: &Metrics, answer: &SeriesAnswer, json: &mut JsonWriter<'_>) {
    json.begin_object();
    json.key("query").string(&metrics.tree().to_string());
    json.key("step_nano").raw(answer.steps.length().0);
    json.key("series").begin_array();
    for series in &answer.series {
        series_json(series, answer.steps, json);
    }
    json.end_array();
    json.key("notes").begin_array();
    answer.notes.iter().for_each(|note| json.string(note));
    json.end_array();
    json.end_object();
}

pub(super) fn series_json(series: &Series, steps: Steps, json: &mut JsonWriter<'_>) {
    json.begin_object();
    json.key("labels").begin_object();
    for label in &series.labels {
        json.key(&label.name);
        match &label.value {
            Literal::Nil => json.raw("null"),
            Literal::Bool(value) => json.raw(value),
            Literal::Int(n) if n.unsigned_abs() <= 1 << 53 => json.raw(n),
            Literal::Float(n) => json.double(*n),
            Literal::Text(text) => json.string(text),
            other => json.string(&other.to_string()),
        }
    }
    json.end_object();
    json.key("values").begin_array();
    for (step, &value) in series.values.iter().enumerate() {
        json.begin_array();
        json.quoted(steps.end_of(step).0);
        if value.is_nan() {
            json.raw("null");
        } else {
            json.double(value);
        }
        json.end_array();
    }
    json.end_array();
    json.key("exemplars").begin_array();
    series
        .exemplars
        .iter()
        .for_each(|one| exemplar_json(one, json));
    json.end_array();
    json.end_object();
}

fn exemplar_json(one: &Exemplar, json: &mut JsonWriter<'_>) {
    json.begin_object();
    json.key("trace_id").quoted(one.trace_id);
    json.key("span_id").quoted(one.span_id);
    json.key("time_unix_nano").quoted(one.time.0);
    if let Some(value) = one.value {
        json.key("value").double(value);
    }
    json.end_object();
}
