//! The table of `tests/README.md` names tests that exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every Rust file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The functions that stand below a line that makes them tests.
fn tests_of(source: &str) -> impl Iterator<Item = &str> {
    let below = source.split("test]\n").skip(1);
    below.filter_map(|text| {
        let (_, named) = text.split_once("fn ")?;
        Some(named.split_once('(')?.0)
    })
}

#[test]
fn every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    for path in sources(&root.join("src"))
        .into_iter()
        .chain(sources(&root.join("tests")))
    {
        let source = std::fs::read_to_string(path).unwrap();
        known.extend(tests_of(&source).map(str::to_owned));
    }
    let readme = std::fs::read_to_string(root.join("tests/README.md")).unwrap();
    let lines = readme.lines().filter(|line| line.starts_with("| "));
    for line in lines.skip(1) {
        let named: Vec<&str> = line
            .rsplit(" | ")
            .next()
            .unwrap()
            .split('`')
            .skip(1)
            .step_by(2)
            .collect();
        assert!(!named.is_empty(), "no test stands behind: {line}");
        for name in named {
            assert!(known.contains(name), "there is no test {name}: {line}");
        }
    }
}
