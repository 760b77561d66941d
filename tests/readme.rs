//! The README tells what is: its tables of keys and formats are the program's, its pictures and
//! links exist.
//!
//! `VIZSLA_KEEP_SCREENS=1 cargo test readme` renews the tables.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use vizsla::format::Format;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

/// Held while the README is read and written again.
static RENEWING: Mutex<()> = Mutex::new(());

/// Checks, or renews, what stands between the comments `name: begin` and `name: end`.
fn check(name: &str, table: &str) {
    let (begin, end) = (
        format!("<!-- {name}: begin -->\n"),
        format!("<!-- {name}: end -->"),
    );
    let _alone = RENEWING.lock();
    let text = readme();
    let (head, rest) = text.split_once(&begin).unwrap();
    let (kept, tail) = rest.split_once(&end).unwrap();
    if std::env::var_os("VIZSLA_KEEP_SCREENS").is_some() {
        let renewed = format!("{head}{begin}{table}{end}{tail}");
        std::fs::write(root().join("README.md"), renewed).unwrap();
        return;
    }
    assert!(
        kept == table,
        "VIZSLA_KEEP_SCREENS=1 cargo test readme renews the table of {name}"
    );
}

#[test]
fn the_key_table_is_the_programs() {
    let keys = Command::new(env!("CARGO_BIN_EXE_vizsla"))
        .args(["keys", "--format", "md"])
        .output()
        .unwrap();
    check("keys", &String::from_utf8(keys.stdout).unwrap());
}

#[test]
fn the_format_table_is_the_programs() {
    let mut formats = String::from("| name | what | read | written |\n|---|---|---|---|\n");
    for format in Format::ALL {
        let mark = |yes: bool| if yes { "yes" } else { "" };
        let _ = writeln!(
            formats,
            "| `{}` | {} | {} | {} |",
            format.name(),
            format.what(),
            mark(format.is_readable()),
            mark(format.is_writable())
        );
    }
    check("formats", &formats);
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
