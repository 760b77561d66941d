//! Any keys, clicks and sizes, in any order, over any traces: it stands, and what it draws is whole.
//!
//! `VIZSLA_FUZZ_ACTIONS=100000` does more of it than every run of the tests does, `VIZSLA_FUZZ_SEED`
//! something else. A failure names the seed and all that was done.

use std::fmt::Write as _;
use std::sync::Arc;

use super::Harness;
use super::fixed::Fixed;
use crate::config::Depth;
use crate::model::{BlockBuilder, Trace, TraceId, scenario};
use crate::text::{Charset, Clock};
use crate::tui::canvas::hit::Gesture;
use crate::tui::keymap::{Code, Context, Key};
use crate::tui::msg::Msg;
use crate::tui::setup::Setup;
use crate::tui::source::host::Alone;

/// Actions on one set of traces.
const ROUND: usize = 150;
/// A cursor is seen from this size on.
const ROOMY: (u16, u16) = crate::tui::view::LEAST;

/// A generator of Sebastiano Vigna's (SplitMix64): the same everywhere, and no dependency.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as usize % most.max(1)
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }

    fn size(&mut self) -> (u16, u16) {
        match self.below(6) {
            0 => (80, 24),
            1 => (20, 5),
            2 => (500, 200),
            3 => (1 + self.below(60) as u16, 1 + self.below(14) as u16),
            _ => (40 + self.below(180) as u16, 10 + self.below(60) as u16),
        }
    }

    /// Some traces of some depth, with failures, wide names and control bytes.
    fn traces(&mut self) -> Vec<Trace> {
        let services = [
            "shop",
            "cart",
            "redis",
            "\u{6f22}\u{5b57}",
            "a\x1b]0;x\x07",
            "frontend",
        ];
        let mut builder = BlockBuilder::new();
        for number in 0..=self.below(40) {
            let mut text = String::new();
            let mut depth = 0;
            for span in 0..=self.below(30) {
                depth = if span == 0 {
                    0
                } else {
                    1 + self.below(depth + 1)
                };
                let service = self.pick(&services).copied().unwrap_or("shop");
                let from = number * 100 + span * 3;
                let status = if self.below(9) == 0 { " error" } else { "" };
                let lasts = 1 + self.below(400);
                let _ = writeln!(
                    text,
                    "{:indent$}{service}: op{} {from}..{}{status}",
                    "",
                    span % 5,
                    from + lasts,
                    indent = depth * 2
                );
            }
            scenario::add(&mut builder, TraceId(number as u128 + 1), &text);
        }
        Trace::all_of(&[Arc::new(builder.finish())])
    }

    /// A key that means something here, or one that may not.
    fn keys(&mut self, harness: &Harness) -> Vec<Key> {
        if self.below(6) == 0 {
            let typed = ['a', 'e', '{', '}', '=', '"', ' ', '\u{6f22}', '3', '0'];
            return self
                .pick(&typed)
                .map(|c| Key::char(*c))
                .into_iter()
                .collect();
        }
        let context = harness.state.context();
        let bound: Vec<_> = harness
            .state
            .shared
            .keymap
            .bound(context)
            .into_keys()
            .collect();
        let concrete = |key: &Key, dice: &mut Self| match key.code {
            Code::AnyLetter => Key::char((b'a' + dice.below(26) as u8) as char),
            Code::AnyDigit => Key::char((b'1' + dice.below(9) as u8) as char),
            _ => *key,
        };
        let keys = self.pick(&bound).cloned().unwrap_or_default();
        keys.iter().map(|key| concrete(key, self)).collect()
    }

    fn gesture(&mut self, (x, y): (u16, u16)) -> Gesture {
        match self.below(6) {
            0 => Gesture::DoubleClick,
            1 => Gesture::Menu,
            2 => Gesture::Drag { from: (x, y) },
            3 => Gesture::Drop { from: (x, y) },
            4 => Gesture::Wheel(self.below(9) as i16 - 4),
            _ => Gesture::Click,
        }
    }
}

