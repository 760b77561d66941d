//! The flame graph of a trace as a picture: widths are durations, colours are services, and what
//! the mouse rests on is told in full.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::analysis::{Flame, Frame, Weight, critical_path};
use crate::model::{Cancellation, Trace};
use crate::text::{Charset, Shown, count, duration, plural};

use crate::tui::theme::colour::{Rgb, rgb};
use crate::tui::theme::{ServiceColours, Theme, Token};

/// Sizes in pixels.
const WIDTH: f64 = 1200.0;
const MARGIN: f64 = 10.0;
const HEAD: f64 = 40.0;
const ROW: f64 = 18.0;
const LETTER: f64 = 7.0;
/// Narrower frames are left out.
const LEAST: f64 = 0.3;

const WHITE: Rgb = (255, 255, 255);
const BLACK: Rgb = (0, 0, 0);

/// Writes an SVG document, the widths by a weight.
///
/// # Errors
/// Those of `out`.
pub fn flame_picture(
    out: &mut dyn Write,
    theme: &Theme,
    trace: &Trace,
    weight: Weight,
) -> io::Result<()> {
    let path = critical_path(trace);
    let flame = Flame::new(trace, &path);
    let frames: Vec<Frame> = flame.frames(trace, &path).collect();
    let mut widths = flame.widths(weight, (trace, &path), &Cancellation::never());
    if widths.iter().all(|&width| width == 0) {
        widths = flame.counts();
    }
    let picture = Picture::new(theme, trace, &frames, &widths);
    let deepest = frames.iter().map(|frame| frame.depth).max();
    let rows = deepest.map_or(0, |depth| depth + 1) as f64;
    let height = HEAD + rows * ROW + MARGIN;
    let (ground, ink) = (picture.ground, hex(readable_on(picture.ground)));
    let title = format!(
        "{}: {}  {}  {}",
        Shown::new(trace.service()),
        Shown::new(trace.name()),
        duration(trace.duration().0, Charset::Unicode),
        plural(trace.len() as u64, "span"),
    );
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" font-size=\"11.5\" xml:space=\"preserve\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n\
         <text x=\"{MARGIN}\" y=\"25\" font-size=\"14\" fill=\"{ink}\">{}</text>",
        hex(ground),
        escaped(&title),
    )?;
    for (at, frame) in frames.iter().enumerate() {
        out.write_all(picture.frame(at, frame).as_bytes())?;
    }
    out.write_all(b"</svg>\n")
}

/// Where frames are, and how they look.
struct Picture<'t> {
    theme: &'t Theme,
    trace: &'t Trace,
    services: ServiceColours,
    ground: Rgb,
    /// From where to where each frame reaches, of all roots together.
    places: Vec<(f64, f64)>,
    whole: u64,
}

impl<'t> Picture<'t> {
    fn new(theme: &'t Theme, trace: &'t Trace, frames: &[Frame], widths: &[u64]) -> Self {
        let mut services = ServiceColours::default();
        // Where the next child of each frame begins.
        let mut next: Vec<u64> = Vec::with_capacity(widths.len());
        let mut roots = 0_u64;
        let mut starts = Vec::with_capacity(widths.len());
        for (frame, &width) in frames.iter().zip(widths) {
            services.meet(trace.span(frame.longest).service());
            let cursor = frame.parent.and_then(|parent| next.get_mut(parent));
            let cursor = cursor.unwrap_or(&mut roots);
            let start = *cursor;
            *cursor = start.saturating_add(width);
            starts.push(start);
            next.push(start);
        }
        let share = |nanos: u64| nanos as f64 / roots.max(1) as f64 * (WIDTH - 2.0 * MARGIN);
        let places = starts.iter().zip(widths);
        Self {
            theme,
            trace,
            services,
            ground: theme.ground().unwrap_or(BLACK),
            places: places
                .map(|(&start, &width)| (MARGIN + share(start), share(width)))
                .collect(),
            whole: roots,
        }
    }

