//! The map as cells: boxes, routed edges, labels, and two lines about what is selected.

use petgraph::Direction as Way;
use petgraph::graph::EdgeIndex;
use petgraph::visit::EdgeRef;
use ratatui::layout::Rect;

use crate::graph::service::Call;
use crate::graph::view::Direction;
use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::keymap::Action;
use crate::tui::page::{Look, Page};
use crate::tui::theme::{Glyphs, Token};
use crate::tui::widget::frame::{self, Chrome, Fact};
use crate::tui::widget::why;

use super::paint::Painter;
use super::{MapScreen, Open, Selection, Stage, View, baseline, matrix, table};

/// Rows of a body that can spare one.
const ROOMY: u16 = 20;

pub fn draw(screen: &MapScreen, look: &Look<'_>, canvas: &mut Canvas<'_>) {
    let chrome = chrome(screen, look, canvas);
    let areas = frame::draw(look, canvas, screen.context(), &chrome);
    let body = areas.body;
    match &screen.stage {
        Stage::Open(open) if open.graph.node_count() == 0 => {
            let text = Phrase::text(
                "no calls between services yet: spans are on their way, or none were sent",
            );
            canvas.phrase(body.x + 2, body.y + 1, body.width.saturating_sub(4), &text);
        }
        Stage::Open(open) => {
            bar(open, canvas, areas.bar);
            opened(open, look, canvas, body);
        }
        Stage::Failed(why) => {
            let why = Phrase::of(Token::Error, why.clone());
            canvas.phrase(body.x + 2, body.y + 1, body.width.saturating_sub(4), &why);
        }
        Stage::Loading => {}
    }
}

fn chrome(screen: &MapScreen, _look: &Look<'_>, canvas: &Canvas<'_>) -> Chrome {
    let hints = screen.hints();
    let Stage::Open(open) = &screen.stage else {
        return Chrome {
            why: Phrase::of(Token::Muted, "not known yet"),
            hints,
            ..Chrome::default()
        };
    };
    let failing = open
        .graph
        .edge_weights()
        .filter(|call| call.errors > 0)
        .count();
    let mut facts = vec![
        Phrase::of(
            Token::Muted,
            text::plural(open.graph.node_count() as u64, "service"),
        ),
        Phrase::of(
            Token::Muted,
            text::plural(open.graph.edge_count() as u64, "edge"),
        ),
    ];
    if let Some(traces) = open.mapped.traces {
        facts.insert(0, Phrase::of(Token::Muted, text::plural(traces, "trace")));
    }
    if failing > 0 {
        facts.push(Phrase::of(
            Token::Error,
            format!("{} {failing}", canvas.glyphs.failed),
        ));
    }
    let why = why::line(&open.mapped.why, open.finding, canvas.charset());
    let position = Phrase::of(Token::Muted, selected(open, canvas.glyphs.right));
    Chrome {
        facts: Fact::least_first(facts),
        why,
        strip: 0,
        position,
        hints,
    }
}

fn selected(open: &Open, arrow: &str) -> String {
    match open.selected_names() {
        Some((parent, Some(child))) => format!("{parent} {arrow} {child}"),
        Some((service, None)) => service,
        None => String::new(),
    }
}

fn bar(open: &Open, canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let mut x = 1;
    let boxes = matches!(open.view, View::Boxes | View::Compact);
    for (name, here, action) in [
        ("graph", boxes, Action::ViewBoxes),
        ("table", open.view == View::Table, Action::ViewTable),
        ("matrix", open.view == View::Matrix, Action::ViewMatrix),
    ] {
        let token = if here { Token::Accent } else { Token::Muted };
        let next = canvas.text(x, area.y, area.width, &name.into(), token);
        canvas.hit(Rect::new(x, area.y, next - x, 1), Target::Action(action));
        if name != "matrix" {
            canvas.put(next + 1, area.y, canvas.glyphs.vertical, Token::Faint);
        }
        x = next + 3;
    }
    let mut words = match &open.focus {
        None => "everything".to_owned(),
        Some(focus) => {
            let way = match focus.direction {
                Direction::Both => "both ways",
                Direction::Callees => "callees",
                Direction::Callers => "callers",
            };
            format!(
                "{}, {} away, {way}",
                focus.service,
                text::plural(focus.hops as u64, "hop")
            )
        }
    };
    words.push_str(if open.figures.seconds > 0.0 {
        "   calls/s, errors, p95"
    } else {
        "   calls, errors, p95"
    });
    if let Some(before) = &open.mapped.before {
        words.push_str("   now against the time before");
        let gone = baseline::gone(&open.mapped.graph, before) as u64;
        if gone > 0 {
            words.extend([", ", &text::plural(gone, "edge"), " gone"]);
        }
    }
    canvas.text(
        x,
        area.y,
        area.width.saturating_sub(x + 1),
        &Shown::from(words),
        Token::Muted,
    );
}

