//! Jaeger's metrics of services, `/api/metrics/{latencies,calls,errors}`, which its Monitor page
//! shows: computed from the spans by a [metrics query](crate::traceql::metrics), where Jaeger asks
//! a Prometheus that was fed from them.
//!
//! A rate at a moment is of the spans that started in the `ratePer` before it; a quantile is of
//! those of its step. Where a step has no spans there is no number.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::backend::{Division, SeriesAnswer, SeriesRequest, Window};
use crate::model::{Kind, Nanos, Time};
use crate::text::Clock;
use crate::traceql::metrics::{Label, Series};
use crate::traceql::tree::Literal;

use super::QueryService;
use super::adjust::NO_SERVICE;
use super::answer::{self, Refused};
use super::form::by_service;
use super::params::{Params, float, unparsed};

/// How far back is looked, how far apart numbers are and what a rate is of, unless told
/// otherwise; milliseconds.
const LOOKBACK: i64 = 3_600_000;
const STEP: i64 = 5_000;
const RATE_PER: i64 = 600_000;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Metric {
    Latencies(f64),
    Calls,
    Errors,
}

/// A question of the Monitor page.
struct Asked {
    metric: Metric,
    /// The condition on spans, in `TraceQL`.
    spans: String,
    by_operation: bool,
    window: Window,
    step: Nanos,
    rate_per: Nanos,
}

type Pairs = Query<Vec<(String, String)>>;
type Answer = Result<Response<Body>, Response<Body>>;

pub async fn latencies(State(service): State<QueryService>, Query(asked): Pairs) -> Answer {
    let params = Params::new(asked);
    let given = params.get("quantile").unwrap_or_default();
    let quantile = float(given).map_err(|why| answer::refused(unparsed("quantile", &why)));
    metrics(&service, Metric::Latencies(quantile?), &params).await
}

pub async fn calls(State(service): State<QueryService>, Query(asked): Pairs) -> Answer {
    metrics(&service, Metric::Calls, &Params::new(asked)).await
}

pub async fn errors(State(service): State<QueryService>, Query(asked): Pairs) -> Answer {
    metrics(&service, Metric::Errors, &Params::new(asked)).await
}

async fn metrics(service: &QueryService, metric: Metric, params: &Params) -> Answer {
    if !service.backend.capabilities().metrics {
        return Err(answer::refused(Refused {
            status: StatusCode::NOT_IMPLEMENTED,
            message: "trace metrics are currently disabled - no metrics backend configured"
                .to_owned(),
        }));
    }
    let asked = asked_for(metric, params).map_err(answer::refused)?;
    let told = answered(service, &asked).await.map_err(answer::refused)?;
    Ok(answer::json(StatusCode::OK, &told))
}

fn asked_for(metric: Metric, params: &Params) -> Result<Asked, Refused> {
    let services: Vec<String> = params.all("service").map(by_service).collect();
    if services.is_empty() {
        let why = "please provide at least one service name";
        return Err(unparsed("service", why));
    }
    let mut kinds = Vec::new();
    for given in params.all("spanKind") {
        let lower = given.to_ascii_lowercase();
        let known = Kind::ALL.iter().find(|kind| kind.name() == lower);
        let why = || unparsed("spanKind", &format!("unsupported span kind: '{given}'"));
        kinds.push(known.ok_or_else(why)?.name());
    }
    if kinds.is_empty() {
        kinds.push(Kind::Server.name());
    }
    let kinds: Vec<String> = kinds.iter().map(|kind| format!("kind = {kind}")).collect();
    let millis = |name: &str, default: i64| -> Result<Nanos, Refused> {
        let given = params.integer(name)?.unwrap_or(default);
        Ok(Nanos::from_millis(u64::try_from(given).unwrap_or(0)))
    };
    let now = i64::try_from(Clock::utc().now() / 1_000_000).unwrap_or(i64::MAX);
    let to = Time(millis("endTs", now)?.0);
    Ok(Asked {
        metric,
        spans: format!("({}) && ({})", services.join(" || "), kinds.join(" || ")),
        by_operation: params.flag("groupByOperation")?,
        window: Window {
            from: to - millis("lookback", LOOKBACK)?,
            to,
        },
        step: millis("step", STEP)?.max(Nanos::from_millis(1)),
        rate_per: millis("ratePer", RATE_PER)?.max(Nanos::from_millis(1)),
    })
}

