//! `vizsla search '{ ... } | rate()'`: series over time.

mod comparison;
mod document;
mod lines;

use std::io::Write;

use tokio_util::sync::CancellationToken;

use crate::backend::{Division, SeriesAnswer, SeriesRequest};
use crate::model::{Nanos, Time};
use crate::traceql::Metrics;
use crate::traceql::metrics::Series;

use super::args::nanos;
use super::output::{Format, write_document, write_rows};
use super::search::SearchArgs;
use super::{Failure, Outcome, Session};
use comparison::{FACETS, facets};
use document::document;
use lines::{AT_ONCE, NAMED, OVER_TIME, POINTS, lines, points};

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
