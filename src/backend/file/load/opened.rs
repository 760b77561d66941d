//! Where the bytes come from: standard input and files, each opened when its turn comes.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::Shared;
use crate::backend::file::inputs::{Input, Inputs};
use crate::backend::file::intake::{Counted, Followed, Watcher};
use crate::format::{Source, Sources, look_ahead};

/// Some inputs, opened one after another.
pub(super) struct Opened<'a> {
    reader: &'a Shared,
    list: &'a [Input],
    /// Bytes of all inputs, if they are known.
    total: Option<u64>,
    /// Where they end, more is waited for.
    watch: Option<&'a Watcher<'a>>,
    /// When it was last said how far reading is.
    told: Cell<Instant>,
}

/// Takes a source.
type Take<'t> = &'t mut dyn FnMut(Source<'_>) -> ControlFlow<()>;

impl Sources for Opened<'_> {
    fn each(&mut self, read: Take<'_>) {
        for input in self.list {
            if self.reader.stop.is_cancelled() {
                return;
            }
            let flow = match input {
                Input::Stdin => {
                    let from = (&mut io::stdin() as &mut dyn Read, None);
                    self.source(input, from, read)
                }
                Input::Path(path) => match File::open(path) {
                    Ok(file) => self.file(input, path, file, read),
                    Err(error) => {
                        self.reader.remark(format!("{}: {error}", path.display()));
                        continue;
                    }
                },
            };
            if flow.is_break() {
                return;
            }
        }
    }
}

impl<'a> Opened<'a> {
    pub(super) fn new(reader: &'a Shared, found: &'a Inputs) -> Self {
        Self {
            reader,
            list: &found.list,
            total: found.bytes,
            watch: None,
            told: Cell::new(Instant::now()),
        }
    }

    /// An input that is followed, if it is a file; what is none is read to its end.
    pub(super) fn followed(reader: &'a Shared, input: &'a Input, watch: &'a Watcher<'a>) -> Self {
        Self {
            reader,
            list: std::slice::from_ref(input),
            total: None,
            watch: Some(watch),
            told: Cell::new(Instant::now()),
        }
    }

    fn file(&self, input: &Input, path: &Path, mut file: File, read: Take<'_>) -> ControlFlow<()> {
        let reader = self.reader;
        let of = file.metadata().ok().filter(fs::Metadata::is_file);
        if let Some(watch) = self.watch
            && of.is_some()
        {
            let mut followed = Followed::new(path.to_owned(), file, watch);
            return self.source(input, (&mut followed, None), read);
        }
        let before = reader.bytes.load(Ordering::Relaxed);
        // What is wrong with the file will be told when it is read.
        let ahead = of.as_ref().and_then(|_| look_ahead(&mut file).ok()?);
        let flow = self.source(input, (&mut file, ahead), read);
        let bytes = reader.bytes.load(Ordering::Relaxed) - before;
        // What is behind the end of an archive need not be read.
        if let Some(was) = of.filter(|was| bytes < was.len())
            && file.metadata().is_ok_and(|now| now.len() < was.len())
        {
            reader.remark(format!(
                "{}: the file shrank while it was read: {bytes} of {} bytes were there",
                path.display(),
                was.len()
            ));
        }
        flow
    }

    fn source(
        &self,
        input: &Input,
        (from, ahead): (&mut dyn Read, Option<Vec<u8>>),
        read: Take<'_>,
    ) -> ControlFlow<()> {
        let reader = self.reader;
        let total = self.total;
        let tell = || reader.tell_progress(total, false);
        let mut counted = Counted {
            from,
            bytes: &reader.bytes,
            stop: &reader.stop,
            tell: &tell,
            told: &self.told,
        };
        read(Source {
            name: &input.name(),
            bytes: &mut counted,
            ahead,
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::watch;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::backend::file::load::{Manner, State};
    use crate::storage::{Limits, Store};

    #[test]
    fn a_file_that_shrinks_while_it_is_read_is_told() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), [b' '; 1000]).unwrap();
        let reader = Shared {
            store: Store::new(Limits::of(1 << 20)),
            manner: Manner::default(),
            tell: watch::Sender::new(State::default()),
            stop: CancellationToken::new(),
            remarks: std::sync::Mutex::default(),
            recognised: std::sync::Mutex::default(),
            bytes: 0.into(),
            spans: 0.into(),
        };
        let found = Inputs::find(&[Input::Path(file.path().to_owned())]);
        Opened::new(&reader, &found).each(&mut |source| {
            fs::write(file.path(), [b' '; 100]).unwrap();
            let copied = io::copy(source.bytes, &mut io::sink()).unwrap();
            assert_eq!(copied, 100);
            ControlFlow::Continue(())
        });
        let remarks = reader.remarks.into_inner().unwrap();
        assert_eq!(remarks.len(), 1);
        assert!(
            remarks[0].ends_with("while it was read: 100 of 1000 bytes were there"),
            "{remarks:?}"
        );
    }
}
