//! From when to when: `--since`, `--from`, `--to`, and what holds without them.

use clap::Args;

use crate::backend::{Capabilities, Window};
use crate::model::Time;
use crate::text::Clock;

use super::Failure;
use super::args::nanos;

/// What a remote or embedded backend is asked for unless told otherwise.
const LAST_HOUR: u64 = 3_600_000_000_000;

/// From when to when.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Time")]
pub struct WindowArgs {
    /// Only the last while: 15m, 1h30m, 2d
    #[arg(long, value_name = "DURATION", value_parser = nanos, conflicts_with_all = ["from", "to"])]
    pub since: Option<u64>,
    /// Not before: RFC 3339, seconds to nanoseconds since 1970, or 15m (ago)
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// Not after, as --from
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub to: Option<String>,
}

/// A window, and a note if nobody asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The window; `None` for all of time.
    pub window: Option<Window>,
    /// What was assumed.
    pub note: Option<String>,
}

impl WindowArgs {
    /// The window on a backend that can do this.
    pub fn on(&self, can: Capabilities, clock: &Clock) -> Result<Asked, Failure> {
        let now = clock.now();
        let read = |flag: &str, text: &Option<String>| {
            let time = text.as_deref().map(|text| clock.parse(text)).transpose();
            time.map_err(|wrong| Failure::Usage(format!("--{flag}: {wrong}")))
        };
        let (from, to) = (read("from", &self.from)?, read("to", &self.to)?);
        let window = match (self.since, from, to) {
            (Some(since), ..) => window(now.saturating_sub(since), u64::MAX),
            (None, None, None) if can.windowless => return Ok(Asked::default()),
            (None, None, None) => {
                let note = "only the last hour was asked for: --since widens it".to_owned();
                let window = Some(window(now.saturating_sub(LAST_HOUR), u64::MAX));
                return Ok(Asked {
                    window,
                    note: Some(note),
                });
            }
            (None, from, to) => window(from.unwrap_or(0), to.unwrap_or(u64::MAX)),
        };
        if window.from > window.to {
            return Err(Failure::usage("--from is later than --to"));
        }
        Ok(Asked {
            window: Some(window),
            note: None,
        })
    }
}

fn window(from: u64, to: u64) -> Window {
    Window {
        from: Time(from),
        to: Time(to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_assumed_is_said() {
        let clock = Clock::frozen(10 * LAST_HOUR);
        let files = Capabilities {
            windowless: true,
            ..Capabilities::default()
        };
        let none = WindowArgs::default();
        assert_eq!(none.on(files, &clock).unwrap(), Asked::default());
        let assumed = none.on(Capabilities::default(), &clock).unwrap();
        assert_eq!(assumed.window, Some(window(9 * LAST_HOUR, u64::MAX)));
        assert!(assumed.note.is_some());
    }

    #[test]
    fn from_and_to_may_stand_alone() {
        let clock = Clock::frozen(10 * LAST_HOUR);
        let args = WindowArgs {
            to: Some("1h".into()),
            ..WindowArgs::default()
        };
        let asked = args.on(Capabilities::default(), &clock).unwrap();
        assert_eq!(asked.window, Some(window(0, 9 * LAST_HOUR)));
        let wrong = WindowArgs {
            from: Some("1h".into()),
            to: Some("2h".into()),
            since: None,
        };
        assert!(wrong.on(Capabilities::default(), &clock).is_err());
    }
}