async fn answered(service: &QueryService, asked: &Asked) -> Result<Value, Refused> {
    let metrics: Vec<Value> = match asked.metric {
        Metric::Latencies(quantile) => {
            let function = format!("quantile_over_time(duration, {quantile})");
            let told = series(service, asked, "", &function).await?;
            let seconds_in_millis = |value: f64| value * 1e3;
            told.series
                .iter()
                .map(|one| {
                    let values = one.values.iter().copied().map(seconds_in_millis);
                    family_member(asked, &told, one, &values.collect::<Vec<_>>())
                })
                .collect()
        }
        Metric::Calls => rates(asked, &series(service, asked, "", COUNT).await?, |n| {
            n / (asked.rate_per.0 as f64 / 1e9)
        }),
        Metric::Errors => {
            let calls = series(service, asked, "", COUNT).await?;
            let failed = series(service, asked, " && status = error", COUNT).await?;
            shares(asked, &calls, &failed)
        }
    };
    Ok(family(asked, &metrics))
}

const COUNT: &str = "count_over_time()";

/// The numbers of a function of the spans, step by step.
async fn series(
    service: &QueryService,
    asked: &Asked,
    more: &str,
    function: &str,
) -> Result<SeriesAnswer, Refused> {
    let name = if asked.by_operation { ", name" } else { "" };
    let Asked { spans, window, .. } = asked;
    // The first rate is of spans before the window.
    let before = match asked.metric {
        Metric::Latencies(_) => Nanos(0),
        Metric::Calls | Metric::Errors => asked.rate_per,
    };
    let request = SeriesRequest {
        query: format!("{{ {spans}{more} }} | {function} by (resource.service.name{name})"),
        window: Some(Window {
            from: window.from - before,
            to: window.to,
        }),
        by: Division::Steps(asked.step),
        exemplars: false,
    };
    let cancel = CancellationToken::new();
    let _guard = cancel.clone().drop_guard();
    Ok(service.backend.series(request, cancel).await?)
}

fn rates(asked: &Asked, told: &SeriesAnswer, rate: impl Fn(f64) -> f64) -> Vec<Value> {
    let member = |one: &Series| {
        let counts = rolled(asked, told, one);
        let values: Vec<f64> = counts.into_iter().map(&rate).collect();
        family_member(asked, told, one, &values)
    };
    told.series.iter().map(member).collect()
}

/// Which part of the calls failed; no number where there were none.
fn shares(asked: &Asked, calls: &SeriesAnswer, failed: &SeriesAnswer) -> Vec<Value> {
    let member = |one: &Series| {
        let failed_of = failed
            .series
            .iter()
            .find(|other| other.labels == one.labels);
        let failed = failed_of.map(|other| rolled(asked, failed, other));
        let calls_of = rolled(asked, calls, one).into_iter().enumerate();
        let share = |(step, calls): (usize, f64)| {
            let failed = failed.as_ref().and_then(|failed| failed.get(step));
            failed.copied().unwrap_or(0.0) / calls
        };
        family_member(asked, calls, one, &calls_of.map(share).collect::<Vec<_>>())
    };
    calls.series.iter().map(member).collect()
}

/// For each step the sum over the steps of the `ratePer` that ends with it.
fn rolled(asked: &Asked, told: &SeriesAnswer, series: &Series) -> Vec<f64> {
    let steps = asked.rate_per.0.div_ceil(told.steps.length().0).max(1);
    let steps = usize::try_from(steps).unwrap_or(usize::MAX);
    let counts: Vec<f64> = series.values.iter().map(|n| n.max(0.0)).collect();
    let mut sum = 0.0;
    (0..counts.len())
        .map(|step| {
            let leaves = step.checked_sub(steps).and_then(|gone| counts.get(gone));
            sum += counts.get(step).unwrap_or(&0.0) - leaves.unwrap_or(&0.0);
            sum
        })
        .collect()
}

/// A series as Jaeger tells it, within the window.
fn family_member(asked: &Asked, told: &SeriesAnswer, series: &Series, values: &[f64]) -> Value {
    let points = told.times().zip(values);
    let points = points.filter(|(time, _)| *time >= asked.window.from);
    let point = |(time, &value): (Time, &f64)| {
        // Without a number Jaeger's JSON has the word.
        let value = if value.is_nan() {
            json!("NaN")
        } else {
            json!(value)
        };
        // The last step is not over.
        let time = Clock::rfc3339(time.min(asked.window.to).0);
        json!({ "gaugeValue": { "doubleValue": value }, "timestamp": time })
    };
    let names = ["resource.service.name", "name"].into_iter();
    let labels = names.zip(["service_name", "operation"]);
    let labels = labels.filter_map(|(name, told)| {
        let label = series.labels.iter().find(|label| label.name == name)?;
        Some(json!({ "name": told, "value": text(label) }))
    });
    json!({
        "labels": labels.collect::<Vec<_>>(),
        "metricPoints": points.map(point).collect::<Vec<_>>(),
    })
}

