//! The answer of `compare()` as rows: which values tell the selected spans from the others.

use std::collections::BTreeMap;

use crate::format::json::JsonWriter;
use crate::text::share;
use crate::traceql::metrics::{Label, Series};
use crate::traceql::tree::Literal;

use super::super::output::{Cell, Column, Record};

/// A value of an attribute in a comparison: how many spans of each side have it.
#[derive(Default)]
pub(super) struct Facet {
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

pub(super) const FACETS: &[Column<Facet>] = &[
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
pub(super) fn facets(series: &[Series]) -> Vec<Facet> {
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
