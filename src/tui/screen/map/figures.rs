//! The figures of a map: rates, shares, what a box and a label say.

use std::fmt::Write as _;

use crate::graph::Size;
use crate::graph::service::{Call, Service, ServiceGraph};
use crate::graph::view;
use crate::model::{Minute, Nanos};
use crate::text::{self, Charset, Shown};
use crate::tui::theme::Glyphs;

/// What all figures of a map are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// Seconds in which the calls were made; 0 if that is not known.
    pub seconds: f64,
    /// The own work of all services.
    pub own: Nanos,
}

impl Figures {
    /// The figures of a graph.
    pub fn of(graph: &ServiceGraph) -> Self {
        let minutes = || graph.edge_weights().flat_map(|call| call.minutes.iter());
        let first = minutes().map(Minute::start).min();
        let last = minutes().map(Minute::start).max();
        let seconds = first
            .zip(last)
            .map_or(0.0, |(first, last)| last.since(first).0 as f64 / 1e9 + 60.0);
        let own = graph.node_weights().filter_map(|service| service.own).sum();
        Self { seconds, own }
    }

    /// Calls a second, or their number where time is not known.
    pub fn rate(&self, calls: u64) -> String {
        if self.seconds > 0.0 {
            text::rate(calls as f64 / self.seconds)
        } else {
            text::count_short(calls)
        }
    }

    /// The size of a service's box, frame included.
    pub fn size(&self, service: &Service, compact: bool) -> Size {
        let lines = self.lines(service, compact, Charset::Unicode);
        let width = lines
            .iter()
            .map(Shown::width)
            .max()
            .unwrap_or(0)
            .max(service.kind.word().len() + 3);
        let height = if compact { 1 } else { lines.len() + 2 };
        Size {
            width: width as i32 + if compact { 2 } else { 4 },
            height: height as i32,
        }
    }

    /// What stands in a service's box, without the marks of failure, which are drawn beside.
    pub fn lines(&self, service: &Service, compact: bool, charset: Charset) -> Vec<Shown<'static>> {
        let name = if service.name.is_empty() {
            "(no name)"
        } else {
            &service.name
        };
        let name = Shown::new(name).into_owned();
        // Room for the mark, whether there is one now or not: nothing moves when one comes.
        let name_line = Shown::from(format!("{name}  "));
        if compact {
            return vec![name_line];
        }
        if service.spans == 0 {
            return vec![name_line];
        }
        let calls = Shown::from(self.rate(service.spans));
        let mut second = format!("{calls}     ");
        if service.errors > 0 {
            second = format!(
                "{calls}  {} {}",
                failed(charset),
                text::share(service.errors, service.spans)
            );
        }
        let mut lines = vec![name_line, Shown::from(second)];
        if let Some(own) = service.own.filter(|_| self.own.0 > 0) {
            lines.push(Shown::from(format!(
                "own {}",
                text::share(own.0, self.own.0)
            )));
        }
        lines
    }

    /// What stands above an edge: rate, errors if any, p95.
    pub fn label(&self, call: &Call, charset: Charset) -> Shown<'static> {
        let mut label = self.rate(call.calls);
        if call.errors > 0 {
            _ = write!(
                label,
                "  {} {}",
                failed(charset),
                text::share(call.errors, call.calls)
            );
        }
        if let Some(p95) = call.durations.quantile(0.95) {
            _ = write!(label, "  {}", text::duration(p95.0, charset));
        }
        Shown::from(label)
    }
}

fn failed(charset: Charset) -> &'static str {
    Glyphs::of(charset).failed
}

/// The busiest services, and one node for all others.
pub fn busiest(graph: &ServiceGraph) -> ServiceGraph {
    let keep = view::top(graph, view::TOP, |_, service: &Service| service.spans);
    view::collapse(
        graph,
        &keep,
        |others| Service {
            name: format!("others {}", others.len()).into(),
            instrumented: true,
            spans: others.iter().map(|service| service.spans).sum(),
            errors: others.iter().map(|service| service.errors).sum(),
            ..Service::default()
        },
        |one: &mut Call, other: &Call| one.merge(other),
    )
}
