//! What the palette finds here beside actions: traces, services, operations, attributes.

use crate::text::{Shown, count_short};
use crate::traceql::operator::Compare;
use crate::traceql::tree::{FieldExpr, Literal};
use crate::traceql::{Attribute, Intrinsic};
use crate::tui::screen::palette::Pick;
use crate::tui::widget::picker::Item;

use super::{Search, narrow};

/// Everything that has a name: the traces in view, and what the backend knows.
pub fn of(search: &Search) -> Vec<Item<Pick>> {
    let mut items = Vec::new();
    for row in search.results.rows() {
        items.push(item(
            Pick::Trace(row.trace_id),
            "trace",
            format!("{} {}", row.service, row.name),
            row.trace_id.to_string(),
        ));
    }
    let is = |attribute: Attribute, name: &str| {
        let literal = Literal::Text(name.to_owned());
        let term = FieldExpr::comparison(attribute, Compare::Equal, literal);
        Pick::Query(narrow::all(vec![term]))
    };
    for (name, spans) in &search.names.services {
        let query = is(Attribute::service(), name);
        items.push(item(query, "service", name.clone(), count_short(*spans)));
    }
    for (name, spans) in &search.names.operations {
        let query = is(Attribute::Intrinsic(Intrinsic::Name), name);
        items.push(item(query, "operation", name.clone(), count_short(*spans)));
    }
    for (name, spans) in search.names.attributes() {
        let query = format!("{{ .{name} != nil }}");
        let plain = name
            .chars()
            .all(|c| c.is_alphanumeric() || "._-".contains(c));
        if plain {
            items.push(item(
                Pick::Query(query),
                "attribute",
                name,
                count_short(spans),
            ));
        }
    }
    items
}

fn item(value: Pick, class: &'static str, label: String, aside: String) -> Item<Pick> {
    Item {
        value,
        class,
        label: Shown::from(label),
        aside: Shown::from(aside),
    }
}
