//! Figures of a trace's spans, grouped by service, operation or whatever they have in common; with
//! `--by service`, who owns the critical path.

use crate::analysis::{Group, GroupBy, critical_path, statistics};
use crate::format::json::JsonWriter;
use crate::model::Trace;

use super::super::output::{Cell, Column, Look, Record};

/// How many things groups may have in common.
pub(super) const MOST: usize = 3;

/// The groups, most critical time first.
pub(super) fn of<'a>(trace: &Trace, by: &'a [GroupBy]) -> Vec<GroupRow<'a>> {
    let groups = statistics(trace, &critical_path(trace), by).into_iter();
    groups.map(|group| GroupRow { by, group }).collect()
}

pub(super) fn columns<'a>(by: &[GroupBy]) -> Vec<Column<GroupRow<'a>>> {
    let values: [fn(&GroupRow<'a>, &Look) -> Cell; MOST] = [
        |row, _| Cell::text(row.value(0)),
        |row, _| Cell::text(row.value(1)),
        |row, _| Cell::text(row.value(2)),
    ];
    let named = by.iter().zip(values);
    let named = named.map(|(by, value)| Column::called(by.word(), value));
    named.chain(figures()).collect()
}

fn figures<'a>() -> [Column<GroupRow<'a>>; 14] {
    [
        Column::right("COUNT", "spans", |row: &GroupRow<'a>, _| {
            Cell::count(row.group.figures.durations.count())
        }),
        Column::right("ERR", "errors", |row, _| {
            Cell::count(row.group.figures.errors)
        }),
        Column::right("TOTAL", "duration_nano", |row, look| {
            Cell::duration(row.group.figures.durations.sum().0, look)
        }),
        Column::right("AVG", "average_nano", |row, look| {
            Cell::duration(row.group.figures.durations.mean().0, look)
        }),
        Column::right("MIN", "min_nano", |row, look| {
            Cell::duration(row.group.figures.range.0.0, look)
        }),
        Column::right("P50", "p50_nano", |row, look| {
            Cell::duration(row.quantile(0.5), look)
        }),
        Column::right("P95", "p95_nano", |row, look| {
            Cell::duration(row.quantile(0.95), look)
        }),
        Column::right("P99", "p99_nano", |row, look| {
            Cell::duration(row.quantile(0.99), look)
        }),
        Column::right("MAX", "max_nano", |row, look| {
            Cell::duration(row.group.figures.range.1.0, look)
        }),
        Column::right("SELF", "self_nano", |row, look| {
            Cell::duration(row.group.figures.own.0, look)
        }),
        Column::right("SELF AVG", "self_average_nano", |row, look| {
            Cell::duration(row.group.figures.mean_own().0, look)
        }),
        Column::right("SELF MIN", "self_min_nano", |row, look| {
            Cell::duration(row.group.figures.own_range.0.0, look)
        }),
        Column::right("SELF MAX", "self_max_nano", |row, look| {
            Cell::duration(row.group.figures.own_range.1.0, look)
        }),
        Column::right("CRITICAL", "critical_nano", |row, look| {
            Cell::duration(row.group.figures.critical.0, look)
        }),
    ]
}

/// A group and what it was made by.
pub(super) struct GroupRow<'a> {
    by: &'a [GroupBy],
    group: Group,
}

impl GroupRow<'_> {
    fn value(&self, at: usize) -> &str {
        let value = self.group.values.get(at);
        value.and_then(Option::as_deref).unwrap_or_default()
    }

    fn quantile(&self, q: f64) -> u64 {
        self.group
            .figures
            .durations
            .quantile(q)
            .unwrap_or_default()
            .0
    }
}

impl Record for GroupRow<'_> {
    fn json(&self, json: &mut JsonWriter<'_>) {
        let figures = &self.group.figures;
        json.begin_object();
        for (at, by) in self.by.iter().enumerate() {
            json.key(by.word()).string(self.value(at));
        }
        json.key("spans").raw(figures.durations.count());
        json.key("errors").raw(figures.errors);
        json.key("duration_nano").raw(figures.durations.sum().0);
        json.key("average_nano").raw(figures.durations.mean().0);
        json.key("min_nano").raw(figures.range.0.0);
        json.key("p50_nano").raw(self.quantile(0.5));
        json.key("p95_nano").raw(self.quantile(0.95));
        json.key("p99_nano").raw(self.quantile(0.99));
        json.key("max_nano").raw(figures.range.1.0);
        json.key("self_nano").raw(figures.own.0);
        json.key("self_average_nano").raw(figures.mean_own().0);
        json.key("self_min_nano").raw(figures.own_range.0.0);
        json.key("self_max_nano").raw(figures.own_range.1.0);
        json.key("critical_nano").raw(figures.critical.0);
        json.end_object();
    }
}
