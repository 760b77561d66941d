//! Traces that outlive the system they were read from: archived ones, those with notes, and those
//! that were open when the program ended. A folder of OTLP JSON, one file for each trace, that
//! nobody but the user may read.
//!
//! Notes on spans are kept with their trace.

mod kept;

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::config::Paths;
use crate::format::{Findings, Format, Output, otlp, write};
use crate::model::{BlockBuilder, Notes, Trace, TraceId};

pub use kept::Kept;

/// Bytes that the folder may hold.
const MOST: u64 = 256_000_000;

/// Why a trace is kept, the strongest reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Somebody wants it kept: it goes only when somebody says so.
    Archived,
    /// A place in it has a letter.
    Marked,
    /// It was open when the program ended. Such traces make room for others, the oldest first.
    Open,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Archived, Self::Marked, Self::Open];

    fn ending(self) -> &'static str {
        match self {
            Self::Archived => "json",
            Self::Marked => "mark.json",
            Self::Open => "open.json",
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Archived => "kept",
            Self::Marked => "marked",
            Self::Open => "was open",
        }
    }
}

/// What went wrong with the archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The folder is full of traces that are wanted.
    #[error(
        "the archive {folder} is full ({held} of {most}): remove files that are no longer needed"
    )]
    Full {
        /// Where it is.
        folder: String,
        /// Bytes that it holds.
        held: String,
        /// Bytes that it may hold.
        most: String,
    },
    /// A file or the folder cannot be read or written.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// A file is no OTLP JSON any more.
    #[error("{path} is no trace: {why}")]
    Broken {
        /// Which.
        path: String,
        /// What is wrong with it.
        why: String,
    },
}

/// A folder of traces.
#[derive(Debug, Clone)]
pub struct Archive {
    folder: PathBuf,
    most: u64,
}

impl Archive {
    /// The archive in a folder, which is made when the first trace comes, of at most `most` bytes.
    pub fn new(folder: PathBuf, most: u64) -> Self {
        Self { folder, most }
    }

    /// The user's own; none without a home.
    pub fn of_user() -> Option<Self> {
        Some(Self::new(Paths::of_user()?.state.join("traces"), MOST))
    }

    /// Keeps a trace, in place of what was kept of it before. Returns the bytes that it takes.
    ///
    /// # Errors
    /// [`ArchiveError::Full`], or that the folder cannot be written.
    pub fn keep(&self, trace: &Trace, why: Why) -> Result<u64, ArchiveError> {
        let stronger = Why::ALL.into_iter().filter(|other| *other < why);
        if stronger
            .clone()
            .any(|other| self.path(trace.id(), other).exists())
        {
            return Ok(0);
        }
        let mut text = Vec::new();
        let path = self.path(trace.id(), why);
        write(Format::OtlpJson, &mut text, std::iter::once(trace))
            .map_err(|error| at(&path, io::Error::other(error)))?;
        let bytes = text.len() as u64;
        self.make_room(trace.id(), bytes)?;
        self.put(&path, &text).map_err(|error| at(&path, error))?;
        for weaker in Why::ALL.into_iter().filter(|other| *other > why) {
            let _ = fs::remove_file(self.path(trace.id(), weaker));
        }
        Ok(bytes)
    }

    /// A trace that is kept.
    ///
    /// # Errors
    /// A file that cannot be read, or is no trace any more.
    pub fn trace(&self, id: TraceId) -> Result<Option<Trace>, ArchiveError> {
        for why in Why::ALL {
            let path = self.path(id, why);
            match fs::read(&path) {
                Ok(text) => return read(&path, &text, id),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(at(&path, error)),
            }
        }
        Ok(None)
    }

    /// Whether somebody wanted the trace kept.
    pub fn holds(&self, id: TraceId) -> bool {
        self.path(id, Why::Archived).exists()
    }

