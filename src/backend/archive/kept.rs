//! What the archive holds, as a list.

use std::collections::BTreeSet;
use std::fs;

use super::{Archive, Why};
use crate::backend::TraceRow;
use crate::model::{Notes, TraceId};

/// A trace that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// What it is.
    pub row: TraceRow,
    /// Why it is kept.
    pub why: Why,
    /// Bytes of its file.
    pub bytes: u64,
    /// The notes on its spans.
    pub notes: Vec<String>,
}

impl Archive {
    /// All that is kept, those that somebody wanted first, newest first; and how many files are no
    /// traces any more. Reads every file.
    pub fn list(&self) -> (Vec<Kept>, usize) {
        let (mut kept, mut broken) = (Vec::new(), 0);
        for (id, why) in self.names() {
            match self.kept(id, why) {
                Some(one) => kept.push(one),
                None => broken += 1,
            }
        }
        kept.sort_by(|a, b| {
            let order = |one: &Kept| (one.why, std::cmp::Reverse(one.row.start));
            order(a).cmp(&order(b))
        });
        (kept, broken)
    }

    /// The traces that are kept until somebody says otherwise, or have a place with a letter. Reads
    /// no file.
    pub fn wanted(&self) -> BTreeSet<TraceId> {
        let names = self.names().into_iter();
        let wanted = names.filter(|(_, why)| *why < Why::Open);
        wanted.map(|(id, _)| id).collect()
    }

    /// What the names of the files tell.
    fn names(&self) -> Vec<(TraceId, Why)> {
        let entries = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        let named = entries.filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let (id, ending) = name.split_once('.')?;
            let why = Why::ALL.into_iter().find(|why| why.ending() == ending)?;
            Some((id.parse().ok()?, why))
        });
        named.collect()
    }

    fn kept(&self, id: TraceId, why: Why) -> Option<Kept> {
        let path = self.path(id, why);
        let text = fs::read(&path).ok()?;
        let trace = super::read(&path, &text, id).ok()??;
        let notes = Notes::of(&trace);
        Some(Kept {
            row: TraceRow::of(&trace, Vec::new()),
            why,
            bytes: text.len() as u64,
            notes: notes.iter().map(|(_, note)| note.text.clone()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{BlockBuilder, Trace, scenario};

    #[test]
    fn what_somebody_wanted_comes_first_and_what_is_broken_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::new(folder.path().to_owned(), 1_000_000);
        let trace = |id| {
            let mut builder = BlockBuilder::new();
            scenario::add(&mut builder, TraceId(id), "a: r 0..100\n");
            Trace::all_of(&[Arc::new(builder.finish())]).remove(0)
        };
        for (id, why) in [(1, Why::Open), (2, Why::Marked), (3, Why::Archived)] {
            archive.keep(&trace(id), why).unwrap();
        }
        fs::write(archive.path(TraceId(9), Why::Archived), "{").unwrap();
        fs::write(folder.path().join("stray.txt"), "").unwrap();
        let (kept, broken) = archive.list();
        let told: Vec<_> = kept
            .iter()
            .map(|one| (one.row.trace_id.0, one.why))
            .collect();
        let expected = [(3, Why::Archived), (2, Why::Marked), (1, Why::Open)];
        assert_eq!((told.as_slice(), broken), (&expected[..], 1));
        archive.keep(&trace(2), Why::Archived).unwrap();
        assert_eq!(archive.list().0.len(), 3, "in place of the weaker reason");
    }
}
