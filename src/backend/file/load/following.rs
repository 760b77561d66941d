//! Files that are followed, all of them at the same time: those that were named, and those that come
//! into a folder that was.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread::{Builder, Scope};
use std::time::{Duration, SystemTime};

use super::opened::Opened;
use super::{HandOver, Shared};
use crate::backend::file::inputs::{Input, Inputs};
use crate::backend::file::intake::{Watch, Watcher};
use crate::format::read_all;
use crate::model::Block;

/// Files that are followed at most: each takes two threads.
const FOLLOWED: usize = 64;
/// How often it is looked into folders.
const FOLDERS: Duration = Duration::from_secs(1);

impl Shared {
    /// Reads all inputs, and goes on where they end, until it is told to stop. Of too many files only
    /// those that were written last are followed.
    pub(super) fn follow(&self, given: &[Input], found: &Inputs, to: &SyncSender<Block>) {
        let mut list = found.list.clone();
        let beyond = list.len().saturating_sub(FOLLOWED);
        if beyond > 0 {
            list.sort_by_key(|input| std::cmp::Reverse(written(input)));
            let rest = Inputs {
                list: list.split_off(FOLLOWED),
                ..Inputs::default()
            };
            self.remark(format!(
                "{FOLLOWED} files are followed, those that were written last: {beyond} others are \
                 read once"
            ));
            let mut sink = HandOver { reader: self, to };
            read_all(&mut Opened::new(self, &rest), &self.options(), &mut sink);
        }
        let caught_up = || self.tell_progress(None, true);
        let watch = Watch {
            turn: Mutex::default(),
            // Until all are begun.
            behind: AtomicUsize::new(1),
            stop: self.stop.clone(),
            caught_up: &caught_up,
        };
        let folders: Vec<Input> = given
            .iter()
            .filter(|input| is_folder(input))
            .cloned()
            .collect();
        let mut known = Known::default();
        std::thread::scope(|scope| {
            let mut begin = |input: Input| {
                if known.add(&input) {
                    watch.behind.fetch_add(1, Ordering::Relaxed);
                    self.begin(scope, input, to, &watch);
                }
                known.count() < FOLLOWED
            };
            for input in list {
                begin(input);
            }
            watch.read_to_end(true);
            while !self.stop.is_cancelled() && !folders.is_empty() {
                std::thread::sleep(FOLDERS);
                let _room = Inputs::find(&folders).list.into_iter().all(&mut begin);
            }
        });
    }

    /// Begins to follow an input.
    fn begin<'s, 'e>(
        &'e self,
        scope: &'s Scope<'s, 'e>,
        input: Input,
        to: &'e SyncSender<Block>,
        watch: &'e Watch<'e>,
    ) {
        let name = input.name();
        let follow = move || {
            let watcher = Watcher::new(watch);
            let mut sink = HandOver { reader: self, to };
            let mut opened = Opened::followed(self, &input, &watcher);
            read_all(&mut opened, &self.options(), &mut sink);
            watcher.has_ended();
        };
        let thread = Builder::new().name("reader".to_owned());
        if let Err(error) = thread.spawn_scoped(scope, follow) {
            self.remark(format!("{name}: no thread to read with: {error}"));
            watch.read_to_end(true);
        }
    }
}

fn is_folder(input: &Input) -> bool {
    matches!(input, Input::Path(path) if path.is_dir())
}

fn written(input: &Input) -> Option<SystemTime> {
    match input {
        Input::Path(path) => fs::metadata(path).and_then(|of| of.modified()).ok(),
        Input::Stdin => None,
    }
}

/// Files that are followed, by their names and by what they are: one that is renamed is none that
/// comes.
#[derive(Default)]
struct Known {
    paths: HashSet<PathBuf>,
    files: HashSet<(u64, u64)>,
}

impl Known {
    fn count(&self) -> usize {
        self.paths.len()
    }

    /// Whether it was not known.
    fn add(&mut self, input: &Input) -> bool {
        let Input::Path(path) = input else {
            return true;
        };
        let is_new = identity(path).is_none_or(|file| self.files.insert(file));
        self.paths.insert(path.clone()) && is_new
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let of = fs::metadata(path).ok()?;
    Some((of.dev(), of.ino()))
}

#[cfg(not(unix))]
fn identity(_path: &Path) -> Option<(u64, u64)> {
    None
}