fn text(label: &Label) -> String {
    match &label.value {
        Literal::Text(text) if !text.is_empty() => text.clone(),
        Literal::Nil | Literal::Text(_) => NO_SERVICE.to_owned(),
        other => other.to_string(),
    }
}

fn family(asked: &Asked, metrics: &[Value]) -> Value {
    let (of, and) = if asked.by_operation {
        ("service_operation", " & operation")
    } else {
        ("service", "")
    };
    let (what, help) = match asked.metric {
        Metric::Latencies(quantile) => ("latencies", format!("{quantile:.2}th quantile latency")),
        Metric::Calls => ("call_rate", "calls/sec".to_owned()),
        Metric::Errors => (
            "error_rate",
            "error rate, computed as a fraction of errors/sec over calls/sec".to_owned(),
        ),
    };
    json!({
        "name": format!("{of}_{what}"),
        "type": "GAUGE",
        "help": format!("{help}, grouped by service{and}"),
        "metrics": metrics,
    })
}

#[cfg(test)]
mod tests {
    use super::super::metrics::tests::{asked, json_of, service as service_of_a_file};
    use super::*;
    use crate::model::scenario;

    async fn told(metric: Metric, more: &[(&str, &str)]) -> Value {
        let end = (scenario::EPOCH.0 / 1_000_000 + 60_000).to_string();
        let mut pairs = vec![
            ("endTs", end.as_str()),
            ("lookback", "120000"),
            ("step", "60000"),
            ("ratePer", "60000"),
        ];
        pairs.extend(more);
        let (service, _folder) = service_of_a_file();
        let Query(pairs) = asked(&pairs);
        json_of(metrics(&service, metric, &Params::new(pairs)).await).await
    }

    fn values(told: &Value) -> Vec<&Value> {
        let points = told["metrics"][0]["metricPoints"].as_array().unwrap();
        let values = points
            .iter()
            .map(|point| &point["gaugeValue"]["doubleValue"]);
        values.collect()
    }

    #[tokio::test]
    async fn rates_errors_and_latencies_of_a_service() {
        let cart = [("service", "cart"), ("service", "shop")];
        let calls = told(Metric::Calls, &cart).await;
        assert_eq!(calls["name"], "service_call_rate");
        let label = json!([{ "name": "service_name", "value": "cart" }]);
        assert_eq!(calls["metrics"][0]["labels"], label);
        assert_eq!(values(&calls).last(), Some(&&json!(1.0 / 60.0)));
        let errors = told(Metric::Errors, &cart).await;
        assert_eq!(values(&errors).last(), Some(&&json!(1.0)));
        let more = [("service", "cart"), ("groupByOperation", "true")];
        let latencies = told(Metric::Latencies(0.5), &more).await;
        assert_eq!(
            latencies["help"],
            "0.50th quantile latency, grouped by service & operation"
        );
        assert_eq!(latencies["metrics"][0]["labels"][1]["value"], "load");
        assert_eq!(values(&latencies).last(), Some(&&json!(500.0)));
        let none = told(Metric::Calls, &[("service", "nobody")]).await;
        assert_eq!(none["metrics"], json!([]));
    }

    #[tokio::test]
    async fn what_cannot_be_asked_is_refused_in_jaegers_words() {
        let refused = |metric: Metric, pairs: &[(&str, &str)]| {
            let Query(pairs) = asked(pairs);
            let refused = asked_for(metric, &Params::new(pairs));
            refused.err().unwrap().message
        };
        let service = "unable to parse param 'service': please provide at least one service name";
        assert_eq!(refused(Metric::Calls, &[]), service);
        let kind = [("service", "a"), ("spanKind", "x")];
        assert!(refused(Metric::Errors, &kind).ends_with("unsupported span kind: 'x'"));
        let (service, _folder) = service_of_a_file();
        let quantile = latencies(State(service), asked(&[("service", "a")])).await;
        assert_eq!(quantile.unwrap_err().status(), StatusCode::BAD_REQUEST);
    }
}
