//! `vizsla snap`: drives the interface by keys without a terminal and keeps its last screen, for
//! documentation, tests and tickets.

mod png;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};

use crate::config::{Color, Depth};
use crate::text::{Charset, Style};
use crate::tui::{Alone, Harness, Message, Setup};

use super::args::SourceArgs;
use super::session::runtime;
use super::source::{self, Manner, Opened};
use super::standing::StandingArgs;
use super::{Failure, Outcome, Session, show};

/// Arguments of `snap`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla snap -s demo:7 --keys '<Enter>w' --format svg -o waterfall.svg
  vizsla snap -s orders.json --keys 'd' --size 200x60
  vizsla snap -s demo:7 --theme paper --format png -o search.png")]
pub struct SnapArgs {
    /// What is looked at.
    #[command(flatten)]
    source: SourceArgs,
    /// The trace to open first
    #[arg(long, value_name = "TRACE_ID")]
    trace: Option<String>,
    /// Where it is opened.
    #[command(flatten)]
    standing: StandingArgs,
    /// Keys to press, as in `/status = error<Enter>` or `j<C-d><Enter>`
    #[arg(long, value_name = "KEYS", default_value = "")]
    keys: String,
    /// Columns and rows of the screen
    #[arg(long, value_name = "WxH", default_value = "120x40", value_parser = size)]
    size: (u16, u16),
    /// What the screen is written as
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = pictures())]
    format: Picture,
    /// The file to write instead of standard output
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
}

/// What a screen is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Picture {
    /// The bare characters.
    Text,
    /// The characters with their looks, for a terminal.
    Ansi,
    /// Vectors.
    Svg,
    /// Pixels.
    Png,
}

fn pictures() -> impl TypedValueParser<Value = Picture> {
    PossibleValuesParser::new(["text", "ansi", "svg", "png"]).map(|name| match name.as_str() {
        "ansi" => Picture::Ansi,
        "svg" => Picture::Svg,
        "png" => Picture::Png,
        _ => Picture::Text,
    })
}

/// Reads `120x40`.
fn size(text: &str) -> Result<(u16, u16), String> {
    let (width, height) = text.split_once('x').unwrap_or_default();
    match (width.parse(), height.parse()) {
        (Ok(width @ 1..=1000), Ok(height @ 1..=1000)) => Ok((width, height)),
        _ => Err("expected columns and rows, such as 120x40, neither above 1000".into()),
    }
}

pub(super) fn run(args: &SnapArgs, session: &mut Session) -> Result<Outcome, Failure> {
    session.note_problems();
    let picture = runtime()?.block_on(take(args, session))?;
    match &args.output {
        None => session.out.write_all(&picture)?,
        Some(path) => std::fs::write(path, picture)
            .map_err(|cause| Failure::Usage(format!("cannot write {}: {cause}", path.display())))?,
    }
    Ok(Outcome::Found)
}

async fn take(args: &SnapArgs, session: &Session) -> Result<Vec<u8>, Failure> {
    let manner = Manner {
        format: args.source.input.input_format,
        patient: true,
        follow: false,
    };
    let opened = source::open(&session.config, &args.source.source, manner)?;
    let (mut setup, mistakes) = setup(&opened, session);
    for mistake in &mistakes {
        session.note(mistake.text.as_str());
    }
    setup.standing = args.standing.standing();
    let first = args.trace.as_deref().map(show::trace_id).transpose()?;
    let backend = Arc::clone(&opened.backend);
    let mut harness = Harness::start(setup, backend, Arc::new(Alone), first, args.size).await;
    let pressed = harness.keys(&args.keys).await;
    pressed.map_err(|wrong| Failure::Usage(format!("--keys: {wrong}")))?;
    for remark in opened.backend.remarks() {
        session.note(remark);
    }
    match args.format {
        Picture::Text => Ok(harness.text().into_bytes()),
        Picture::Ansi => Ok(harness.ansi().into_bytes()),
        Picture::Svg => Ok(harness.svg().into_bytes()),
        Picture::Png => png::rasterise(&harness.svg()).map_err(Failure::Usage),
    }
}

/// The looks that were asked for. Neither this terminal nor the last session has a say: the same
/// words make the same picture everywhere.
fn setup(opened: &Opened, session: &Session) -> (Setup, Vec<Message>) {
    let config = &session.config;
    let depth = match config.color.value {
        Color::Auto => Depth::Truecolor,
        Color::Depth(depth) => depth,
    };
    let charset = match config.ascii.value {
        Some(true) => Charset::Ascii,
        _ => Charset::Unicode,
    };
    let clock = opened.clock.clone();
    let style = clock.as_ref().map_or(Style::Local, |_| Style::Utc);
    let clock = clock.unwrap_or_else(|| session.look.clock.clone());
    let (mut setup, mistakes) = Setup::configured(config, clock, depth, charset);
    setup.time_style = style;
    (setup, mistakes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_columns_by_rows() {
        assert_eq!(size("120x40"), Ok((120, 40)));
        for wrong in ["", "120", "x", "0x40", "120x-1", "120x9999", "120 x 40"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
