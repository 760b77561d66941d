//! `vizsla search '{ ... } | rate()'`: series over time.

use std::collections::BTreeMap;
use std::io::Write;

use tokio_util::sync::CancellationToken;

use crate::backend::{Division, SeriesAnswer, SeriesRequest};
use crate::format::json::JsonWriter;
use crate::model::{Nanos, Time};
use crate::text::{Charset, count, duration, rate, share, spark};
use crate::traceql::metrics::{Exemplar, Label, Measure, Series};
use crate::traceql::tree::Literal;
use crate::traceql::{Metrics, Steps};

use super::args::nanos;
use super::output::{Cell, Column, Format, Look, Record, write_document, write_rows};
use super::search::SearchArgs;
use super::{Failure, Outcome, Session};

/// Reads `--step`.
pub(super) fn division(text: &str) -> Result<Division, String> {
    match text {
        "all" => Ok(Division::Whole),
        text => match nanos(text)? {
            0 => Err("a step lasts longer than nothing".to_owned()),
            length => Ok(Division::Steps(Nanos(length))),
        },
    }
}

pub(super) fn run(
    args: &SearchArgs,
    metrics: &Metrics,
    session: &mut Session,
) -> Result<Outcome, Failure> {
    // A comparison is about the whole time, unless somebody wants to see it unfold.
    let unasked = if metrics.is_comparison() {
        Division::Whole
    } else {
        Division::Suitable
    };
    let (answer, assumed) = session.ask(&args.source, async |backend, look| {
        let asked = args.window.on(backend.capabilities(), &look.clock)?;
        // What is alive goes on until now, even if nothing came of late.
        let mut window = asked.window;
        if let Some(window) = window
            .as_mut()
            .filter(|_| !backend.capabilities().windowless)
        {
            window.to = window.to.min(Time(look.clock.now()));
        }
        let request = SeriesRequest {
            query: metrics.tree().to_string(),
            window,
            by: args.step.unwrap_or(unasked),
            exemplars: matches!(args.format, Format::Json | Format::Ndjson),
        };
        let answer = backend.series(request, CancellationToken::new()).await;
        Ok((answer.map_err(Failure::from)?, asked.note))
    })?;
    write(args.format, metrics, &answer, session)?;
    session.out.flush()?;
    for note in assumed.iter().chain(&answer.notes) {
        session.note(note);
    }
    Ok(Outcome::of(answer.series.iter().any(Series::is_told)))
}

fn write(
    format: Format,
    metrics: &Metrics,
    answer: &SeriesAnswer,
    session: &mut Session,
) -> Result<(), Failure> {
    let (out, look) = (&mut session.out, &session.look);
    if format == Format::Json {
        write_document(out, |json| {
            document(metrics, answer, json);
            Ok(())
        })?;
    } else if metrics.is_comparison() && answer.steps.count() == 1 && format != Format::Ndjson {
        write_rows(out, look, format, FACETS, &facets(&answer.series))?;
    } else if format == Format::Csv {
        write_rows(out, look, format, POINTS, &points(answer))?;
    } else {
        let columns = match (answer.steps.count(), look.tty) {
            (1, _) => AT_ONCE,
            (_, true) => OVER_TIME,
            (_, false) => OVER_TIME.get(..NAMED).unwrap_or(OVER_TIME),
        };
        write_rows(out, look, format, columns, &lines(metrics, answer))?;
    }
    Ok(())
}

/// A series in a table.
struct Line {
    series: Series,
    steps: Steps,
    measure: Measure,
    /// The greatest number of all series.
    top: f64,
}

fn lines(metrics: &Metrics, answer: &SeriesAnswer) -> Vec<Line> {
    let numbers = answer.series.iter().flat_map(|series| &series.values);
    let top = numbers.copied().fold(0.0, f64::max);
    let line = |series: &Series| Line {
        series: series.clone(),
        steps: answer.steps,
        measure: metrics.measure(),
        top,
    };
    answer.series.iter().map(line).collect()
}

/// Columns of a sparkline.
const SPARK: usize = 48;

/// The columns that say it in figures.
const NAMED: usize = 5;