    fn frame(&self, at: usize, frame: &Frame) -> String {
        let mut out = String::new();
        let Some(&(x, width)) = self.places.get(at).filter(|(_, width)| *width >= LEAST) else {
            return out;
        };
        let y = HEAD + frame.depth as f64 * ROW;
        let colour = self.colour_of(self.trace.span(frame.longest).service());
        let edge = if frame.sum.errors > 0 {
            let failed = self.theme.style(Token::Error).fg.and_then(rgb);
            format!(
                " stroke=\"{}\" stroke-width=\"1.5\"",
                hex(failed.unwrap_or(BLACK))
            )
        } else {
            format!(" stroke=\"{}\" stroke-width=\"0.5\"", hex(self.ground))
        };
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "<g><title>{}</title><rect x=\"{x:.2}\" y=\"{y}\" width=\"{width:.2}\" height=\"{}\" rx=\"1\" fill=\"{}\"{edge}/>",
            escaped(&self.words(frame)),
            ROW - 1.0,
            hex(colour),
        );
        let letters = ((width - 6.0) / LETTER).max(0.0) as usize;
        if letters >= 3 {
            let name = self.trace.span(frame.longest);
            let name = Shown::from_owned(format!("{} {}", name.service(), name.operation()));
            let name = name.cut(letters, Charset::Unicode);
            let _ = write!(
                out,
                "<text x=\"{:.2}\" y=\"{}\" fill=\"{}\">{}</text>",
                x + 3.0,
                y + 12.5,
                hex(readable_on(colour)),
                escaped(name.as_str()),
            );
        }
        out.push_str("</g>\n");
        out
    }

    fn words(&self, frame: &Frame) -> String {
        let told = |nanos: u64| duration(nanos, Charset::Unicode);
        let share = frame.sum.total.0 as f64 / self.whole.max(1) as f64 * 100.0;
        let failed = match frame.sum.errors {
            0 => String::new(),
            errors => format!(", {} failed", count(errors)),
        };
        let any = self.trace.span(frame.longest);
        format!(
            "{}: {}\n{}, {share:.1} %; self {}, critical {}\n{}{failed}",
            Shown::new(any.service()),
            Shown::new(any.operation()),
            told(frame.sum.total.0),
            told(frame.sum.own.0),
            told(frame.sum.critical.0),
            plural(frame.sum.spans, "span"),
        )
    }

    fn colour_of(&self, service: &str) -> Rgb {
        let style = self.theme.style(self.services.token(service));
        style.fg.and_then(rgb).unwrap_or(WHITE)
    }
}

/// Black or white, by the luma of what it stands on (ITU-R BT.601).
fn readable_on((r, g, b): Rgb) -> Rgb {
    let luma = 299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b);
    if luma > 128_000 { BLACK } else { WHITE }
}

fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn frames_lie_within_their_callers_and_names_cannot_break_out() {
        let trace = scenario::trace(
            "a: r 0..100\n  b: x 0..40\n    c: <z> 5..9\n  d: y&\u{1b}[2J 50..90 error\n",
        );
        let mut out = Vec::new();
        flame_picture(&mut out, &Theme::plain(), &trace, Weight::Total).unwrap();
        let text = String::from_utf8(out).unwrap();
        let frames: Vec<(f64, f64)> = text
            .lines()
            .filter_map(|line| line.split_once("<rect x=\""))
            .map(|(_, rest)| {
                let number = |name: &str| {
                    let (_, value) = rest.split_once(name)?;
                    value.split('"').next()?.parse().ok()
                };
                let x: f64 = rest.split('"').next().unwrap().parse().unwrap();
                (x, number(" width=\"").unwrap())
            })
            .collect();
        assert_eq!(
            frames,
            [(10.0, 1180.0), (10.0, 472.0), (10.0, 47.2), (482.0, 472.0)]
        );
        assert!(text.contains("&lt;z&gt;") && text.contains("y&amp;\\x1b[2J"));
        assert!(!text.contains('\u{1b}'));
    }
}
