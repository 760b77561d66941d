//! The command line from outside: exit codes, what goes to which stream, and nothing on a
//! terminal that could command it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A home of its own: no configuration and no variable of whoever runs the tests.
pub struct Home(tempfile::TempDir);

pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vizsla"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.0.path())
            .env("LANG", "C.UTF-8");
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Run {
        Self::finish(&mut self.command(args))
    }

    pub fn finish(command: &mut Command) -> Run {
        let output = command.output().unwrap();
        Run {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    pub fn write(&self, name: &str, content: &str) -> String {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn configure(&self, content: &str) {
        self.write(".config/vizsla/config.toml", content);
    }
}

impl Run {
    /// One line on standard error, beginning with the program's name, and nothing else.
    pub fn refused(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{}", self.err);
        assert_eq!(self.out, "");
        let line = self.err.strip_suffix('\n').unwrap();
        assert!(!line.contains(char::is_control), "{line:?}");
        line.strip_prefix("vizsla: ").unwrap()
    }
}

#[test]
fn a_mistyped_argument_is_one_line_that_helps() {
    let home = Home::new();
    assert!(home.run(&["--thme"]).refused(2).contains("'--theme'"));
    assert!(home.run(&["config"]).refused(2).contains("--help"));
    let zipkin = home.run(&["serve", "--zipkin", "127.0.0.1:9411"]);
    assert!(zipkin.refused(2).contains("can only be off"));
    assert!(
        home.run(&["--color", "\x1b[31mpink"])
            .refused(2)
            .contains("pink")
    );
}

#[test]
fn what_cannot_be_read_is_said_once() {
    let home = Home::new();
    for (name, content) in [("empty.json", ""), ("broken.json", r#"{"data": [{"#)] {
        let file = home.write(name, content);
        let run = home.run(&["search", "--format", "json", "-s", &file]);
        assert!(run.refused(2).contains(name));
    }
}

#[test]
fn a_budget_is_heeded_before_and_behind_the_subcommand() {
    let home = Home::new();
    let budget = ["--max-memory", "64MiB"];
    let file = home.write(
        "one.json",
        r#"[{"traceId":"1","id":"2","name":"get","timestamp":1,"duration":2}]"#,
    );
    let stats = ["stats", "--format", "json", "-s", &file];
    for words in [
        [&budget[..], &stats].concat(),
        [&stats[..], &budget].concat(),
    ] {
        let run = home.run(&words);
        assert!(run.out.contains(r#""budget":67108864"#), "{}", run.err);
    }
}

#[test]
fn what_stands_before_the_subcommand_counts_or_is_refused() {
    let home = Home::new();
    let before = home.run(&["--otlp-http", "nowhere:x", "serve"]);
    assert!(before.refused(2).contains("otlp-http"));
    let config = ["--otlp-http", "127.0.0.1:9", "demo", "--otlp-http", "here"];
    assert!(home.run(&config).refused(2).contains("here"));
    let deaf = home.run(&["--otlp-http", "off", "search"]);
    assert!(deaf.refused(2).contains("means nothing to search"));
    let follow = home.run(&["--follow", "traces.json", "search", "{ }"]);
    assert!(follow.refused(2).contains("vizsla search"));
}

#[test]
fn help_begins_with_examples_and_names_every_subcommand() {
    let home = Home::new();
    let long = home.run(&["--help"]);
    assert_eq!(long.code, Some(0));
    assert!(long.out.starts_with("Examples:\n"), "{}", long.out);
    let page = home.run(&["man"]).out;
    let zsh = home.run(&["completions", "zsh"]).out;
    for name in ["serve", "config", "keys", "themes", "completions", "man"] {
        assert!(long.out.contains(&format!("\n  {name} ")), "{name}");
        assert!(page.contains(&format!("vizsla\\-{name}(1)")), "{name}");
        assert!(zsh.contains(&format!("'{name}:")), "{name}");
        let own = home.run(&[name, "--help"]).out;
        assert!(own.starts_with("Examples:\n"), "{name}: {own}");
    }
}

#[test]
fn each_setting_knows_who_said_so() {
    let home = Home::new();
    home.configure("theme = \"ember\"\ncolor = \"16\"\n");
    let mut command = home.command(&["config", "show", "--format", "csv", "--ascii"]);
    let run = Home::finish(command.env("VIZSLA_COLOR", "256"));
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    let line = |key: &str| run.out.lines().find(|line| line.starts_with(key)).unwrap();
    assert!(
        line("theme,").ends_with("config.toml:1"),
        "{}",
        line("theme,")
    );
    assert_eq!(line("color,"), "color,256,environment VIZSLA_COLOR");
    assert_eq!(line("ascii,"), "ascii,true,flag --ascii");
    assert_eq!(line("keymap,"), "keymap,default,default");
}

#[test]
fn a_mistake_in_the_file_has_its_place_and_costs_one_setting() {
    let home = Home::new();
    let path = home.write(
        "bad.toml",
        "color = \"16\"\n[backnd.a]\nurl = \"http://\u{9b}x\"\n",
    );
    let told = home.run(&["config", "validate", &path]);
    assert!(
        told.refused(2)
            .ends_with("bad.toml:2:2: unknown key backnd: did you mean backend?")
    );
    let keys = home.write("keys.toml", "[keys.global]\n\"z z\" = \"botom\"\n");
    let told = home.run(&["config", "validate", &keys]);
    assert!(told.refused(2).contains("keys.toml:2: "), "{}", told.err);
    let shown = home.run(&["config", "show", "--config", &path]);
    assert_eq!(shown.code, Some(0));
    assert!(shown.err.contains("bad.toml:2:2"), "{}", shown.err);
    assert!(
        shown.out.contains("color                      16"),
        "{}",
        shown.out
    );
}

#[test]
fn the_template_is_written_once_and_is_right() {
    let home = Home::new();
    let path = home.run(&["config", "init"]);
    assert_eq!(path.code, Some(0), "{}", path.err);
    assert!(Path::new(path.out.trim_end()).exists());
    assert_eq!(home.run(&["config", "validate"]).code, Some(0));
    assert!(
        home.run(&["config", "init"])
            .refused(2)
            .contains("cannot write")
    );
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let home = Home::new();
    let mut child = home
        .command(&["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stderr, b"");
}

/// A child that does not outlive its test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn serve_says_where_it_listens_and_ends_by_signal() {
    let home = Home::new();
    let args = [
        "serve",
        "--otlp-grpc",
        "127.0.0.1:0",
        "--otlp-http",
        "127.0.0.1:0",
        "--query",
        "off",
    ];
    let mut server = Server(home.command(&args).stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(server.0.stderr.take().unwrap());
    for name in ["otlp-grpc", "otlp-http"] {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        assert!(
            line.starts_with(&format!("listening {name} 127.0.0.1:")),
            "{line}"
        );
    }
    let kill = Command::new("kill")
        .args(["-TERM", &server.0.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    assert_eq!(server.0.wait().unwrap().code(), Some(128 + 15));
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "nothing after the listeners");
}

#[test]
fn a_port_asked_for_by_name_must_be_free() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let run = home.run(&[
        "serve",
        "--otlp-http",
        &address,
        "--otlp-grpc",
        "off",
        "--query",
        "off",
    ]);
    assert!(run.refused(2).contains("otlp-http"));
    let open = home.run(&["serve", "--otlp-http", "0.0.0.0:0"]);
    assert!(open.refused(2).contains("--allow-open"));
}

#[test]
fn what_a_file_was_recognised_as_is_told_to_who_asks() {
    let home = Home::new();
    let span = r#"[{"traceId":"1","id":"2","name":"get","timestamp":5,"duration":7,"tags":{}}]"#;
    let path = home.write("spans.txt", span);
    let quiet = home.run(&["stats", "-s", &path]);
    assert_eq!((quiet.code, quiet.err.as_str()), (Some(0), ""));
    let told = home.run(&["stats", "-s", &path, "-v"]);
    assert!(told.err.contains("spans.txt: zipkin-v2 ("), "{}", told.err);
}

#[test]
fn a_file_where_none_belongs_is_told_its_place() {
    let home = Home::new();
    let file = home.write("orders.json", "{}");
    let run = home.run(&["stats", &file]);
    assert_eq!(run.code, Some(2));
    assert_eq!(
        run.err,
        format!("vizsla: {file:?} is one word too many: what to read is named with -s\n")
    );
}
