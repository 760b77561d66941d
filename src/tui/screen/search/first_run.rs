//! The screen before the first span: how to send some, and what else can be read.

use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::page::Look;
use crate::tui::shared::Shared;
use crate::tui::theme::Token;

/// Whether nothing was received yet, so that there is nothing a query could find.
pub fn is_now(shared: &Shared) -> bool {
    let nothing = shared
        .source
        .stats
        .as_ref()
        .is_none_or(|stats| stats.received == 0);
    let capabilities = shared.source.opened.capabilities;
    capabilities.live && capabilities.clear && nothing
}

/// What the user may do: label, what to type or press, a comment.
fn offers(shared: &Shared) -> Vec<(&'static str, String, String)> {
    let address = |name: &str| {
        let found = shared
            .source
            .around
            .listening
            .iter()
            .find(|one| one.name == name);
        found.and_then(|one| one.state.clone().ok())
    };
    let mut offers = Vec::new();
    if let Some(http) = address("otlp-http") {
        let grpc = address("otlp-grpc")
            .map_or_else(String::new, |grpc| format!("; gRPC is on {}", port(&grpc)));
        offers.push((
            "send spans",
            endpoint(&http),
            format!("yy copies this{grpc}"),
        ));
    }
    offers.push((
        "open a file",
        ":open PATH".to_owned(),
        "or start with: vizsla FILE...".to_owned(),
    ));
    offers.push((
        "ask a backend",
        "b".to_owned(),
        "Jaeger or files, by name, URL or path".to_owned(),
    ));
    if shared.source.around.can_demo {
        offers.push((
            "see it work",
            "D".to_owned(),
            "a living example system, here, offline".to_owned(),
        ));
    }
    offers
}

fn endpoint(address: &str) -> String {
    format!("OTEL_EXPORTER_OTLP_ENDPOINT=http://{address}")
}

fn port(address: &str) -> &str {
    address.rsplit_once(':').map_or(address, |(_, port)| port)
}

/// What `yy` copies here.
pub fn copy(shared: &Shared) -> Option<String> {
    let http = shared
        .source
        .around
        .listening
        .iter()
        .find(|one| one.name == "otlp-http")?;
    http.state.as_ref().ok().map(|address| endpoint(address))
}

/// Draws it.
pub fn draw(look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    let mut y = area.y + 1;
    let roomy = area.width >= 100;
    for (label, what, comment) in offers(look.shared) {
        if y >= area.bottom() {
            return;
        }
        canvas.text(area.x + 5, y, 14, &Shown::new(label), Token::Muted);
        let next = canvas.text(
            area.x + 21,
            y,
            area.width.saturating_sub(22),
            &Shown::from(what),
            Token::Accent,
        );
        let x = if roomy {
            next.max(area.x + 72)
        } else {
            next.max(area.x + 34)
        } + 2;
        canvas.text(
            x,
            y,
            area.right().saturating_sub(x + 1),
            &Shown::from(comment),
            Token::Muted,
        );
        y += 1;
    }
    y += 1;
    for one in &look.shared.source.around.listening {
        let Err(reason) = &one.state else { continue };
        if y >= area.bottom() {
            return;
        }
        canvas.put(area.x + 3, y, canvas.glyphs.doubt, Token::Doubt);
        let said = Shown::from(format!("{}: {reason}", one.name));
        canvas.text(
            area.x + 5,
            y,
            area.width.saturating_sub(6),
            &said,
            Token::Text,
        );
        y += 1;
    }
}