const OVER_TIME: &[Column<Line>] = &[
    Column::left("SERIES", "series", |line, _| {
        Cell::text(named(&line.series.labels))
    }),
    Column::right("LAST", "last", |line, look| {
        figure(line, look, |n| n.last().copied())
    }),
    Column::right("LEAST", "least", |line, look| {
        figure(line, look, |n| n.iter().copied().reduce(f64::min))
    }),
    Column::right("MEAN", "mean", |line, look| {
        figure(line, look, |n| Some(n.iter().sum::<f64>() / n.len() as f64))
    }),
    Column::right("MOST", "most", |line, look| {
        figure(line, look, |n| n.iter().copied().reduce(f64::max))
    }),
    Column::left("OVER TIME", "over_time", |line, look| {
        Cell::text(spark(&line.series.values, line.top, SPARK, look.charset))
    }),
];

const AT_ONCE: &[Column<Line>] = &[
    Column::left("SERIES", "series", |line, _| {
        Cell::text(named(&line.series.labels))
    }),
    Column::right("VALUE", "value", |line, look| {
        figure(line, look, |n| n.last().copied())
    }),
];

/// Labels in a row: values, and the names of those that do not tell themselves.
fn named(labels: &[Label]) -> String {
    let labels = labels
        .iter()
        .map(|label| match (&*label.name, &label.value) {
            (Label::NAME, Literal::Text(name)) => name.clone(),
            ("resource.service.name" | "name", Literal::Text(text)) => text.clone(),
            (name, Literal::Text(text)) => format!("{name}={text}"),
            (name, value) => format!("{name}={value}"),
        });
    labels.collect::<Vec<_>>().join(" ")
}

/// One number of those that a series has.
fn figure(line: &Line, look: &Look, one: impl Fn(&[f64]) -> Option<f64>) -> Cell {
    let numbers = line.series.values.iter().copied();
    let numbers: Vec<f64> = numbers.filter(|number| !number.is_nan()).collect();
    let number = if numbers.is_empty() {
        None
    } else {
        one(&numbers)
    };
    Cell::known(number, |number| Cell {
        exact: number.to_string(),
        ..Cell::text(measured(number, line.measure, look.charset))
    })
}