fn opened(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, body: Rect) {
    let about = Rect {
        y: body.bottom().saturating_sub(1),
        height: 1,
        ..body
    };
    // A blank row above the boxes where there is room, and a blank column beside them.
    let above = u16::from(body.height >= ROOMY);
    let area = Rect {
        x: body.x + 1,
        y: body.y + above,
        width: body.width.saturating_sub(2),
        height: body.height.saturating_sub(2 + above),
    };
    if open.view == View::Matrix {
        matrix::draw(
            open,
            look,
            canvas,
            Rect {
                height: body.height.saturating_sub(2),
                ..body
            },
        );
    } else if open.view == View::Table {
        table::draw(
            open,
            look,
            canvas,
            Rect {
                height: body.height.saturating_sub(1),
                ..body
            },
        );
    } else {
        canvas.pane(Pane::Body, area);
        canvas.hit(area, Target::Spot(Pane::Body));
        Painter { open, look, area }.paint(canvas);
    }
    canvas.phrase(
        about.x + 1,
        about.y,
        about.width.saturating_sub(2),
        &told(open, canvas.glyphs),
    );
}

/// What is different about a call from the time before.
pub fn changed(open: &Open, edge: EdgeIndex, glyphs: &Glyphs) -> Option<Phrase> {
    let before = open.mapped.before.as_ref()?;
    let (parent, child) = open.graph.edge_endpoints(edge)?;
    let (parent, child) = (&open.graph[parent].name, &open.graph[child].name);
    let same = baseline::same(before, parent, child);
    Some(baseline::change(&open.graph[edge], same, glyphs))
}

/// The selected service or call in one line.
fn told(open: &Open, glyphs: &Glyphs) -> Phrase {
    let charset = glyphs.charset;
    let figures = |call: &Call| open.figures.label(call, charset);
    match open.selection {
        Some(Selection::Node(node)) => {
            let service = &open.graph[node];
            let mut phrase = Phrase::of(Token::Strong, Shown::new(&service.name).into_owned());
            let own = match service.own {
                Some(own) if open.figures.own.0 > 0 => {
                    format!("   own {}", text::share(own.0, open.figures.own.0))
                }
                // Only whole traces tell it; kept figures of calls do not.
                _ => "   own work not known".to_owned(),
            };
            phrase.push(Token::Muted, own);
            for (way, word) in [(Way::Incoming, "in"), (Way::Outgoing, "out")] {
                let mut edges: Vec<_> = open.graph.edges_directed(node, way).collect();
                edges.sort_by_key(|edge| std::cmp::Reverse(edge.weight().calls));
                for (n, edge) in edges.iter().take(4).enumerate() {
                    let other = if way == Way::Incoming {
                        edge.source()
                    } else {
                        edge.target()
                    };
                    let head = if n == 0 {
                        format!("   {word}: ")
                    } else {
                        ", ".to_owned()
                    };
                    phrase.push(Token::Muted, head);
                    phrase.push(
                        Token::Text,
                        Shown::new(&open.graph[other].name).into_owned(),
                    );
                    let token = if edge.weight().errors > 0 {
                        Token::Error
                    } else {
                        Token::Muted
                    };
                    phrase.push(token, format!(" {}", figures(edge.weight())));
                }
            }
            phrase
        }
        Some(Selection::Edge(edge)) => {
            let call = &open.graph[edge];
            let quantile = |q: f64| {
                call.durations
                    .quantile(q)
                    .map_or("-".to_owned(), |d| text::duration(d.0, charset))
            };
            let rest = format!(
                "   {} calls   p50 {}  p95 {}  p99 {}",
                text::count(call.calls),
                quantile(0.5),
                quantile(0.95),
                quantile(0.99)
            );
            let mut phrase = Phrase::of(Token::Strong, selected(open, glyphs.right));
            if let Some(change) = changed(open, edge, glyphs) {
                phrase = phrase.and(Token::Text, "   ").with(change);
            }
            let phrase = phrase.and(Token::Text, rest);
            match call.errors {
                0 => phrase,
                errors => phrase.and(
                    Token::Error,
                    format!(
                        "   {} failed, {}",
                        text::count(errors),
                        text::share(errors, call.calls)
                    ),
                ),
            }
        }
        None => Phrase::default(),
    }
}
