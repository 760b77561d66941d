//! Tempo's API for series over time: `/api/metrics/query_range` and `/api/metrics/query`.
//!
//! For another vizsla there are additional members: the `steps` of time, `notes`, and the span of
//! each exemplar; and the parameters `from` and `to`, a window in nanoseconds that may be open.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::backend::{Division, SeriesAnswer, SeriesRequest, Window};
use crate::model::{Nanos, Time};
use crate::text::{self, Charset, Clock};
use crate::traceql::Steps;
use crate::traceql::metrics::{Exemplar, Label, Series};
use crate::traceql::tree::Literal;

use super::answer::{self, Refused};
use super::params::Params;
use super::tempo::{self, unsigned};
use super::{QueryService, vizsla};

/// How far back a question looks that does not say.
const SINCE: Nanos = Nanos(3_600_000_000_000);

/// Exemplars of all series together, and series, unless told otherwise.
const EXEMPLARS: usize = 100;
const SERIES: usize = 1_000;

type Asked = Query<Vec<(String, String)>>;
type Answer = Result<Response<Body>, Response<Body>>;

pub async fn range(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let division = match step(&params).map_err(tempo::refused)? {
        None => Division::Suitable,
        Some(step) => Division::Steps(step),
    };
    let told = ask(&service, &params, division).await?;
    let exemplars = exemplars(&params).map_err(tempo::refused)?;
    let per_series = exemplars.div_ceil(told.series.len().max(1));
    let one = |series: &Series| over_time(series, told.steps, per_series);
    answer(&params, &told, one).map_err(tempo::refused)
}

pub async fn instant(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let told = ask(&service, &params, Division::Whole).await?;
    let one = |series: &Series| {
        let value = series.values.first().copied().unwrap_or(f64::NAN);
        json!({ "labels": labels(&series.labels), "value": value })
    };
    answer(&params, &told, one).map_err(tempo::refused)
}

async fn ask(
    service: &QueryService,
    params: &Params,
    by: Division,
) -> Result<SeriesAnswer, Response<Body>> {
    let query = params.get("q").or(params.get("query"));
    let Some(query) = query else {
        return Err(tempo::refused(Refused::bad("invalid query: q is missing")));
    };
    let window = window(params).map_err(tempo::refused)?;
    if let (Division::Steps(step), Some(window)) = (by, window)
        && window.to != Time::MAX
        && window.to.since(window.from).0 / step.0 >= Steps::MOST as u64
    {
        let message = format!(
            "invalid step: this would be more than {} values a series: ask for longer steps",
            Steps::MOST
        );
        return Err(tempo::refused(Refused::bad(message)));
    }
    let request = SeriesRequest {
        query: query.to_owned(),
        window,
        by,
        exemplars: exemplars(params).map_err(tempo::refused)? > 0,
    };
    let cancel = CancellationToken::new();
    let _guard = cancel.clone().drop_guard();
    let told = service.backend.series(request, cancel).await;
    told.map_err(|error| tempo::refused(error.into()))
}

fn exemplars(params: &Params) -> Result<usize, Refused> {
    Ok(unsigned(params, "exemplars")?.map_or(EXEMPLARS, |n| n.min(10_000) as usize))
}

fn answer(
    params: &Params,
    told: &SeriesAnswer,
    one: impl Fn(&Series) -> Value,
) -> Result<Response<Body>, Refused> {
    let most = unsigned(params, "maxSeries")?;
    let most = most.filter(|&n| n > 0).map_or(SERIES, |n| n as usize);
    let series: Vec<Value> = told.series.iter().take(most).map(one).collect();
    let mut answer = json!({
        "series": series,
        "metrics": { "completedJobs": 1, "totalJobs": 1 },
        "steps": {
            "startUnixNano": told.steps.start().0.to_string(),
            "lengthNanos": told.steps.length().0.to_string(),
            "count": told.steps.count(),
        },
    });
    let mut notes = told.notes.clone();
    if told.series.len() > most {
        let all = told.series.len();
        notes.push(format!("{most} of {all} series: maxSeries tells more"));
    }
    if !notes.is_empty() {
        answer["status"] = json!("PARTIAL");
        answer["message"] = json!(notes.join("; "));
        answer["notes"] = json!(notes);
    }
    Ok(answer::json(StatusCode::OK, &answer))
}

