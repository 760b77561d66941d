//! The commands of the palette: their names, and what they do with what is typed behind them.

use crate::text::Shown;
use crate::tui::keymap::Action;
use crate::tui::page::{Act, Cx, Move};
use crate::tui::shared::Shared;
use crate::tui::widget::picker::Item;

use super::super::menu::Choice;
use super::super::{Menu, Overlay, themes};
use super::{Palette, Pick, set};

/// A command of the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Open,
    Write,
    Note,
    Set,
    Requests,
    Clear,
    Ports,
    Messages,
    Theme,
    Help,
    Quit,
}

/// Names, whether an argument follows, and what the command does.
const COMMANDS: [(&str, Command, &str, &str); 13] = [
    (
        "open",
        Command::Open,
        "SOURCE",
        "open a file, folder, URL or backend",
    ),
    (
        "w",
        Command::Write,
        "[all] FILE",
        "write the traces in view, or all of them: .json .pb .jaeger.json .zipkin.json .chrome.json .csv .md; the screen: .txt .svg",
    ),
    (
        "note",
        Command::Note,
        "WORDS",
        "a note on the span, kept and written with its trace",
    ),
    (
        "set",
        Command::Set,
        "KEY VALUE",
        "how it looks and behaves until it ends",
    ),
    (
        "requests",
        Command::Requests,
        "",
        "what the backend was really asked",
    ),
    ("ctx", Command::Open, "NAME", "another backend by name"),
    (
        "clear",
        Command::Clear,
        "",
        "forget all traces, after a question",
    ),
    ("ports", Command::Ports, "", "who listens where"),
    ("messages", Command::Messages, "", "all messages so far"),
    ("theme", Command::Theme, "NAME", "another theme"),
    ("help", Command::Help, "TOPIC", "keys that are valid here"),
    ("q", Command::Quit, "", "quit"),
    ("quit", Command::Quit, "", "quit"),
];

/// The command of that name.
pub(super) fn named(word: &str) -> Option<Command> {
    let mut all = COMMANDS.iter();
    let found = all.find(|(name, ..)| *name == word);
    found.map(|(_, command, ..)| *command)
}

/// Runs a command.
pub(super) fn command_with(command: Command, argument: &str, cx: &mut Cx<'_>) {
    let wants_argument = matches!(command, Command::Open);
    if wants_argument && argument.is_empty() {
        cx.go(Move::Leave);
        let backends = Palette::backends(cx.shared);
        return cx.go(Move::Over(Overlay::Palette(backends)));
    }
    cx.go(Move::Leave);
    match command {
        Command::Open => cx.go(Move::Source(argument.to_owned())),
        Command::Write => cx.go(Move::Write(argument.to_owned())),
        Command::Note => cx.go(Move::Note(argument.to_owned())),
        Command::Set => set::set(argument, cx),
        Command::Requests => cx.go(Move::Perform(Act::of(Action::Requests))),
        Command::Theme if argument.is_empty() => cx.go(Move::Perform(Act::of(Action::Themes))),
        Command::Theme => keep_theme(argument, cx),
        Command::Messages => cx.go(Move::Perform(Act::of(Action::GoMessages))),
        Command::Help => cx.go(Move::Help(argument.to_owned())),
        Command::Clear => cx.go(Move::Perform(Act::of(Action::Clear))),
        Command::Ports => cx.go(Move::Over(Overlay::Menu(ports(cx.shared)))),
        Command::Quit => cx.go(Move::Quit),
    }
}

/// Another theme, for this session and those that follow.
pub(super) fn keep_theme(name: &str, cx: &mut Cx<'_>) {
    if themes::apply(cx.shared, name) {
        cx.shared.session.theme = Some(name.to_owned());
    }
}

/// The listeners as a list to read.
fn ports(shared: &Shared) -> Menu {
    let line = |listening: &crate::tui::source::Listening| {
        let state = match &listening.state {
            Ok(address) => format!("{:18} {address}", listening.name),
            Err(reason) => format!("{:18} off: {reason}", listening.name),
        };
        Choice::new(' ', state)
    };
    let mut choices: Vec<_> = shared.source.around.listening.iter().map(line).collect();
    if choices.is_empty() {
        choices.push(Choice::new(
            ' ',
            "nobody listens: vizsla without arguments does",
        ));
    }
    Menu::new(
        Action::Redraw,
        "ports: --otlp-http ADDR and its like move them",
        choices,
        None,
    )
}

/// All of them, as lines of the palette.
pub(super) fn commands() -> Vec<Item<Pick>> {
    let item = |(name, command, argument, sentence): &(&'static str, Command, &str, &str)| Item {
        value: Pick::Command(*command),
        class: "command",
        label: Shown::from(format!("{name} {argument}").trim_end().to_owned()),
        aside: Shown::from((*sentence).to_owned()),
    };
    COMMANDS.iter().map(item).collect()
}
