//! Folding, bundles and missing parents.

use super::*;
use crate::model::scenario;

const TREE: &str =
    "a: r 0..100\n  b: x 1..50\n    c: y 2..3\n    c: z 4..5\n      d: deep 4..5\n  b: w 60..70\n";

fn spans(rows: &Rows) -> Vec<usize> {
    rows.visible_spans().collect()
}

#[test]
fn folds_jump_over_subtrees() {
    let trace = scenario::trace(TREE);
    let mut rows = Rows::new(&trace);
    rows.set(&trace, 1, true);
    assert_eq!(spans(&rows), [0, 1, 5]);
    assert_eq!(rows.row_of(4), 1);
    assert_eq!(rows.row_of(5), 2);
    rows.reveal(&trace, 4);
    assert_eq!(rows.len(), 6);
    rows.open_to(&trace, 2);
    assert_eq!(spans(&rows), [0, 1, 5]);
}

#[test]
fn levels_open_from_the_top_and_fold_from_the_bottom() {
    let trace = scenario::trace(TREE);
    let mut rows = Rows::new(&trace);
    rows.fold_level(&trace);
    assert_eq!(spans(&rows), [0, 1, 2, 3, 5]);
    rows.fold_level(&trace);
    assert_eq!(spans(&rows), [0, 1, 5]);
    rows.open_to(&trace, 1);
    rows.open_level(&trace);
    assert_eq!(spans(&rows), [0, 1, 5]);
}

#[test]
fn a_missing_parent_has_one_row() {
    let trace =
        scenario::trace("a: r 0..9\nb: x 1..2 parent=77\n  b: in 1..2\nb: y 3..4 parent=77\n");
    let rows = Rows::new(&trace);
    assert_eq!(rows.get(1), Some(Row::MissingParent(1)));
    assert_eq!(rows.len(), 5);
    assert_eq!((rows.row_of(0), rows.row_of(1), rows.row_of(3)), (0, 2, 4));
}

#[test]
fn alike_siblings_share_a_row_until_it_is_opened() {
    let calls = "  b: get 1..2\n    c: x 1..2\n".repeat(5);
    let trace = scenario::trace(&format!("a: r 0..100\n{calls}  b: put 3..4\n"));
    let mut rows = Rows::new(&trace);
    assert_eq!(rows.len(), 3);
    let Some(Row::Bundle(run)) = rows.get(1) else {
        panic!("{:?}", rows.get(1))
    };
    assert_eq!((rows.row_of(6), rows.own_row(6)), (1, None));
    rows.set_bundle(&trace, &run, true);
    assert_eq!(
        (rows.len(), rows.row_of(1), rows.header_of(&trace, 5)),
        (13, 2, Some(1))
    );
    let levels: Vec<usize> = (0..4).map(|row| rows.level(&trace, row)).collect();
    assert_eq!(levels, [0, 1, 2, 3]);
    assert_eq!(rows.level(&trace, 12), 1);
    rows.close_all(&trace);
    rows.reveal(&trace, 6);
    assert_eq!(rows.span(rows.row_of(6)), Some(6));
}

#[test]
fn a_chain_is_one_row_and_what_hangs_below_it_stays() {
    let text = "a: r 0..9\n a: s 0..9\n  a: t 0..9\n   a: u 0..9\n    a: v 0..9\n     b: w 0..9\n a: z 0..1\n";
    let text = text.replace(" a: z", "a: z");
    let trace = scenario::trace(&text);
    let mut rows = Rows::new(&trace);
    assert_eq!(rows.len(), 3);
    assert_eq!((rows.level(&trace, 1), rows.number(1)), (1, Some(5)));
    rows.reveal(&trace, 3);
    assert_eq!((rows.len(), rows.level(&trace, 5)), (7, 5));
}

#[test]
fn what_is_hidden_has_one_row_below_each_parent() {
    let text = "a: r 0..100\n  b: x 1..5\n    c: y 2..3 error\n  d: w 6..50\n    b: p 7..8\n    e: leaf 9..10\n  b: z 60..70\n  c: q 71..72\n";
    let trace = scenario::trace(text);
    let mut rows = Rows::new(&trace);
    let is = |service: &'static str| {
        let trace = &trace;
        move |span: usize| trace.span(span).service() == service
    };
    rows.sift(&trace, Sieve::default().without(&trace, is("b")));
    let hidden: Vec<_> = (0..rows.len())
        .filter_map(|row| match rows.get(row)? {
            Row::Hidden(hidden) => Some((row, hidden.spans, hidden.errors)),
            _ => None,
        })
        .collect();
    assert_eq!(hidden, [(1, 3, 1), (3, 1, 0)], "both of the first in a row");
    assert_eq!((rows.level(&trace, 1), rows.level(&trace, 3)), (1, 2));
    assert_eq!(spans(&rows), [0, 3, 5, 7]);
    assert_eq!((rows.row_of(2), rows.next_sibling(&trace, 1)), (1, Some(2)));

    rows.sift(&trace, Sieve::default().around(&trace, is("b")));
    assert_eq!(spans(&rows), [0, 2, 3, 5, 7]);
    assert_eq!(rows.len(), 7, "leaves have nobody to stand in their place");

    rows.sift(&trace, Sieve::default().without(&trace, is("a")));
    assert!(rows.is_bare());
}
