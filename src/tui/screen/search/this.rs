//! What is done with the trace under the cursor: narrowing the search by it, copying it.

use crate::backend::TraceRow;
use crate::traceql::operator::Compare;
use crate::traceql::tree::{Field as Term, FieldExpr, Literal};
use crate::traceql::{Attribute, Intrinsic};
use crate::tui::keymap::Action;
use crate::tui::page::Cx;

use super::form::Asked;
use super::narrow::{self, narrowed};
use super::{Search, copies};

/// Does an action on it. False if it means nothing there.
pub fn act(search: &mut Search, action: Action, cx: &mut Cx<'_>) -> bool {
    let without = |intrinsic, value: &str| narrow::text(intrinsic, Compare::NotEqual, value);
    let Some(row) = search.results.here().cloned() else {
        return false;
    };
    match action {
        Action::MoreLikeThis => alike(search, &row, cx),
        Action::WithoutService => narrow(search, without(Intrinsic::RootService, &row.service), cx),
        Action::WithoutOperation => narrow(search, without(Intrinsic::RootName, &row.name), cx),
        Action::WithoutShorter => {
            let length = Literal::Duration(row.duration.0 as i64);
            let lasts = Attribute::Intrinsic(Intrinsic::TraceDuration);
            narrow(
                search,
                FieldExpr::comparison(lasts, Compare::GreaterEqual, length),
                cx,
            );
        }
        Action::ShowAll => {
            let Some(query) = search.whole.take() else {
                return false;
            };
            let asked = Asked {
                query,
                ..search.asked.clone()
            };
            search.ask(asked, cx);
        }
        Action::CopyTraceId => cx.copy("trace id", row.trace_id.to_string()),
        Action::CopyRow => cx.copy("row", copies::row(&row, cx.shared)),
        Action::CopyMarkdown => {
            let marked: Vec<&TraceRow> = copies::chosen(&search.results, &row);
            let text = copies::markdown(&marked, cx.shared);
            cx.copy("Markdown", text);
        }
        Action::CopyCommand => cx.copy("command", copies::command(&search.asked, cx.shared)),
        _ => return false,
    }
    true
}

fn alike(search: &mut Search, row: &TraceRow, cx: &mut Cx<'_>) {
    let is = |intrinsic, value: &str| narrow::text(intrinsic, Compare::Equal, value);
    let terms = vec![
        is(Intrinsic::RootService, &row.service),
        is(Intrinsic::RootName, &row.name),
    ];
    let asked = Asked {
        query: narrow::all(terms),
        ..search.asked.clone()
    };
    search.ask(asked, cx);
}

/// Asks for what has this too; `xx` goes back to the query before.
pub fn narrow(search: &mut Search, term: Term, cx: &mut Cx<'_>) {
    let before = search.asked.query.clone();
    let asked = Asked {
        query: narrowed(&before, term),
        ..search.asked.clone()
    };
    search.whole.get_or_insert(before);
    search.ask(asked, cx);
}
