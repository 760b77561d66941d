//! Points in time, in ns since 1970, written and read in a zone, against a clock that
//! tests and the demo's fixed data can stop.

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::{Charset, duration, duration::decimal, parse_duration};

/// How a point in time is written; `t` goes from one to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Style {
    /// In the clock's zone, as short as today's date allows.
    #[default]
    Local,
    /// In UTC, with a `Z`.
    Utc,
    /// Against now: `3 m 20 s ago`.
    Relative,
}

/// What time it is, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// The moment that never passes, if the clock stands still; ns since 1970.
    frozen: Option<u64>,
    zone: TimeZone,
}

impl Clock {
    /// The machine's time, in the zone of `TZ` or of the machine.
    pub fn local() -> Self {
        Self {
            frozen: None,
            zone: TimeZone::system(),
        }
    }

    /// The machine's time, in UTC.
    pub fn utc() -> Self {
        Self {
            frozen: None,
            zone: TimeZone::UTC,
        }
    }

    /// A clock that stands still, in UTC.
    pub fn frozen(unix_nano: u64) -> Self {
        Self {
            frozen: Some(unix_nano),
            zone: TimeZone::UTC,
        }
    }

    /// Now, in ns since 1970.
    pub fn now(&self) -> u64 {
        self.frozen.unwrap_or_else(|| {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |d| u64::try_from(d.as_nanos()).unwrap_or(u64::MAX))
        })
    }

    /// The zone's name, for the head of a column: `UTC`, `CET`.
    pub fn zone_name(&self, style: Style) -> String {
        match style {
            Style::Local => self.zoned(self.now()).strftime("%Z").to_string(),
            Style::Utc => "UTC".into(),
            Style::Relative => "before now".into(),
        }
    }

    /// Today `14:02:11.204`, in the last six days `Mon 14:02:11`, else
    /// `2026-11-03 14:02:11`; UTC ends in `Z`.
    pub fn time(&self, unix_nano: u64, style: Style) -> String {
        let clock = match style {
            Style::Local => Cow::Borrowed(self),
            Style::Utc => Cow::Owned(Self {
                zone: TimeZone::UTC,
                ..self.clone()
            }),
            Style::Relative => return self.ago(unix_nano),
        };
        let (then, now) = (clock.zoned(unix_nano), clock.zoned(clock.now()));
        let days = now.date().duration_since(then.date()).as_hours() / 24;
        let text = match days {
            0 => then.strftime("%H:%M:%S%.3f"),
            1..=6 => then.strftime("%a %H:%M:%S"),
            _ => then.strftime("%Y-%m-%d %H:%M:%S"),
        };
        format!("{text}{}", clock.suffix())
    }

    /// `14:02:11.204` with as many digits as tell instants apart that lie `step` ns from each other,
    /// where the date is said elsewhere; UTC ends in `Z`.
    pub fn instant(&self, unix_nano: u64, style: Style, step: u64) -> String {
        let utc = style == Style::Utc;
        let zone = if utc {
            TimeZone::UTC
        } else {
            self.zone.clone()
        };
        let then = timestamp(unix_nano).to_zoned(zone);
        let text = match step {
            1_000_000_000.. => then.strftime("%H:%M:%S"),
            1_000_000.. => then.strftime("%H:%M:%S%.3f"),
            1_000.. => then.strftime("%H:%M:%S%.6f"),
            _ => then.strftime("%H:%M:%S%.9f"),
        };
        format!("{text}{}", if utc { "Z" } else { "" })
    }

    /// `14:02:11`, where the date is said elsewhere.
    pub fn second(&self, unix_nano: u64) -> String {
        self.zoned(unix_nano).strftime("%H:%M:%S").to_string()
    }

    /// `14:02`, for an axis.
    pub fn minute(&self, unix_nano: u64) -> String {
        self.zoned(unix_nano).strftime("%H:%M").to_string()
    }

    /// `3 m 20 s ago`, `in 2.00 s`.
    pub fn ago(&self, unix_nano: u64) -> String {
        let now = self.now();
        let distance = duration(now.abs_diff(unix_nano), Charset::Ascii);
        match unix_nano {
            t if t == now => "now".into(),
            t if t < now => format!("{distance} ago"),
            _ => format!("in {distance}"),
        }
    }

    /// RFC 3339 with all that is known: `2026-11-03T14:02:11.204Z`. For copies and data.
    pub fn rfc3339(unix_nano: u64) -> String {
        timestamp(unix_nano).to_string()
    }

    /// Reads a point in time, in ns since 1970:
    ///
    /// - `now`, and before it `15m`, `-1h30m`, `2d ago`, `now-15m`;
    /// - RFC 3339 `2026-11-03T14:02:11.2Z`; without an offset in the clock's zone, and
    ///   `2026-11-03 14:02`, `2026-11-03` (midnight) and `14:02` (today) too;
    /// - seconds, milli-, micro- or nanoseconds since 1970, told apart by their digits.
    pub fn parse(&self, text: &str) -> Result<u64, TimeError> {
        let text = text.trim();
        if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !text.is_empty() {
            return epoch(text);
        }
        if let Some(back) = before_now(text) {
            return Ok(self.now().saturating_sub(back));
        }
        if let Ok(stamp) = text.parse::<Timestamp>() {
            return nanos(stamp);
        }
        // A date and time first: of one, the parser of a time takes the time and forgets the date.
        let civil = if let Ok(at) = text.parse::<DateTime>() {
            at
        } else if let Ok(time) = text.parse::<Time>() {
            self.zoned(self.now()).date().to_datetime(time)
        } else {
            text.parse::<Date>()
                .map_err(|_| TimeError::Malformed)?
                .at(0, 0, 0, 0)
        };
        let zoned = civil
            .to_zoned(self.zone.clone())
            .map_err(|_| TimeError::OutOfRange)?;
        nanos(zoned.timestamp())
    }

    fn zoned(&self, unix_nano: u64) -> Zoned {
        timestamp(unix_nano).to_zoned(self.zone.clone())
    }

    fn suffix(&self) -> &'static str {
        if self.zone == TimeZone::UTC { "Z" } else { "" }
    }
}

