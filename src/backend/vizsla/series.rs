//! Series as a query service tells them: Tempo's JSON, with the steps of time beside it.

use serde::Deserialize;

use crate::backend::{Division, SeriesAnswer, SeriesRequest, Window};
use crate::model::{Nanos, Time};
use crate::traceql::Steps;
use crate::traceql::metrics::{Exemplar, Label, Series};
use crate::traceql::tree::Literal;

/// `/api/metrics/query_range`, and `/api/metrics/query`.
#[derive(Debug, Deserialize)]
pub struct Told {
    #[serde(default)]
    series: Vec<OneSeries>,
    steps: Option<Divided>,
    #[serde(default)]
    notes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Divided {
    start_unix_nano: String,
    length_nanos: String,
    count: usize,
}

#[derive(Debug, Deserialize)]
struct OneSeries {
    #[serde(default)]
    labels: Vec<Pair>,
    #[serde(default)]
    samples: Vec<Sample>,
    /// Of an instant query.
    value: Option<f64>,
    #[serde(default)]
    exemplars: Vec<Example>,
}

#[derive(Debug, Deserialize)]
struct Pair {
    key: String,
    value: Typed,
}

#[derive(Debug, Deserialize)]
enum Typed {
    #[serde(rename = "stringValue")]
    Text(String),
    #[serde(rename = "intValue")]
    Int(String),
    #[serde(rename = "doubleValue")]
    Float(f64),
    #[serde(rename = "boolValue")]
    Bool(bool),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sample {
    timestamp_ms: String,
    #[serde(default)]
    value: f64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Example {
    #[serde(default)]
    labels: Vec<Pair>,
    timestamp_ms: String,
    #[serde(default)]
    value: Option<f64>,
}

/// The parameters that ask for series. A side of the window that is open stays so.
pub fn parameters(request: &SeriesRequest) -> Vec<(&'static str, String)> {
    let window = request.window.unwrap_or(Window {
        from: Time(0),
        to: Time::MAX,
    });
    let mut parameters = vec![
        ("q", request.query.clone()),
        ("from", window.from.0.to_string()),
        ("to", window.to.0.to_string()),
        (
            "exemplars",
            if request.exemplars { "100" } else { "0" }.to_owned(),
        ),
    ];
    if let Division::Steps(length) = request.by {
        parameters.push(("step", format!("{}ns", length.0)));
    }
    parameters
}

impl Told {
    /// `None` if the steps are not told, or cannot be.
    pub fn answer(self) -> Option<SeriesAnswer> {
        let divided = self.steps?;
        let start = Time(divided.start_unix_nano.parse().ok()?);
        let length = Nanos(divided.length_nanos.parse().ok()?);
        let steps = Steps::of_parts(start, length, divided.count)?;
        let series = self.series.into_iter().map(|one| one.series(steps));
        Some(SeriesAnswer {
            steps,
            series: series.collect(),
            notes: self.notes,
        })
    }
}

impl OneSeries {
    fn series(self, steps: Steps) -> Series {
        let mut values = vec![f64::NAN; steps.count()];
        // Milliseconds may cut off a bit of the step's end, so the middle of the step is asked.
        let before_end = steps.length().0 / 2;
        for sample in &self.samples {
            let at = millis(&sample.timestamp_ms).and_then(|time| {
                let inside = time.0.checked_sub(before_end)?;
                values.get_mut(steps.of(Time(inside))?)
            });
            if let Some(value) = at {
                *value = sample.value;
            }
        }
        if let (Some(whole), Some(value)) = (self.value, values.first_mut()) {
            *value = whole;
        }
        Series {
            labels: self.labels.into_iter().map(Pair::label).collect(),
            values,
            exemplars: self
                .exemplars
                .iter()
                .filter_map(Example::exemplar)
                .collect(),
        }
    }
}

impl Pair {
    fn label(self) -> Label {
        let value = match self.value {
            Typed::Text(text) if text == "nil" => Literal::Nil,
            Typed::Text(text) => Literal::Text(text),
            Typed::Int(text) => match text.parse() {
                Ok(n) => Literal::Int(n),
                Err(_) => Literal::Text(text),
            },
            Typed::Float(n) => Literal::Float(n),
            Typed::Bool(value) => Literal::Bool(value),
        };
        Label {
            name: self.key,
            value,
        }
    }

    fn text(&self) -> Option<&str> {
        match &self.value {
            Typed::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Example {
    fn exemplar(&self) -> Option<Exemplar> {
        let label = |key: &str| self.labels.iter().find(|pair| pair.key == key)?.text();
        let trace = label("trace:id")?.parse().ok()?;
        let span = label("span:id").and_then(|id| id.parse().ok());
        let time = millis(&self.timestamp_ms)?;
        Some(Exemplar::told(
            trace,
            span.unwrap_or_default(),
            time,
            self.value,
        ))
    }
}

fn millis(text: &str) -> Option<Time> {
    let millis: u64 = text.parse().ok()?;
    Some(Time(millis.checked_mul(1_000_000)?))
}