/// A series with a value for each step that has one; of counts, one more before the first, as
/// Tempo has it. Zeros are left out, as protobuf's JSON has it.
fn over_time(series: &Series, steps: Steps, exemplars: usize) -> Value {
    let sample = |time: Time, value: f64| {
        let mut sample = json!({ "timestampMs": millis(time) });
        if value != 0.0 {
            sample["value"] = json!(value);
        }
        sample
    };
    let counts = series.values.iter().all(|value| !value.is_nan());
    let before = counts.then(|| sample(steps.start(), 0.0));
    let told = series.values.iter().enumerate();
    let told = told
        .filter(|(_, value)| value.is_finite())
        .map(|(step, &value)| sample(steps.end_of(step), value));
    let mut answer = json!({
        "labels": labels(&series.labels),
        "samples": before.into_iter().chain(told).collect::<Vec<_>>(),
    });
    let every = series.exemplars.len().div_ceil(exemplars.max(1)).max(1);
    let chosen = series.exemplars.iter().step_by(every).take(exemplars);
    let chosen: Vec<Value> = chosen.map(|one| exemplar(one, series, steps)).collect();
    if !chosen.is_empty() {
        answer["exemplars"] = json!(chosen);
    }
    answer
}

fn exemplar(one: &Exemplar, series: &Series, steps: Steps) -> Value {
    let of_step = || {
        let step = steps.of(one.time)?;
        series.values.get(step).copied()
    };
    let value = one.value.or_else(of_step).unwrap_or(f64::NAN);
    let mut told = vec![
        json!({ "key": "trace:id", "value": { "stringValue": format!("{:x}", one.trace_id.0) } }),
        json!({ "key": "span:id", "value": { "stringValue": one.span_id.to_string() } }),
    ];
    told.extend(labels(&series.labels));
    json!({ "labels": told, "value": value, "timestampMs": millis(one.time) })
}

fn millis(time: Time) -> String {
    (time.0 / 1_000_000).to_string()
}

/// Labels as typed pairs of key and value.
pub fn labels(labels: &[Label]) -> Vec<Value> {
    let pair = |label: &Label| json!({ "key": label.name, "value": typed(&label.value) });
    labels.iter().map(pair).collect()
}

/// A value as OTLP's JSON types it; what OTLP has no type for is a string.
pub fn typed(value: &Literal) -> Value {
    match value {
        Literal::Nil => json!({ "stringValue": "nil" }),
        Literal::Bool(value) => json!({ "boolValue": value }),
        Literal::Text(text) => json!({ "stringValue": text }),
        Literal::Int(n) => json!({ "intValue": n.to_string() }),
        Literal::Float(n) => json!({ "doubleValue": n }),
        Literal::Duration(n) => {
            json!({ "stringValue": text::duration(n.unsigned_abs(), Charset::Unicode) })
        }
        Literal::Status(_) | Literal::Kind(_) => json!({ "stringValue": value.to_string() }),
    }
}

/// The window that `from` and `to`, `start` and `end`, or `since` name.
fn window(params: &Params) -> Result<Option<Window>, Refused> {
    if let Some(exact) = vizsla::window(params)? {
        return Ok(Some(exact));
    }
    let since = params.duration("since")?.unwrap_or(SINCE);
    let now = Time(Clock::utc().now());
    let end = instant_of(params, "end")?.unwrap_or(now);
    let start = instant_of(params, "start")?;
    let start = start.unwrap_or_else(|| Time(end.0.saturating_sub(since.0)));
    if start >= end {
        return Err(Refused::bad(
            "invalid start: end must be greater than start",
        ));
    }
    Ok(Some(Window {
        from: start,
        to: end,
    }))
}