fn measured(number: f64, measure: Measure, charset: Charset) -> String {
    match measure {
        Measure::Rate => rate(number),
        Measure::Seconds if (0.0..1.8e10).contains(&number) => {
            duration((number * 1e9).round() as u64, charset)
        }
        Measure::Count if (0.0..1e18).contains(&number) && number.fract() == 0.0 => {
            count(number as u64)
        }
        _ if number == 0.0 || (0.01..1e9).contains(&number.abs()) => {
            let text = format!("{number:.2}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => format!("{number:.3e}"),
    }
}

/// A number of a series: what spreadsheets want.
struct Point {
    series: String,
    time: u64,
    value: f64,
}

const POINTS: &[Column<Point>] = &[
    Column::left("TIME", "time_unix_nano", |point, _| {
        Cell::text(point.time.to_string())
    }),
    Column::left("SERIES", "series", |point, _| Cell::text(&*point.series)),
    Column::right("VALUE", "value", |point, _| {
        Cell::text(point.value.to_string())
    }),
];

fn points(answer: &SeriesAnswer) -> Vec<Point> {
    let of_series = |series: &Series| {
        let name = named(&series.labels);
        let told = answer.times().zip(series.values.clone());
        let told = told.filter(|(_, value)| !value.is_nan());
        told.map(|(time, value)| Point {
            series: name.clone(),
            time: time.0,
            value,
        })
        .collect::<Vec<_>>()
    };
    answer.series.iter().flat_map(of_series).collect()
}

impl Record for Point {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("time_unix_nano").quoted(self.time);
        json.key("series").string(&self.series);
        json.key("value").double(self.value);
        json.end_object();
    }
}

impl Record for Line {
    fn json(&self, json: &mut JsonWriter<'_>) {
        series_json(&self.series, self.steps, json);
    }
}

/// The whole answer: when steps end, and the series with a number or `null` for each.
fn document(metrics: &Metrics, answer: &SeriesAnswer, json: &mut JsonWriter<'_>) {
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

fn series_json(series: &Series, steps: Steps, json: &mut JsonWriter<'_>) {
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

/// A value of an attribute in a comparison: how many spans of each side have it.
#[derive(Default)]
struct Facet {
    attribute: String,
    value: String,
    selected: u64,
    of_selected: u64,
    others: u64,
    of_others: u64,
}

impl Facet {
    /// How much more of the selected spans have it than of the others, from -1 to 1.
    fn difference(&self) -> f64 {
        let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
        share(self.selected, self.of_selected) - share(self.others, self.of_others)
    }
}

const FACETS: &[Column<Facet>] = &[
    Column::left("ATTRIBUTE", "attribute", |facet, _| {
        Cell::text(&*facet.attribute)
    }),
    Column::left("VALUE", "value", |facet, _| Cell::text(&*facet.value)),
    Column::right("SELECTED", "selected", |facet, _| Cell {
        exact: facet.selected.to_string(),
        ..Cell::text(share(facet.selected, facet.of_selected))
    }),
    Column::right("OTHERS", "others", |facet, _| Cell {
        exact: facet.others.to_string(),
        ..Cell::text(share(facet.others, facet.of_others))
    }),
    Column::right("SPANS", "spans", |facet, _| {
        Cell::count(facet.selected + facet.others)
    }),
];

impl Record for Facet {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("attribute").string(&self.attribute);
        json.key("value").string(&self.value);
        json.key("selected").raw(self.selected);
        json.key("others").raw(self.others);
        json.end_object();
    }
}

/// The values of a comparison, those first that tell the selected spans from the others.
fn facets(series: &[Series]) -> Vec<Facet> {
    let mut found: BTreeMap<(String, String), Facet> = BTreeMap::new();
    let mut totals = [0, 0];
    for series in series {
        let spans = series.values.iter().sum::<f64>() as u64;
        let [
            Label {
                value: Literal::Text(side),
                ..
            },
            of @ ..,
        ] = series.labels.as_slice()
        else {
            continue;
        };
        match (side.as_str(), of) {
            ("selection_total", _) => totals[0] = spans,
            ("baseline_total", _) => totals[1] = spans,
            (side, [label]) => {
                let value = match &label.value {
                    Literal::Text(text) => text.clone(),
                    other => other.to_string(),
                };
                let facet = found
                    .entry((label.name.clone(), value.clone()))
                    .or_default();
                (facet.attribute, facet.value) = (label.name.clone(), value);
                match side {
                    "selection" => facet.selected = spans,
                    "baseline" => facet.others = spans,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    let mut facets: Vec<Facet> = found.into_values().collect();
    for facet in &mut facets {
        [facet.of_selected, facet.of_others] = totals;
    }
    facets.retain(|facet| facet.selected + facet.others > 0);
    facets.sort_by(|a, b| b.difference().abs().total_cmp(&a.difference().abs()));
    facets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_what_they_are() {
        let cases = [
            (0.5, Measure::Rate, "0.5/s"),
            (0.0125, Measure::Seconds, "12.5 ms"),
            (1_204.0, Measure::Count, "1,204"),
            (1.0 / 3.0, Measure::Number, "0.33"),
            (-2.0, Measure::Number, "-2"),
            (1.5e12, Measure::Number, "1.500e12"),
        ];
        for (number, measure, text) in cases {
            assert_eq!(measured(number, measure, Charset::Unicode), text);
        }
    }

    #[test]
    fn what_tells_the_sides_apart_comes_first() {
        let text = |text: &str| Literal::Text(text.to_owned());
        let series = |side: &str, label: Option<(&str, &str)>, spans: f64| {
            let mut labels = vec![Label::new("__meta_type", text(side))];
            labels.extend(label.map(|(name, value)| Label::new(name, text(value))));
            Series {
                labels,
                values: vec![spans],
                exemplars: Vec::new(),
            }
        };
        let all = [
            series("baseline", Some(("name", "a")), 50.0),
            series("selection", Some(("name", "a")), 5.0),
            series("selection", Some(("span.v", "2")), 9.0),
            series("baseline", Some(("span.v", "2")), 1.0),
            series("baseline_total", None, 100.0),
            series("selection_total", None, 10.0),
        ];
        let facets = facets(&all);
        let told: Vec<_> = facets
            .iter()
            .map(|f| (&*f.attribute, f.selected, f.others))
            .collect();
        assert_eq!(told, [("span.v", 9, 1), ("name", 5, 50)]);
        assert!((facets[0].difference() - 0.89).abs() < 1e-9);
    }
}
