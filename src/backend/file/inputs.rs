//! What there is to read: files as they were named, and those in folders.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A source of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file, or a folder of files.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

impl Input {
    /// How it is called in messages.
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Stdin => "standard input".to_owned(),
        }
    }
}

/// Files in the order in which they are read.
#[derive(Debug, Default)]
pub struct Inputs {
    /// What to read.
    pub list: Vec<Input>,
    /// Bytes of all files; `None` if one cannot tell.
    pub bytes: Option<u64>,
    /// Paths that cannot be read, and why.
    pub problems: Vec<(PathBuf, io::Error)>,
}

impl Inputs {
    /// Looks into folders, and into folders in them, by name. What is hidden there is left
    /// alone, and no folder is entered twice, however links lead there.
    pub fn find(given: &[Input]) -> Self {
        let mut found = Self {
            bytes: Some(0),
            ..Self::default()
        };
        for input in given {
            match input {
                Input::Stdin => {
                    found.list.push(Input::Stdin);
                    found.bytes = None;
                }
                Input::Path(path) => found.add(path),
            }
        }
        found
    }

    fn add(&mut self, path: &Path) {
        let mut entered = HashSet::new();
        let mut pending = vec![path.to_owned()];
        while let Some(path) = pending.pop() {
            match fs::metadata(&path) {
                Err(error) => self.problems.push((path, error)),
                Ok(of) if of.is_dir() => {
                    let first = fs::canonicalize(&path).map(|real| entered.insert(real));
                    if matches!(first, Ok(true)) {
                        self.enter(&path, &mut pending);
                    }
                }
                Ok(of) => {
                    // Pipes and devices do not know how much they will give.
                    let size = of.is_file().then_some(of.len());
                    self.bytes = self.bytes.zip(size).map(|(sum, size)| sum + size);
                    self.list.push(Input::Path(path));
                }
            }
        }
    }

    /// Puts what a folder holds on the stack, the first by name on top.
    fn enter(&mut self, folder: &Path, pending: &mut Vec<PathBuf>) {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        match entries {
            Err(error) => self.problems.push((folder.to_owned(), error)),
            Ok(entries) => {
                let shown =
                    |entry: &fs::DirEntry| !entry.file_name().as_encoded_bytes().starts_with(b".");
                let mut paths: Vec<PathBuf> = entries
                    .iter()
                    .filter(|entry| shown(entry))
                    .map(fs::DirEntry::path)
                    .collect();
                paths.sort_unstable_by(|a, b| b.cmp(a));
                pending.append(&mut paths);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_read_whole_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("b/c")).unwrap();
        fs::create_dir_all(at(".git")).unwrap();
        for name in ["z.json", "a.json", "b/c/deep.json", "b/x.json", ".git/HEAD"] {
            fs::write(at(name), "12").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path(), at("b/loop")).unwrap();
        let found = Inputs::find(&[
            Input::Path(folder.path().to_owned()),
            Input::Path(at("missing")),
        ]);
        let names = ["a.json", "b/c/deep.json", "b/x.json", "z.json"];
        assert_eq!(found.list, names.map(|name| Input::Path(at(name))));
        assert_eq!(found.bytes, Some(8));
        assert_eq!(found.problems.len(), 1);
    }
}