async fn start(dice: &mut Dice) -> Harness {
    let charset = if dice.below(4) == 0 {
        Charset::Ascii
    } else {
        Charset::Unicode
    };
    let clock = Clock::frozen(scenario::EPOCH.0 + 60_000_000_000);
    let setup = Setup::plain(clock, Depth::Truecolor, charset);
    let backend = Arc::new(Fixed::new(dice.traces()));
    Harness::start(setup, backend, Arc::new(Alone), None, dice.size()).await
}

/// What was done, in words, and the messages that do it.
fn next(dice: &mut Dice, harness: &Harness) -> (String, Vec<Msg>) {
    let (width, height) = harness.state.shared.size;
    match dice.below(20) {
        0 => {
            let (width, height) = dice.size();
            (
                format!("resize {width}x{height}"),
                vec![Msg::Resize(width, height)],
            )
        }
        1 | 2 => {
            let mut cell = || {
                (
                    dice.below(width.into()) as u16,
                    dice.below(height.into()) as u16,
                )
            };
            let ((x, y), from) = (cell(), cell());
            let gesture = dice.gesture(from);
            (
                format!("{gesture:?} at {x},{y}"),
                vec![Msg::Mouse { gesture, x, y }],
            )
        }
        3 => {
            let texts = [
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "{ status = error }",
                "two\nlines\t\u{1b}[31m",
                "",
            ];
            let text = dice.pick(&texts).copied().unwrap_or_default();
            (format!("paste {text:?}"), vec![Msg::Paste(text.to_owned())])
        }
        _ => {
            let keys = dice.keys(harness);
            let words = keys.iter().map(ToString::to_string).collect();
            (words, keys.into_iter().map(Msg::Key).collect())
        }
    }
}

/// The frame has its size, nothing is told of cells outside, and a cursor is seen.
pub fn check(harness: &Harness) -> Result<(), String> {
    let (width, height) = harness.state.shared.size;
    let text = harness.text();
    let rows: Vec<&str> = text.lines().collect();
    if rows.len() != usize::from(height) {
        return Err(format!("{} rows of {height}", rows.len()));
    }
    if let Some(row) = rows
        .iter()
        .find(|row| crate::text::width(row) != usize::from(width))
    {
        return Err(format!(
            "a row of {} columns: {row:?}",
            crate::text::width(row)
        ));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err("a control byte".to_owned());
    }
    let inside = |area: &ratatui::layout::Rect| area.right() <= width && area.bottom() <= height;
    if let Some(area) = harness
        .state
        .shared
        .drawn
        .areas()
        .find(|area| !inside(area))
    {
        return Err(format!("{area:?} is outside"));
    }
    let lists = [
        Context::SearchList,
        Context::Waterfall,
        Context::MapTable,
        Context::Groups,
    ];
    let listed = lists.contains(&harness.state.context()) && harness.state.place().is_some();
    let cursor = harness.state.shared.glyphs.cursor;
    if listed && width >= ROOMY.0 && height >= ROOMY.1 && !text.contains(cursor) {
        return Err("no cursor".to_owned());
    }
    Ok(())
}

#[tokio::test]
async fn whatever_is_done_in_whatever_order_it_stands() {
    let number = |name: &str, usual: usize| {
        let set = std::env::var(name).ok();
        set.and_then(|set| set.parse().ok()).unwrap_or(usual)
    };
    let seed = number("VIZSLA_FUZZ_SEED", 1);
    let rounds = number("VIZSLA_FUZZ_ACTIONS", 1_500).div_ceil(ROUND);
    for round in 0..rounds {
        let mut dice = Dice((seed + round) as u64);
        let mut harness = start(&mut dice).await;
        let mut done = String::new();
        for _ in 0..ROUND {
            let (words, messages) = next(&mut dice, &harness);
            let _ = write!(done, "{words}  ");
            for message in messages {
                harness.send(message).await;
            }
            if let Err(what) = check(&harness) {
                let seed = seed + round;
                panic!("{what}; seed {seed}, after: {done}\n{}", harness.text());
            }
            if harness.quit {
                break;
            }
        }
    }
}