/// Why a text is not a point in time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// None of the forms that are read.
    #[error("not a time: write it like 15m (ago), 14:02, 2026-11-03T14:02:11Z or 1793800931")]
    Malformed,
    /// Before 1970 or after 2554.
    #[error("a time before 1970 or after 2554")]
    OutOfRange,
}

/// Any u64 of ns is within jiff's range (it ends in the year 9999).
fn timestamp(unix_nano: u64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(unix_nano)).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn nanos(stamp: Timestamp) -> Result<u64, TimeError> {
    u64::try_from(stamp.as_nanosecond()).map_err(|_| TimeError::OutOfRange)
}

/// The distance of `now`, `15m`, `-15m`, `15m ago`, `now-15m`.
fn before_now(text: &str) -> Option<u64> {
    if text == "now" {
        return Some(0);
    }
    let text = text.strip_prefix("now").map_or(text, str::trim_start);
    let text = text
        .strip_prefix('-')
        .or(text.strip_suffix("ago"))
        .unwrap_or(text);
    parse_duration(text).ok()
}

/// Seconds have up to 11 digits (until the year 5138), and each unit three more.
fn epoch(text: &str) -> Result<u64, TimeError> {
    let whole = text
        .split('.')
        .next()
        .unwrap_or(text)
        .trim_start_matches('0')
        .len();
    let scale = match whole {
        ..=11 => 1_000_000_000,
        12..=14 => 1_000_000,
        15..=17 => 1_000,
        _ => 1,
    };
    let nanos = decimal(text, scale).ok_or(TimeError::Malformed)?;
    u64::try_from(nanos).map_err(|_| TimeError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: u64 = 60_000_000_000;

    /// Tuesday, 2026-11-03 14:02:11.204 UTC.
    fn clock() -> Clock {
        Clock::frozen(1_793_714_531_204_000_000)
    }

    #[test]
    fn the_nearer_the_shorter() {
        let (clock, now) = (clock(), clock().now());
        assert_eq!(clock.time(now, Style::Local), "14:02:11.204Z");
        assert_eq!(
            clock.time(now - 24 * 60 * MINUTE, Style::Local),
            "Mon 14:02:11Z"
        );
        assert_eq!(
            clock.time(now - 7 * 24 * 60 * MINUTE, Style::Local),
            "2026-10-27 14:02:11Z"
        );
        assert_eq!(
            clock.time(now + 24 * 60 * MINUTE, Style::Local),
            "2026-11-04 14:02:11Z"
        );
        assert_eq!(
            clock.time(now - 2 * MINUTE, Style::Relative),
            "2 m 00 s ago"
        );
        assert_eq!(clock.minute(now), "14:02");
        assert_eq!(Clock::rfc3339(now), "2026-11-03T14:02:11.204Z");
    }

    #[test]
    fn a_zone_has_its_own_today() {
        let zone = TimeZone::fixed(jiff::tz::offset(12));
        let there = Clock { zone, ..clock() };
        assert_eq!(there.time(there.now(), Style::Local), "02:02:11.204");
        assert_eq!(
            there.time(there.now() - 3 * 60 * MINUTE, Style::Local),
            "Tue 23:02:11"
        );
        assert_eq!(there.time(there.now(), Style::Utc), "14:02:11.204Z");
        assert_eq!(there.parse("2026-11-04 02:02:11.204"), Ok(there.now()));
    }

    #[test]
    fn times_are_read() {
        let (clock, now) = (clock(), clock().now());
        for text in ["15m", "-15m", "15m ago", "now-15m", "15 m"] {
            assert_eq!(clock.parse(text), Ok(now - 15 * MINUTE), "{text}");
        }
        for text in [
            "now",
            "2026-11-03T14:02:11.204Z",
            "2026-11-03T15:02:11.204+01:00",
            "2026-11-03 14:02:11.204",
            "14:02:11.204",
            "1793714531.204",
            "1793714531204",
            "1793714531204000",
            "1793714531204000000",
        ] {
            assert_eq!(clock.parse(text), Ok(now), "{text}");
        }
        assert_eq!(
            clock.parse("2026-11-03"),
            Ok(now - now % (24 * 60 * MINUTE))
        );
        assert_eq!(
            clock.parse("2026-11-01 14:02:11.204"),
            Ok(now - 2 * 24 * 60 * MINUTE),
            "a day of its own"
        );
        assert_eq!(
            clock.parse("1969-12-31T00:00:00Z"),
            Err(TimeError::OutOfRange)
        );
        for bad in ["", "yesterday", "25:00", "2026-13-01", "1.2.3", "15m hence"] {
            assert_eq!(clock.parse(bad), Err(TimeError::Malformed), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_time_is_written_and_reads_back(unix_nano: u64) {
            let clock = clock();
            for style in [Style::Local, Style::Utc, Style::Relative] {
                prop_assert!(!clock.time(unix_nano, style).is_empty());
            }
            prop_assert_eq!(clock.parse(&Clock::rfc3339(unix_nano)), Ok(unix_nano));
        }
    }
}
