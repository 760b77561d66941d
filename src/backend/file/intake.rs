//! The bytes of one input: counted while they are read, followed if that was asked for, ended when
//! reading is to stop.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

/// How often it is said how far reading is.
const PACE: Duration = Duration::from_millis(50);
/// How often it is looked whether a file that is followed has grown.
const LOOK: Duration = Duration::from_millis(200);

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
/// takes its place when it is rotated, and from the start when it is cut short.
pub(super) struct Followed<'a> {
    path: PathBuf,
    file: File,
    at: u64,
    stop: CancellationToken,
    /// Called when all is read that is there.
    caught_up: &'a (dyn Fn() + Sync),
    /// The last byte; what is followed by another file ends with its line.
    last: u8,
}

impl<'a> Followed<'a> {
    pub(super) fn new(
        path: PathBuf,
        file: File,
        stop: CancellationToken,
        caught_up: &'a (dyn Fn() + Sync),
    ) -> Self {
        Self {
            path,
            file,
            at: 0,
            stop,
            caught_up,
            last: b'\n',
        }
    }

    /// Begins anew if the file was rotated or cut short. One that is gone may come again.
    fn begin_anew(&mut self) -> io::Result<bool> {
        if self.at > self.file.metadata()?.len() {
            self.file.seek(SeekFrom::Start(0))?;
            return Ok(true);
        }
        let Ok(next) = File::open(&self.path) else {
            return Ok(false);
        };
        if is_same(&self.file, &next)? {
            return Ok(false);
        }
        self.file = next;
        Ok(true)
    }
}

impl Read for Followed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.file.read(buffer)?;
            if let Some(last) = count.checked_sub(1).and_then(|last| buffer.get(last)) {
                self.last = *last;
                self.at += count as u64;
                return Ok(count);
            }
            if self.begin_anew()? {
                self.at = 0;
                // A line that broke off must not swallow the first one of the next file.
                if let Some(first) = buffer.first_mut().filter(|_| self.last == b'}') {
                    *first = b'\n';
                    return Ok(1);
                }
                continue;
            }
            (self.caught_up)();
            if self.stop.is_cancelled() {
                return Ok(0);
            }
            std::thread::sleep(LOOK);
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
    use std::sync::Mutex;
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
        let mut followed = Followed::new(path.clone(), open, stop.clone(), &caught_up);
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
                let mut room = [0; 64];
                while let Ok(count @ 1..) = followed.read(&mut room) {
                    read.lock().unwrap().extend_from_slice(&room[..count]);
                }
            });
            until("{1}\n{cut off");
            file.write_all(b" by nobody}").unwrap();
            until("{1}\n{cut off by nobody}");
            std::fs::rename(&path, folder.path().join("old.json")).unwrap();
            std::fs::write(&path, b"{2: longer}\n").unwrap();
            until("{1}\n{cut off by nobody}\n{2: longer}\n");
            std::fs::write(&path, b"{3}\n").unwrap();
            until("{1}\n{cut off by nobody}\n{2: longer}\n{3}\n");
        });
    }
}
