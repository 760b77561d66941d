//! Series as rows of a table, and their numbers one by one.

use crate::backend::SeriesAnswer;
use crate::format::json::JsonWriter;
use crate::text::{Charset, count, duration, rate, spark};
use crate::traceql::metrics::{Label, Measure, Series};
use crate::traceql::tree::Literal;
use crate::traceql::{Metrics, Steps};

use super::super::output::{Cell, Column, Look, Record};
use super::document::series_json;

/// A series in a table.
pub(super) struct Line {
    series: Series,
    steps: Steps,
    measure: Measure,
    /// The greatest number of all series.
    top: f64,
}

pub(super) fn lines(metrics: &Metrics, answer: &SeriesAnswer) -> Vec<Line> {
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
pub(super) const NAMED: usize = 5;

pub(super) const OVER_TIME: &[Column<Line>] = &[
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

pub(super) const AT_ONCE: &[Column<Line>] = &[
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
pub(super) struct Point {
    series: String,
    time: u64,
    value: f64,
}

pub(super) const POINTS: &[Column<Point>] = &[
    Column::left("TIME", "time_unix_nano", |point, _| {
        Cell::text(point.time.to_string())
    }),
    Column::left("SERIES", "series", |point, _| Cell::text(&*point.series)),
    Column::right("VALUE", "value", |point, _| {
        Cell::text(point.value.to_string())
    }),
];

pub(super) fn points(answer: &SeriesAnswer) -> Vec<Point> {
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
}
