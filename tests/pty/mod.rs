//! The interface in a real terminal: how it comes, goes, stops and is ended. What the screens look
//! like is tested without one.

mod driver;

use std::process::Command;

use crate::cli::Home;
use driver::Pty;

/// Nothing is taken from whoever runs the tests, and from no other test.
const QUIET: [&str; 6] = [
    "--otlp-grpc",
    "off",
    "--otlp-http",
    "127.0.0.1:0",
    "--query",
    "off",
];
/// What undoes what was done to the terminal: mouse, paste, screen, cursor.
const RESTORED: [&str; 4] = ["\x1b[?1006l", "\x1b[?2004l", "\x1b[?1049l", "\x1b[?25h"];

/// One trace of two spans as OTLP JSON, one line each.
fn trace(id: u8) -> String {
    let span = |span: u8, parent: &str, name: &str| {
        format!(
            r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"shop"}}}}]}},"scopeSpans":[{{"spans":[{{"traceId":"{id:032x}","spanId":"{span:016x}","parentSpanId":"{parent}","name":"{name}","startTimeUnixNano":"1793714531000000000","endTimeUnixNano":"1793714531{span}00000000"}}]}}]}}]}}"#
        )
    };
    let parent = format!("{:016x}", 5);
    [span(5, "", "GET /cart"), span(2, &parent, "load")].join("\n") + "\n"
}

fn assert_restored(pty: &Pty) {
    for end in RESTORED {
        assert!(pty.raw().contains(end), "{end:?} was not written");
    }
    assert!(!pty.screen().alternate_screen());
    assert!(!pty.screen().hide_cursor());
}

fn signal(name: &str, pid: u32) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(sent.unwrap().success());
}

#[test]
fn the_first_run_says_where_to_send_follows_the_size_and_leaves_no_trace() {
    let home = Home::new();
    let mut pty = Pty::start(&home, &QUIET, (80, 24));
    pty.until("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:");
    pty.resize((30, 8));
    pty.until("vizsla needs 40x10, has 30x8");
    pty.resize((100, 30));
    pty.until("see it work");
    pty.press("q");
    assert_eq!(pty.end(), 0);
    assert_restored(&pty);
    assert!(
        home.read(".local/state/vizsla/session.json")
            .contains("launches")
    );
}

#[test]
fn the_demo_fills_the_list_and_a_trace_opens_on_one_key() {
    let home = Home::new();
    let mut args = vec!["demo", "--seed", "7"];
    args.extend(QUIET);
    let mut pty = Pty::start(&home, &args, (120, 40));
    pty.until("HTTP GET /dispatch");
    pty.press("\r");
    pty.until("waterfall");
    pty.press("\x03");
    assert_eq!(pty.end(), 0);
    assert_restored(&pty);
}

#[test]
fn a_file_on_standard_input_is_read_while_keys_come_from_the_terminal() {
    let home = Home::new();
    let file = home.write("cart.json", &trace(1));
    let line = format!("exec {} - < {file}", env!("CARGO_BIN_EXE_vizsla"));
    let mut pty = Pty::run(&home, &["sh", "-c", &line], (80, 24));
    // Its only trace opens by itself.
    pty.until("waterfall");
    pty.press("q");
    pty.until("all that match");
    pty.press("q");
    assert_eq!(pty.end(), 0);
}

#[test]
fn what_cannot_be_read_is_said_on_the_restored_terminal() {
    let home = Home::new();
    let file = home.write("notes.txt", "no trace at all");
    let mut pty = Pty::start(&home, &[&file], (80, 24));
    assert_eq!(pty.end(), 2);
    let said = pty.raw();
    assert!(!pty.screen().alternate_screen());
    let last = said.trim_end().lines().last().unwrap_or_default();
    let is_the_reason = last.contains("vizsla: ") && last.contains("notes.txt: byte 0");
    assert!(is_the_reason, "{said:?}");
}

