//! Where traces are read from: the words of a command line become a backend.

use std::sync::Arc;

use crate::backend::source::{Opening, Source};
use crate::backend::{Archive, Backend, BackendError, Input, Reading};
use crate::config::Config;
use crate::demo;
use crate::format::Format;
use crate::text::Clock;

use super::Failure;

/// What answers when nobody says where traces are: the vizsla or Jaeger of this machine.
pub(super) const NEIGHBOUR: &str = "http://localhost:16686";

/// A backend that was opened.
pub struct Opened {
    /// It.
    pub backend: Arc<dyn Backend>,
    /// The clock that its data is told by, if it is not the machine's.
    pub clock: Option<Clock>,
}

/// How files are read, where there are any.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// The format, where it is not to be recognised.
    pub format: Option<Format>,
    /// Whether answers wait until all is read.
    pub patient: bool,
    /// Whether more is waited for where a file ends.
    pub follow: bool,
}

/// Opens what `words` name; without any, what the configuration says, else the neighbour.
///
/// # Errors
/// No such file or backend, or a backend that cannot be asked as it is configured.
pub fn open(config: &Config, words: &[String], manner: Manner) -> Result<Opened, Failure> {
    let source = named(config, words)?;
    let clock = matches!(source, Source::Demo(_)).then(|| Clock::frozen(demo::FROZEN_NOW.0));
    let backend = source.open(Opening {
        reading: reading(config, manner),
        demo: demo::frozen,
    })?;
    Ok(Opened { backend, clock })
}

/// What `words` name; without any, what the configuration says, else the neighbour.
///
/// # Errors
/// What is no source.
pub fn named(config: &Config, words: &[String]) -> Result<Source, Failure> {
    let usual = config
        .source
        .value
        .clone()
        .unwrap_or_else(|| NEIGHBOUR.to_owned());
    let words = if words.is_empty() { &[usual] } else { words };
    if let Some(kept) = kept(config, words) {
        return kept;
    }
    Ok(Source::read(words, &config.backends)?)
}

/// The word for all that was kept, unless the configuration has another meaning for it.
const KEPT: &str = "kept";

/// The user's archive, if that is what is meant.
fn kept(config: &Config, words: &[String]) -> Option<Result<Source, Failure>> {
    let named = matches!(words, [word] if word == KEPT) && !config.backends.contains_key(KEPT);
    let archive = Archive::of_user().filter(|_| named)?;
    let folder = archive.folder().to_owned();
    Some(if folder.is_dir() {
        Ok(Source::Files(vec![Input::Path(folder)]))
    } else {
        let nothing = "nothing is kept yet: P keeps a trace, A writes a note on a span";
        Err(Failure::from(BackendError::Input(nothing.to_owned())))
    })
}

/// How files are read, within the budget that is configured.
pub fn reading(config: &Config, manner: Manner) -> Reading {
    Reading {
        budget: usize::try_from(config.max_memory.value).unwrap_or(usize::MAX),
        format: manner.format,
        patient: manner.patient,
        follow: manner.follow,
    }
}