    /// Lets a trace go. Returns whether it was there.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn forget(&self, id: TraceId) -> Result<bool, ArchiveError> {
        let path = self.path(id, Why::Archived);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(at(&path, error)),
        }
    }

    /// A trace with the notes that were made on it while it was kept; an empty one takes away what
    /// the source itself says.
    ///
    /// # Errors
    /// As [`Archive::trace`].
    pub fn annotated(&self, trace: Arc<Trace>) -> Result<Arc<Trace>, ArchiveError> {
        let Some(kept) = self.trace(trace.id())? else {
            return Ok(trace);
        };
        let known = Notes::of(&trace);
        let mut notes = known.clone();
        notes.take_over(Notes::of(&kept));
        let notes = notes.present();
        Ok(if notes == known {
            trace
        } else {
            Arc::new(trace.with_notes(&notes))
        })
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, id: TraceId, why: Why) -> PathBuf {
        self.folder.join(format!("{id}.{}", why.ending()))
    }

    /// Lets open traces go, the oldest first, until so many bytes fit.
    fn make_room(&self, id: TraceId, bytes: u64) -> Result<(), ArchiveError> {
        let own = id.to_string();
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(about) = entry.metadata() else {
                continue;
            };
            if !name.starts_with(&own) {
                let since = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                files.push((since, about.len(), path));
            }
        }
        files.sort();
        let mut held: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        let is_open = |path: &Path| path.to_string_lossy().ends_with(Why::Open.ending());
        for (_, freed, path) in files.iter().filter(|(.., path)| is_open(path)) {
            if held + bytes <= self.most {
                break;
            }
            if fs::remove_file(path).is_ok() {
                held -= freed;
            }
        }
        if held + bytes <= self.most {
            return Ok(());
        }
        Err(ArchiveError::Full {
            folder: self.folder.display().to_string(),
            held: crate::text::bytes(held),
            most: crate::text::bytes(self.most),
        })
    }

    /// Writes a file whole or not at all.
    fn put(&self, path: &Path, text: &[u8]) -> io::Result<()> {
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true).mode(0o700).create(&self.folder)?;
        let beside = path.with_extension(format!("{}.tmp", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        options.open(&beside)?.write_all(text)?;
        fs::rename(&beside, path)
    }
}

fn read(path: &Path, text: &[u8], id: TraceId) -> Result<Option<Trace>, ArchiveError> {
    let mut builder = BlockBuilder::new();
    let mut findings = Findings::of("archive");
    otlp::json::decode(text, Output::new(&mut builder, &mut findings)).map_err(|why| {
        ArchiveError::Broken {
            path: path.display().to_string(),
            why: why.to_string(),
        }
    })?;
    let traces = Trace::all_of(&[Arc::new(builder.finish())]);
    Ok(traces.into_iter().find(|trace| trace.id() == id))
}

fn at(path: &Path, error: io::Error) -> ArchiveError {
    ArchiveError::Io {
        path: path.display().to_string(),
        error,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::model::{Note, Time, scenario};

    fn trace(id: u128) -> Trace {
        let mut builder = BlockBuilder::new();
        scenario::add(
            &mut builder,
            TraceId(id),
            "a: r 0..100 k=v\n  b: x 1..50 error\n",
        );
        Trace::all_of(&[Arc::new(builder.finish())]).remove(0)
    }

    #[test]
    fn what_is_kept_is_found_again_and_nobody_else_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::new(folder.path().join("traces"), MOST);
        assert!(archive.trace(TraceId(7)).unwrap().is_none());
        archive.keep(&trace(7), Why::Open).unwrap();
        assert!(!archive.holds(TraceId(7)));
        archive.keep(&trace(7), Why::Archived).unwrap();
        let found = archive.trace(TraceId(7)).unwrap().unwrap();
        assert_eq!((found.len(), found.errors()), (2, 1));
        let files: Vec<_> = fs::read_dir(folder.path().join("traces"))
            .unwrap()
            .flatten()
            .collect();
        assert_eq!(files.len(), 1, "{files:?}");
        assert_eq!(
            files[0].metadata().unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(archive.forget(TraceId(7)).unwrap() && !archive.forget(TraceId(7)).unwrap());
    }

    #[test]
    fn open_traces_make_room_and_archived_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let one = Archive::new(folder.path().to_owned(), MOST)
            .keep(&trace(1), Why::Open)
            .unwrap();
        let archive = Archive::new(folder.path().to_owned(), one * 2 + 40);
        archive.keep(&trace(2), Why::Archived).unwrap();
        archive.keep(&trace(3), Why::Archived).unwrap();
        assert!(archive.trace(TraceId(1)).unwrap().is_none(), "it made room");
        let full = archive.keep(&trace(4), Why::Archived).unwrap_err();
        assert!(matches!(full, ArchiveError::Full { .. }), "{full}");
        assert!(archive.trace(TraceId(2)).unwrap().is_some());
    }

    #[test]
    fn notes_are_kept_with_their_trace_and_come_back_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::new(folder.path().to_owned(), MOST);
        let span = trace(7).span(1).span_id();
        let on = |text: &str, time: u64| {
            let (time, text) = (Time(time), text.to_owned());
            let mut notes = Notes::default();
            notes.put(span, Note { time, text });
            trace(7).with_notes(&notes)
        };
        archive
            .keep(&on("the lock \u{1f512}", 5), Why::Archived)
            .unwrap();
        let again = archive.annotated(Arc::new(trace(7))).unwrap();
        let told = |trace: &Trace| Notes::of(trace).on(span).map(|note| note.text.clone());
        assert_eq!(told(&again).as_deref(), Some("the lock \u{1f512}"));
        let newer = archive.annotated(Arc::new(on("of the file", 6))).unwrap();
        assert_eq!(told(&newer).as_deref(), Some("of the file"));
        archive.keep(&on("", 7), Why::Archived).unwrap();
        assert_eq!(told(&archive.annotated(newer).unwrap()), None);
    }
}
