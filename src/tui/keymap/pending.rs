//! The state between the keys of a sequence: a count, and a prefix that waits for its next key.

use super::{Action, Context, Key, Keymap, Meaning};

/// Counts above this are taken as this: nobody means more rows.
const MAX_COUNT: u32 = 99_999_999;

/// What was typed so far of a sequence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pending {
    count: Option<u32>,
    keys: Vec<Key>,
}

/// What a key press came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Do this, so many times, with that letter.
    Act {
        action: Action,
        count: Option<u32>,
        letter: Option<char>,
    },
    /// Insert this character.
    Type(char),
    /// More keys are needed.
    Wait,
    /// These keys mean nothing here; the sequence is cancelled.
    Unknown(Vec<Key>),
    /// A prefix was given up on purpose.
    Cancelled,
}

impl Pending {
    /// Takes one key in `context` and says what it came to.
    pub fn press(&mut self, keymap: &Keymap, context: Context, key: Key) -> Press {
        if context.takes_text() {
            *self = Self::default();
            return match (keymap.meaning(context, &[key]), key.typed()) {
                (Meaning::Action(action, letter), _) => Press::Act {
                    action,
                    count: None,
                    letter,
                },
                (_, Some(c)) => Press::Type(c),
                _ => Press::Unknown(vec![key]),
            };
        }
        if self.take_digit(key) {
            return Press::Wait;
        }
        self.keys.push(key);
        match keymap.meaning(context, &self.keys) {
            Meaning::Action(action, letter) => {
                let count = self.count;
                *self = Self::default();
                Press::Act {
                    action,
                    count,
                    letter,
                }
            }
            Meaning::Prefix => Press::Wait,
            Meaning::Nothing => self.give_up(keymap),
        }
    }

    /// A digit of a count: only before any other key, and `0` only after another digit.
    fn take_digit(&mut self, key: Key) -> bool {
        let Some(digit) = key.typed().and_then(|c| c.to_digit(10)) else {
            return false;
        };
        if !self.keys.is_empty() || (digit == 0 && self.count.is_none()) {
            return false;
        }
        let count = self
            .count
            .unwrap_or(0)
            .saturating_mul(10)
            .saturating_add(digit);
        self.count = Some(count.min(MAX_COUNT));
        true
    }

    /// A key that is valid everywhere is valid within a sequence too; Esc cancels no more than it.
    fn give_up(&mut self, keymap: &Keymap) -> Press {
        let keys = std::mem::take(self).keys;
        let last = keys.last().filter(|_| keys.len() > 1);
        match last.map(|last| keymap.meaning(Context::Everywhere, &[*last])) {
            Some(Meaning::Action(Action::Dismiss, _)) => Press::Cancelled,
            Some(Meaning::Action(action, letter)) => Press::Act {
                action,
                count: None,
                letter,
            },
            _ => Press::Unknown(keys),
        }
    }

    /// The prefix that waits for its next key.
    pub fn prefix(&self) -> &[Key] {
        &self.keys
    }

    /// The count typed so far.
    pub fn count(&self) -> Option<u32> {
        self.count
    }
}
