//! The map as cells: boxes, routed edges, labels, and two lines about what is selected.

use petgraph::Direction as Way;
use petgraph::visit::EdgeRef;
use ratatui::layout::Rect;

use crate::graph::service::Call;
use crate::graph::view::Direction;
use crate::text::{self, Charset, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::hit::{Pane, Target};
use crate::tui::page::{Look, Page};
use crate::tui::phrase::Phrase;
use crate::tui::theme::{Glyphs, Token};
use crate::tui::widget::frame::{self, Chrome, Fact};
use crate::tui::widget::why;

use super::paint::Painter;
use super::{MapScreen, Open, Selection, Stage, View, table};

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
    for (name, here) in [
        ("graph", open.view != View::Table),
        ("table", open.view == View::Table),
    ] {
        let token = if here { Token::Accent } else { Token::Muted };
        x = canvas.text(x, area.y, area.width, &name.into(), token) + 3;
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
    if open.view == View::Table {
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
        &told(open, canvas.charset()),
    );
}

/// The selected service or call in one line.
fn told(open: &Open, charset: Charset) -> Phrase {
    let figures = |call: &Call| open.figures.label(call, charset);
    match open.selection {
        Some(Selection::Node(node)) => {
            let service = &open.graph[node];
            let mut phrase = Phrase::of(Token::Strong, Shown::new(&service.name).into_owned());
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
            let phrase = Phrase::of(Token::Strong, selected(open, Glyphs::of(charset).right))
                .and(Token::Text, rest);
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
