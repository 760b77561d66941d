//! Which services and operations there are, with their spans and errors.

use std::collections::BTreeMap;

use crate::backend::{OperationRow, ServiceRow, Window};
use crate::model::{Block, Kind, ResourceIx, Row, SpanRef, Sym};
use crate::storage::Snapshot;

/// Spans, and how many of them failed.
type Count = (u64, u64);

fn add(count: &mut Count, (spans, errors): Count) {
    count.0 += spans;
    count.1 += errors;
}

fn one(span: SpanRef<'_>) -> Count {
    (1, u64::from(span.is_error()))
}

/// The spans of a block that start within a window.
fn within(block: &Block, window: Option<Window>) -> impl Iterator<Item = SpanRef<'_>> {
    let starts = block.start_column();
    let wanted = move |row: &Row| {
        let start = starts.get(*row as usize);
        window.is_none_or(|window| start.is_some_and(|&start| window.contains(start)))
    };
    (0..block.len() as Row)
        .filter(wanted)
        .map(|row| block.span(row))
}

/// The services, by name.
pub fn services(snapshot: &Snapshot, window: Option<Window>) -> Vec<ServiceRow> {
    let mut services: BTreeMap<&str, Count> = BTreeMap::new();
    for block in snapshot.blocks() {
        // Counted by resource first: there are few.
        let mut resources = vec![Count::default(); block.resource_count()];
        for span in within(block, window) {
            if let Some(count) = resources.get_mut(span.resource().index().0 as usize) {
                add(count, one(span));
            }
        }
        for (index, &count) in resources
            .iter()
            .enumerate()
            .filter(|(_, count)| count.0 > 0)
        {
            let service = block.resource(ResourceIx(index as u32)).service();
            add(services.entry(service).or_default(), count);
        }
    }
    let row = |(service, (spans, errors)): (&str, Count)| ServiceRow {
        service: service.to_owned(),
        spans: Some(spans),
        errors: Some(errors),
    };
    services.into_iter().map(row).collect()
}

/// The operations of one service, or of all, by service, name and kind.
pub fn operations(
    snapshot: &Snapshot,
    service: Option<&str>,
    window: Option<Window>,
) -> Vec<OperationRow> {
    let mut operations: BTreeMap<(&str, &str, Kind), Count> = BTreeMap::new();
    for block in snapshot.blocks() {
        for ((service, operation, kind), count) in of_block(block, service, window) {
            let text = |sym| block.dictionary().text(sym);
            let key = (text(service), text(operation), kind);
            add(operations.entry(key).or_default(), count);
        }
    }
    let row =
        |((service, operation, kind), (spans, errors)): ((&str, &str, Kind), Count)| OperationRow {
            service: service.to_owned(),
            operation: operation.to_owned(),
            kind: kind.name().to_owned(),
            spans: Some(spans),
            errors: Some(errors),
        };
    operations.into_iter().map(row).collect()
}

/// Counted by the block's own symbols, so that strings are compared once for each distinct one.
fn of_block(
    block: &Block,
    service: Option<&str>,
    window: Option<Window>,
) -> hashbrown::HashMap<(Sym, Sym, Kind), Count> {
    let mut found: hashbrown::HashMap<(Sym, Sym, Kind), Count> = hashbrown::HashMap::new();
    let wanted = service.map(|service| block.dictionary().find(service));
    if wanted == Some(None) {
        return found;
    }
    for span in within(block, window) {
        let of = span.resource().service_sym();
        let operation = block.operation(span.row());
        if wanted.is_none_or(|wanted| wanted == Some(of)) {
            add(
                found.entry((of, operation, span.kind())).or_default(),
                one(span),
            );
        }
    }
    found
}