#[test]
fn without_colour_the_cursor_is_still_seen() {
    let home = Home::new();
    let file = home.write("two.json", &(trace(1) + &trace(2)));
    let mut command = Pty::command(&home, &[env!("CARGO_BIN_EXE_vizsla"), &file]);
    command.env("NO_COLOR", "1");
    let mut pty = Pty::spawn(command, (80, 24));
    pty.until("GET /cart");
    pty.press("j");
    pty.until("2/2");
    let screen = pty.screen();
    let reversed = (0..24).any(|row| screen.cell(row, 6).is_some_and(vt100::Cell::inverse));
    assert!(reversed, "{}", screen.contents());
    assert!(!pty.raw().contains("\x1b[38;"));
    pty.press("\x03");
    assert_eq!(pty.end(), 0);
}

#[test]
fn signals_end_it_in_good_order_and_the_session_is_kept() {
    for (name, code) in [("-TERM", 143), ("-INT", 130), ("-HUP", 129)] {
        let home = Home::new();
        let mut pty = Pty::start(&home, &QUIET, (80, 24));
        pty.until("see it work");
        pty.press("/redis\r");
        pty.until("redis");
        signal(name, pty.pid());
        assert_eq!(pty.end(), code);
        if name != "-HUP" {
            assert_restored(&pty);
        }
        let kept = home.read(".local/state/vizsla/session.json");
        assert!(kept.contains("redis"), "{name}: {kept}");
    }
    let home = Home::new();
    // Nobody sees the end of a terminal that is gone; what matters is that there is one.
    let mut pty = Pty::start(&home, &QUIET, (80, 24));
    pty.until("see it work");
    pty.hang_up();
    assert_ne!(pty.end(), 0);
}

#[test]
fn a_panic_gives_the_terminal_back_and_can_be_read() {
    let home = Home::new();
    let words: Vec<_> = [env!("CARGO_BIN_EXE_vizsla")]
        .into_iter()
        .chain(QUIET)
        .collect();
    let mut command = Pty::command(&home, &words);
    command.env("VIZSLA_REHEARSE_PANIC", "1");
    let mut pty = Pty::spawn(command, (80, 24));
    pty.until("see it work");
    pty.press("j");
    assert_eq!(pty.end(), 101);
    assert_restored(&pty);
    let screen = pty.screen().contents();
    assert!(screen.contains("a panic that was asked for"), "{screen}");
    assert!(screen.contains("crash.log"), "{screen}");
    let log = home.read(".local/state/vizsla/crash.log");
    assert!(log.contains("a panic that was asked for"), "{log}");
}

#[test]
fn the_query_is_edited_in_an_editor_of_the_users_own() {
    let home = Home::new();
    let editor = home.write(
        "editor.sh",
        "grep -q shop \"$1\" && echo '{ name = \"load\" }' > \"$1\"\n",
    );
    let file = home.write("two.json", &(trace(1) + &trace(2)));
    let mut command = Pty::command(&home, &[env!("CARGO_BIN_EXE_vizsla"), &file]);
    command.env("EDITOR", format!("sh {editor}"));
    let mut pty = Pty::spawn(command, (80, 24));
    pty.until("GET /cart");
    pty.press("/shop\x18");
    pty.until("name = \"load\"");
    assert!(pty.screen().alternate_screen());
    pty.press("\r");
    pty.until("all that match");
    pty.press("\x03");
    assert_eq!(pty.end(), 0);
}

#[test]
fn where_every_port_is_taken_it_says_by_whom_and_what_to_do() {
    let home = Home::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let config = format!("[listen]\notlp_http = \"127.0.0.1:{port}\"\n");
    home.write(".config/vizsla/config.toml", &config);
    let mut pty = Pty::start(&home, &["--otlp-grpc", "off", "--query", "off"], (120, 24));
    assert_eq!(pty.end(), 2);
    assert!(pty.raw().contains(&port.to_string()), "{}", pty.raw());
}

#[test]
fn it_is_suspended_and_continued_by_a_shell() {
    let home = Home::new();
    let file = home.write("cart.json", &trace(1));
    let mut pty = Pty::run(&home, &["sh", "-i"], (80, 24));
    pty.press(&format!("{} {file}\n", env!("CARGO_BIN_EXE_vizsla")));
    pty.until("waterfall");
    pty.press("\x1a");
    pty.until("Stopped");
    assert_restored(&pty);
    pty.press("fg\n");
    pty.until("waterfall");
    assert!(pty.screen().alternate_screen());
    pty.press("\x03");
    pty.until_shell();
    pty.press("exit\n");
    assert_eq!(pty.end(), 0);
}
