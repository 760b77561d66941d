//! The bytes of one input: counted while they are read, followed if that was asked for, ended when
//! reading is to stop.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

/// How often it is said how far reading is.
const PACE: Duration = Duration::from_millis(50);
/// How often it is looked whether a file that is followed has grown.
pub(super) const LOOK: Duration = Duration::from_millis(200);
/// Bytes by which a file is told from what it is when it was written anew.
const HEAD: usize = 4 << 10;

/// A source whose bytes are counted, and which ends when it is told to.
pub(super) struct Counted<'a> {
    pub from: &'a mut dyn Read,
    pub bytes: &'a AtomicU64,
    pub stop: &'a CancellationToken,
    /// Called from time to time.
    pub tell: &'a (dyn Fn() + Sync),
    /// When it was last called, for this source or another.
    pub told: &'a Cell<Instant>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_cancelled() {
            return Err(io::Error::other("stopped"));
        }
        let count = self.from.read(buffer)?;
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        if self.told.get().elapsed() >= PACE {
            self.told.set(Instant::now());
            (self.tell)();
        }
        Ok(count)
    }
}

/// A file that is being written to: where it ends, more is waited for. It goes on in the file that
/// takes its place when it is rotated, and from the start when it is cut short or written anew.
pub(super) struct Followed<'a> {
    path: PathBuf,
    file: File,
    at: u64,
    /// Its first bytes: those of one that was written anew are others.
    head: Vec<u8>,
    /// It is to be read from the start.
    is_anew: bool,
    /// What took its place, while something may still come behind what was read of it.
    next: Option<File>,
    watcher: &'a Watcher<'a>,
    /// Held while there is something to read.
    turn: Option<MutexGuard<'a, ()>>,
    /// The last byte; what is followed by another file ends with its line.
    last: u8,
}

/// What files that are followed at the same time have in common.
pub(super) struct Watch<'a> {
    /// One is read at a time, as far as it goes, so that they take no more memory than one.
    pub turn: Mutex<()>,
    /// Files that were not read to their ends yet.
    pub behind: AtomicUsize,
    pub stop: CancellationToken,
    /// Called when all is read that is there, of all of them.
    pub caught_up: &'a (dyn Fn() + Sync),
}

impl Watch<'_> {
    /// One of the files was read as far as it goes, for the `first` time.
    pub fn read_to_end(&self, first: bool) {
        let behind = self.behind.fetch_sub(usize::from(first), Ordering::Relaxed);
        if behind == usize::from(first) {
            (self.caught_up)();
        }
    }
}

/// One of them.
pub(super) struct Watcher<'a> {
    watch: &'a Watch<'a>,
    has_caught_up: AtomicBool,
}

impl<'a> Watcher<'a> {
    pub fn new(watch: &'a Watch<'a>) -> Self {
        Self {
            watch,
            has_caught_up: AtomicBool::default(),
        }
    }

    fn caught_up(&self) {
        let before = self.has_caught_up.swap(true, Ordering::Relaxed);
        self.watch.read_to_end(!before);
    }

    /// Nothing more will come of it.
    pub fn has_ended(&self) {
        if !self.has_caught_up.load(Ordering::Relaxed) {
            self.caught_up();
        }
    }
}

/// What comes where a file ends.
enum Next {
    /// Another file, or another text in it.
    Anew,
    /// Another file took its place; whoever wrote this one may have gone on until now.
    Last,
    Nothing,
}

impl<'a> Followed<'a> {
    pub(super) fn new(path: PathBuf, file: File, watcher: &'a Watcher<'a>) -> Self {
        Self {
            path,
            file,
            at: 0,
            head: Vec::new(),
            is_anew: false,
            next: None,
            watcher,
            turn: None,
            last: b'\n',
        }
    }

    /// Where it ends: what comes next?
    fn look(&mut self) -> io::Result<Next> {
        if let Some(next) = self.next.take() {
            self.file = next;
            return Ok(Next::Anew);
        }
        if self.at > self.file.metadata()?.len() {
            self.file.seek(SeekFrom::Start(0))?;
            return Ok(Next::Anew);
        }
        // One that is gone may come again.
        match File::open(&self.path) {
            Ok(next) if !is_same(&self.file, &next)? => {
                self.next = Some(next);
                Ok(Next::Last)
            }
            _ => Ok(Next::Nothing),
        }
    }

    /// Waits a while; false if nobody wants more.
    fn wait(&mut self) -> io::Result<bool> {
        if self.watcher.watch.stop.is_cancelled() {
            return Ok(false);
        }
        std::thread::sleep(LOOK);
        if self.file.metadata()?.len() > self.at {
            self.is_anew = self.is_written_anew()?;
        }
        Ok(true)
    }

