//! The head of the detail: a span, or spans that share a row, in one line.

use crate::analysis::Standing;
use crate::model::{Kind, Nanos, Trace};
use crate::text::{self, Charset, Shown};
use crate::tui::widget::waterfall::{Bundle, Likeness};

use super::super::explain::Explained;
use super::super::together::Together;

/// The span in one line: name, then its figures.
pub fn title(
    trace: &Trace,
    number: usize,
    explained: Option<&Explained>,
    charset: Charset,
) -> Vec<Shown<'static>> {
    let span = trace.span(number);
    let figure = |nanos: Nanos| text::duration(nanos.0, charset);
    let from = trace.start_of(number).since(trace.start());
    let mut parts = vec![
        Shown::from(format!("{} {}", span.service(), span.operation())),
        Shown::from(format!(
            "{} from +{}",
            figure(trace.duration_of(number)),
            figure(from)
        )),
        Shown::from(format!("own {}", figure(trace.self_time(number)))),
    ];
    let critical = explained.map(|explained| explained.path.time_of(number));
    if let Some(critical) = critical.filter(|critical| critical.0 > 0) {
        let share = text::share(critical.0, trace.duration().0);
        parts.push(Shown::from(format!(
            "critical {}{}{share}",
            figure(critical),
            crate::analysis::between(charset)
        )));
    }
    let standing = explained.and_then(|explained| explained.standing(number, trace));
    if let Some(standing) = standing {
        parts.push(Shown::from(beside_its_like(&standing)));
    }
    if span.kind() != Kind::Unspecified {
        parts.push(Shown::from(span.kind().name().to_owned()));
    }
    parts
}

/// How a span stands: `slower than 97 % of 3,600 like it`.
pub fn beside_its_like(standing: &Standing) -> String {
    let of = text::count(standing.of);
    let (slower, all) = ((standing.faster * 1e4) as u64, 10_000);
    if slower * 2 < all {
        let faster = text::share(all - slower, all);
        format!("no slower than {faster} of {of} like it")
    } else {
        format!("slower than {} of {of} like it", text::share(slower, all))
    }
}

/// Spans that share a row in one line.
pub fn bundle_title(
    trace: &Trace,
    bundle: &Bundle,
    together: &Together,
    charset: Charset,
) -> Vec<Shown<'static>> {
    let span = trace.span(bundle.first);
    let figure = |nanos: Nanos| text::duration(nanos.0, charset);
    let name = match bundle.likeness {
        Likeness::Alike => format!("{} {}", span.service(), span.operation()),
        Likeness::Chain => format!("{}, one below the other", span.service()),
    };
    let longest = together.longest.first();
    let longest = longest.map_or(Nanos(0), |&span| trace.duration_of(span));
    let mut parts = vec![
        Shown::from(name),
        Shown::from(text::plural(bundle.count.into(), "span")),
        Shown::from(format!(
            "{} from +{}",
            figure(together.to.since(together.from)),
            figure(together.from.since(trace.start()))
        )),
        Shown::from(format!("median {}", figure(together.median))),
        Shown::from(format!("longest {}", figure(longest))),
        Shown::from(format!("together {}", figure(together.sum))),
    ];
    if together.failed > 0 {
        parts.push(Shown::from(format!(
            "{} failed",
            text::count(together.failed as u64)
        )));
    }
    parts
}
