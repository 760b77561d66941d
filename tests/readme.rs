//! The README tells what is: its key table is the program's, its pictures and links exist.
//!
//! `VIZSLA_KEEP_SCREENS=1 cargo test readme` renews the key table.

use std::path::Path;
use std::process::Command;

const BEGIN: &str = "<!-- keys: begin -->\n";
const END: &str = "<!-- keys: end -->";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

#[test]
fn the_key_table_is_the_programs() {
    let keys = Command::new(env!("CARGO_BIN_EXE_vizsla"))
        .args(["keys", "--format", "md"])
        .output()
        .unwrap();
    let keys = String::from_utf8(keys.stdout).unwrap();
    let text = readme();
    let (head, rest) = text.split_once(BEGIN).unwrap();
    let (kept, tail) = rest.split_once(END).unwrap();
    if std::env::var_os("VIZSLA_KEEP_SCREENS").is_some() {
        let renewed = format!("{head}{BEGIN}{keys}{END}{tail}");
        std::fs::write(root().join("README.md"), renewed).unwrap();
        return;
    }
    assert!(
        kept == keys,
        "VIZSLA_KEEP_SCREENS=1 cargo test readme renews the key table"
    );
}

#[test]
fn what_it_links_to_is_there() {
    let text = readme();
    let links = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.starts_with("http")) {
        assert!(root().join(link).exists(), "{link} is not there");
    }
}