    /// Whether another text stands at the beginning than stood there.
    fn is_written_anew(&mut self) -> io::Result<bool> {
        let mut head = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        let known = self.head.len() as u64;
        (&mut self.file).take(known).read_to_end(&mut head)?;
        let is_other = head != self.head;
        let at = if is_other { 0 } else { self.at };
        self.file.seek(SeekFrom::Start(at))?;
        Ok(is_other)
    }

    /// Takes note of bytes that were read.
    fn note(&mut self, bytes: &[u8]) {
        if let Some(&last) = bytes.last() {
            self.last = last;
        }
        let room = HEAD.saturating_sub(self.head.len());
        if self.at == self.head.len() as u64 {
            self.head.extend(bytes.iter().take(room));
        }
        self.at += bytes.len() as u64;
    }

    /// Another file, or another text in it, begins: whether the line before it is to be ended.
    fn restart(&mut self) -> bool {
        let is_text = matches!(self.head.first(), Some(b'{' | b'['));
        let is_broken = is_text && self.last != b'\n';
        self.at = 0;
        self.head.clear();
        self.last = b'\n';
        is_broken
    }
}

impl Read for Followed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let watcher = self.watcher;
        loop {
            if self.turn.is_none() {
                let turn = watcher.watch.turn.lock();
                self.turn = Some(turn.unwrap_or_else(PoisonError::into_inner));
            }
            if !self.is_anew {
                let count = self.file.read(buffer)?;
                if count > 0 {
                    self.note(buffer.get(..count).unwrap_or_default());
                    return Ok(count);
                }
                match self.look()? {
                    Next::Anew => self.is_anew = true,
                    Next::Last => continue,
                    Next::Nothing => {}
                }
            }
            if std::mem::take(&mut self.is_anew) {
                // A line that broke off must not swallow the first one of the next file.
                if self.restart()
                    && let Some(first) = buffer.first_mut()
                {
                    *first = b'\n';
                    return Ok(1);
                }
                continue;
            }
            self.turn = None;
            watcher.caught_up();
            if !self.wait()? {
                return Ok(0);
            }
        }
    }
}

/// Whether two open files are one.
#[cfg(unix)]
fn is_same(one: &File, other: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (one, other) = (one.metadata()?, other.metadata()?);
    Ok((one.dev(), one.ino()) == (other.dev(), other.ino()))
}

/// Whether two open files are one, as far as can be told: they were made at once.
#[cfg(not(unix))]
fn is_same(one: &File, other: &File) -> io::Result<bool> {
    Ok(one.metadata()?.created()? == other.metadata()?.created()?)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_file_is_followed_through_rotation_and_truncation() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("traces.json");
        let mut file = File::create(&path).unwrap();
        file.write_all(b"{1}\n{cut off").unwrap();
        let (stop, (tell, told)) = (CancellationToken::new(), channel());
        let tell = Mutex::new(tell);
        let caught_up = || {
            let _heard = tell.lock().unwrap().send(());
        };
        let open = File::open(&path).unwrap();
        let watch = Watch {
            turn: Mutex::default(),
            behind: AtomicUsize::new(1),
            stop: stop.clone(),
            caught_up: &caught_up,
        };
        let watcher = Watcher::new(&watch);
        let followed_path = path.clone();
        let read = Mutex::new(Vec::new());
        let until = |expected: &str| {
            while told.recv().is_ok() {
                if *read.lock().unwrap() == expected.as_bytes() {
                    return;
                }
            }
        };
        std::thread::scope(|scope| {
            // Also if the test fails.
            let _stop = stop.drop_guard();
            scope.spawn(|| {
                let mut followed = Followed::new(followed_path, open, &watcher);
                let mut room = [0; 64];
                while let Ok(count @ 1..) = followed.read(&mut room) {
                    read.lock().unwrap().extend_from_slice(&room[..count]);
                }
            });
            until("{1}\n{cut off");
            std::fs::rename(&path, folder.path().join("old.json")).unwrap();
            file.write_all(b" by nobody}").unwrap();
            std::fs::write(&path, b"{2: longer}\n").unwrap();
            until("{1}\n{cut off by nobody}\n{2: longer}\n");
            std::fs::write(&path, b"{3}\n").unwrap();
            until("{1}\n{cut off by nobody}\n{2: longer}\n{3}\n");
            std::fs::write(&path, b"{4: longer than what was there}\n").unwrap();
            until("{1}\n{cut off by nobody}\n{2: longer}\n{3}\n{4: longer than what was there}\n");
        });
    }
}