/// Seconds, perhaps with a fraction; nanoseconds, if there are more than ten digits; RFC 3339.
fn instant_of(params: &Params, name: &str) -> Result<Option<Time>, Refused> {
    let Some(given) = params.get(name) else {
        return Ok(None);
    };
    let read = match (given.parse::<u64>(), given.parse::<f64>()) {
        (Ok(nanos), _) if given.len() > 10 => Some(nanos),
        (Ok(seconds), _) => seconds.checked_mul(1_000_000_000),
        (_, Ok(seconds)) if (0.0..1.8e10).contains(&seconds) => Some((seconds * 1e9) as u64),
        _ => Clock::utc()
            .parse(given)
            .ok()
            .filter(|_| given.contains('T')),
    };
    let wrong = || {
        Refused::bad(format!(
            "invalid {name}: cannot parse {given:?} to a valid timestamp"
        ))
    };
    read.map(|nanos| Some(Time(nanos))).ok_or_else(wrong)
}

/// A duration, or seconds.
fn step(params: &Params) -> Result<Option<Nanos>, Refused> {
    let Some(given) = params.get("step") else {
        return Ok(None);
    };
    let nanos = match given.parse::<f64>() {
        Ok(seconds) if (0.0..1e9).contains(&seconds) => (seconds * 1e9) as u64,
        Ok(_) => 0,
        Err(_) => text::parse_duration(given).unwrap_or(0),
    };
    if nanos == 0 {
        let message = format!("invalid step: cannot parse {given:?} to a valid duration");
        return Err(Refused::bad(message));
    }
    Ok(Some(Nanos(nanos)))
}

#[cfg(test)]
pub mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::backend::{Files, Input, Reading};
    use crate::config::Access;
    use crate::format::otlp;
    use crate::model::scenario;

    /// A service over a file with two spans of a shop and one of a cart.
    pub fn service() -> (QueryService, tempfile::TempDir) {
        let text = "shop: GET /cart 0..900 server n=1\n  shop: load 100..800 client\n    cart: load 200..700 server error n=2\n";
        let block = scenario::block(text);
        let logs = (0..block.log_count() as u32).map(|index| block.log(index));
        let mut bytes = Vec::new();
        otlp::write::json(&mut bytes, block.spans(), logs).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spans.json");
        std::fs::write(&path, bytes).unwrap();
        let reading = Reading {
            budget: 64 << 20,
            format: None,
            patient: true,
            follow: false,
        };
        let files = Files::open(vec![Input::Path(path)], reading).unwrap();
        (
            QueryService::new(Arc::new(files), Access::default()),
            folder,
        )
    }

    pub fn asked(pairs: &[(&str, &str)]) -> Query<Vec<(String, String)>> {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        Query(pairs.iter().map(owned).collect())
    }

    pub async fn json_of(answer: Answer) -> Value {
        let body = answer.unwrap().into_body();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    #[tokio::test]
    async fn series_are_told_as_tempo_tells_them() {
        let start = (scenario::EPOCH.0 / 1_000_000_000).to_string();
        let end = (scenario::EPOCH.0 / 1_000_000_000 + 2).to_string();
        let query = [
            ("q", "{ } | count_over_time() by (resource.service.name)"),
            ("start", &start),
            ("end", &end),
            ("step", "1"),
        ];
        let (service, _folder) = service();
        let told = json_of(range(State(service.clone()), asked(&query)).await).await;
        let cart = &told["series"][0];
        let label = json!([{ "key": "resource.service.name", "value": { "stringValue": "cart" } }]);
        assert_eq!(cart["labels"], label);
        let times: Vec<_> = cart["samples"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| &s["value"])
            .collect();
        assert_eq!(times, [&Value::Null, &json!(1.0), &Value::Null]);
        assert_eq!(cart["exemplars"][0]["value"], 1.0);
        assert_eq!(told["steps"]["count"], 2);
        let told = json_of(instant(State(service), asked(&query)).await).await;
        assert_eq!(told["series"][1]["value"], 2.0);
    }

    #[tokio::test]
    async fn what_cannot_be_asked_is_refused() {
        let (service, _folder) = service();
        for pairs in [
            [("q", "{ } | rate("), ("since", "1h")],
            [("q", "{ }"), ("since", "1h")],
            [("q", "{ } | rate()"), ("start", "x")],
            [("q", "{ } | rate()"), ("step", "-1")],
            [("q", "{ } | rate()"), ("step", "1ms")],
        ] {
            let refused = range(State(service.clone()), asked(&pairs)).await;
            let status = refused.map_err(|refused| refused.status());
            assert_eq!(status.unwrap_err(), StatusCode::BAD_REQUEST, "{pairs:?}");
        }
    }
}
