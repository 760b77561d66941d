//! The arrows of the house: which room may import which, and which crates stay in which room.
//!
//! Every `crate::` path of every source file is resolved to the room it leads to, in groups
//! (`use crate::{model::Block, text}`) as well; comments and strings do not count.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room with those it may import; `text`, `model` and `config` are open to every room
/// but the first three.
const ARROWS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("model", &[]),
    ("config", &["text", "model"]),
    ("format", &[]),
    ("traceql", &[]),
    ("analysis", &[]),
    ("graph", &[]),
    ("socket", &[]),
    ("storage", &["traceql"]),
    (
        "backend",
        &["storage", "format", "traceql", "analysis", "graph"],
    ),
    ("collector", &["storage", "format", "socket"]),
    (
        "query_service",
        &[
            "backend", "format", "traceql", "analysis", "graph", "socket",
        ],
    ),
    (
        "tui",
        &["backend", "format", "traceql", "analysis", "graph"],
    ),
    ("demo", &["format"]),
    (
        "cli",
        &[
            "format",
            "traceql",
            "analysis",
            "graph",
            "storage",
            "backend",
            "collector",
            "query_service",
            "tui",
            "demo",
            "socket",
        ],
    ),
];

/// Open to every room.
const COMMON: &[&str] = &["text", "model", "config"];

/// Crates, and the only rooms that may name them.
const KEPT: &[(&[&str], &[&str])] = &[
    (&["ratatui", "crossterm"], &["tui"]),
    (
        &["clap", "clap_complete", "clap_mangen", "anyhow"],
        &["cli"],
    ),
    (
        &["axum", "hyper", "hyper_util", "reqwest", "rustls"],
        &[
            "backend",
            "collector",
            "query_service",
            "socket",
            "demo",
            "cli",
        ],
    ),
    (
        &["tokio", "tokio_util"],
        &[
            "backend",
            "collector",
            "query_service",
            "socket",
            "demo",
            "tui",
            "cli",
            "storage",
        ],
    ),
    (
        &["petgraph"],
        &["graph", "analysis", "backend", "tui", "cli"],
    ),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn room_of(file: &Path) -> Option<String> {
    let inner = file
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .unwrap();
    let mut parts = inner.components();
    let first = parts.next()?.as_os_str().to_str()?.to_owned();
    parts.next().map(|_| first)
}

/// The words and signs of a source text, without comments, strings and characters.
fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(raw) = raw_string(rest) {
            raw
        } else if c == '"' {
            string(rest)
        } else if c == '\'' {
            character(rest)
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            tokens.push(rest[..end].to_owned());
            end
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !c.is_whitespace() {
                tokens.push(c.to_string());
            }
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn raw_string(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    body[hashes..].starts_with('"').then(|| {
        let close = format!("\"{}", "#".repeat(hashes));
        let from = rest.len() - body.len() + hashes + 1;
        rest[from..]
            .find(&close)
            .map_or(rest.len(), |end| from + end + close.len())
    })
}

fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (index, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return index + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character literal, or the tick of a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(rest.len(), |end| end + 4),
        Some(_) => chars
            .next()
            .filter(|&(_, c)| c == '\'')
            .map_or(1, |(end, _)| end + 1),
        None => 1,
    }
}

/// The first words behind `tokens[at..]`, which follows a `::`: one, or several in braces.
fn heads(tokens: &[String], at: usize) -> Vec<&str> {
    if tokens.get(at).is_none_or(|token| token != "{") {
        return tokens.get(at).map(String::as_str).into_iter().collect();
    }
    let (mut heads, mut depth, mut fresh) = (Vec::new(), 0, true);
    for token in &tokens[at..] {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 => fresh = true,
            word if depth == 1 && fresh => {
                heads.push(word);
                fresh = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

#[test]
fn no_room_imports_what_the_design_does_not_allow() {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let mut wrong = Vec::new();
    for file in &files {
        let Some(room) = room_of(file) else { continue };
        let (_, allowed) = ARROWS
            .iter()
            .find(|(name, _)| *name == room)
            .unwrap_or_else(|| panic!("{room} is no room of the design"));
        let common = if COMMON.contains(&room.as_str()) {
            &[]
        } else {
            COMMON
        };
        let tokens = tokens(&fs::read_to_string(file).unwrap());
        for at in 0..tokens.len().saturating_sub(2) {
            if tokens[at] != "crate" || tokens[at + 1] != "::" {
                continue;
            }
            for head in heads(&tokens, at + 2) {
                let is_room = ARROWS.iter().any(|(name, _)| *name == head);
                if is_room && head != room && !allowed.contains(&head) && !common.contains(&head) {
                    wrong.push(format!("{}: {room} imports {head}", file.display()));
                }
            }
        }
        for (crates, rooms) in KEPT {
            let named = |w: &[String]| crates.contains(&w[0].as_str()) && w[1] == "::";
            if !rooms.contains(&room.as_str())
                && let Some(window) = tokens.windows(2).find(|w| named(w))
            {
                wrong.push(format!(
                    "{}: {room} names the crate {}",
                    file.display(),
                    window[0]
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "arrows that the design does not have:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn paths_are_found_in_groups_and_not_in_comments_or_strings() {
    let source = r##"use crate::{model::{Block, Trace}, text}; // crate::tui
        const A: &str = "crate::cli"; const B: &str = r#"crate::"demo"#; const Q: char = '"';
        fn f<'a>(x: &'a crate::storage::Store) {}"##;
    let tokens = tokens(source);
    let mut found: Vec<&str> = Vec::new();
    for at in 0..tokens.len() - 2 {
        if tokens[at] == "crate" && tokens[at + 1] == "::" {
            found.extend(heads(&tokens, at + 2));
        }
    }
    assert_eq!(found, ["model", "text", "storage"]);
}
