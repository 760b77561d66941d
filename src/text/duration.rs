//! Durations: nanoseconds written for eyes, and read from arguments.

use super::{Charset, number::count};

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Three significant digits, a space, the unit: `48.0 µs`, `739 ms`, `1.31 s`; from a
/// minute on two units: `2 m 03 s`, `1 h 04 m`. Zero is `0`.
pub fn duration(nanos: u64, charset: Charset) -> String {
    let (figure, unit) = figure(nanos, charset);
    match unit {
        "" => figure,
        unit => format!("{figure} {unit}"),
    }
}

/// The duration with as many digits as tell it apart from others that lie `step` ns away, three at
/// the least: `1.10 s` by 10 ms, `1.0972 s` by 100 µs, `2 m 03.5 s` by 500 ms.
pub fn duration_by(nanos: u64, step: u64, charset: Charset) -> String {
    let (unit, name) = match nanos {
        0..1_000 => return duration(nanos, charset),
        1_000..1_000_000 => (1_000, charset.micros()),
        1_000_000..SECOND => (1_000_000, "ms"),
        SECOND..MINUTE => (SECOND, "s"),
        MINUTE.. => return long_by(nanos, step, charset),
    };
    let decimals = decimals(unit, step);
    let told = match nanos / unit {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    if decimals <= told {
        return duration(nanos, charset);
    }
    format!("{} {name}", with_decimals(nanos, unit, decimals))
}

/// The same of a minute and more: units down to the one that tells.
fn long_by(nanos: u64, step: u64, charset: Charset) -> String {
    let told = match nanos {
        0..HOUR => SECOND,
        HOUR..DAY => MINUTE,
        _ => HOUR,
    };
    if step >= told {
        return duration(nanos, charset);
    }
    let mut parts: Vec<String> = Vec::new();
    let mut rest = nanos;
    for (unit, name) in [(DAY, "d"), (HOUR, "h"), (MINUTE, "m")] {
        let amount = rest / unit;
        if !parts.is_empty() {
            parts.push(format!("{amount:02} {name}"));
        } else if amount > 0 {
            parts.push(format!("{amount} {name}"));
        }
        rest %= unit;
    }
    if step < MINUTE {
        let zero = if rest < 10 * SECOND { "0" } else { "" };
        let seconds = with_decimals(rest, SECOND, decimals(SECOND, step));
        parts.push(format!("{zero}{seconds} s"));
    }
    parts.join(" ")
}

/// How many decimals of a unit tell `step` ns apart.
fn decimals(unit: u64, step: u64) -> u32 {
    let tells = |&decimals: &u32| unit / 10_u64.pow(decimals) <= step.max(1);
    (0..9).find(tells).unwrap_or(9)
}

fn with_decimals(nanos: u64, unit: u64, decimals: u32) -> String {
    let (whole, part) = (
        nanos / unit,
        nanos % unit / (unit / 10_u64.pow(decimals)).max(1),
    );
    match decimals {
        0 => whole.to_string(),
        _ => format!("{whole}.{part:0width$}", width = decimals as usize),
    }
}

/// The duration without trailing zeros and with its sign, as a distance from the start of
/// a trace or span: `+3 ms`, `-2.1 s`, `0`.
pub fn offset(nanos: i64, charset: Charset) -> String {
    let sign = match nanos {
        0 => "",
        1.. => "+",
        _ => "-",
    };
    let (figure, unit) = figure(nanos.unsigned_abs(), charset);
    let short = if figure.contains('.') {
        figure.trim_end_matches('0').trim_end_matches('.')
    } else {
        &figure
    };
    let space = if unit.is_empty() { "" } else { " " };
    format!("{sign}{short}{space}{unit}")
}

/// Every nanosecond: `1,310,204,511 ns`.
pub fn duration_exact(nanos: u64) -> String {
    format!("{} ns", count(nanos))
}

/// The figure and its unit; the unit is empty where the figure has its own.
fn figure(nanos: u64, charset: Charset) -> (String, &'static str) {
    match nanos {
        0 => return ("0".into(), ""),
        1..1_000 => return (nanos.to_string(), "ns"),
        _ => {}
    }
    for (unit, name) in [(1_000, charset.micros()), (1_000_000, "ms"), (SECOND, "s")] {
        let limit = if unit == SECOND { 60 } else { 1_000 };
        if let Some(figure) = three_digits(nanos, unit, limit) {
            return (figure, name);
        }
    }
    (two_units(nanos), "")
}

/// `nanos` in a unit with three significant digits, unless it rounds to `limit` or more.
fn three_digits(nanos: u64, unit: u64, limit: u128) -> Option<String> {
    for (decimals, scale) in [(2, 100_u128), (1, 10), (0, 1)] {
        let rounded = (u128::from(nanos) * scale + u128::from(unit) / 2) / u128::from(unit);
        if rounded < 1_000 && rounded < limit * scale {
            let (whole, part) = (rounded / scale, rounded % scale);
            return Some(if decimals == 0 {
                whole.to_string()
            } else {
                format!("{whole}.{part:0decimals$}")
            });
        }
    }
    None
}

fn two_units(nanos: u64) -> String {
    for (small, per, name, small_name, limit) in [
        (1, 60, "m", "s", 60),
        (60, 60, "h", "m", 24),
        (3600, 24, "d", "h", u64::MAX),
    ] {
        let amount = nanos.saturating_add(small * SECOND / 2) / (small * SECOND);
        if amount / per < limit {
            return format!("{} {name} {:02} {small_name}", amount / per, amount % per);
        }
    }
    String::new()
}

/// Why a text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Not figures with units.
    #[error("not a duration: write it like 300ms, 1.5s or 1h30m")]
    Malformed,
    /// A figure alone: nobody can tell which unit was meant.
    #[error("a duration needs a unit: ns, us, ms, s, m, h or d")]
    NoUnit,
    /// More than 2^64 - 1 ns, some 584 years.
    #[error("a duration beyond 584 years")]
    TooLong,
}

/// Reads a duration in ns: `300ms`, `1.5s`, `2m`, `1h30m`, `2 m 03 s`, and `0`.
pub fn parse_duration(text: &str) -> Result<u64, DurationError> {
    let mut rest = text.trim();
    if rest == "0" {
        return Ok(0);
    }
    let mut total: u128 = 0;
    let mut smallest = u64::MAX;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(
            if rest.parse::<f64>().is_ok() {
                DurationError::NoUnit
            } else {
                DurationError::Malformed
            },
        )?;
        let (number, tail) = rest.split_at(digits);
        let tail = tail.trim_start();
        let name = tail
            .find(|c: char| c.is_ascii_digit() || c.is_whitespace() || c == '.')
            .unwrap_or(tail.len());
        let (name, tail) = tail.split_at(name);
        let unit = unit(name).ok_or(DurationError::Malformed)?;
        if unit >= smallest {
            return Err(DurationError::Malformed);
        }
        smallest = unit;
        let part = decimal(number, unit).ok_or(DurationError::Malformed)?;
        total = total.checked_add(part).ok_or(DurationError::TooLong)?;
        rest = tail.trim_start();
    }
    if smallest == u64::MAX {
        return Err(DurationError::Malformed);
    }
    total.try_into().map_err(|_| DurationError::TooLong)
}

fn unit(name: &str) -> Option<u64> {
    Some(match name {
        "ns" => 1,
        // micro sign, Greek mu
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" | "sec" => SECOND,
        "m" | "min" => 60 * SECOND,
        "h" => 3_600 * SECOND,
        "d" => 86_400 * SECOND,
        "w" => 604_800 * SECOND,
        _ => return None,
    })
}

/// `number` (`12`, `1.5`) times `scale`, exactly, what is below one cut off. `None` unless
/// it is digits with at most one point.
pub(super) fn decimal(number: &str, scale: u64) -> Option<u128> {
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return None;
    }
    let scale = u128::from(scale);
    let whole = whole
        .parse::<u128>()
        .unwrap_or(u128::MAX)
        .saturating_mul(scale);
    // 18 digits times 2^50 stay far below 2^128; further ones are below a nanosecond.
    let part = &part[..part.len().min(18)];
    let fraction = part.parse::<u128>().ok()? * scale / 10_u128.pow(part.len() as u32);
    Some(whole.saturating_add(fraction))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_significant_digits() {
        for (nanos, want) in [
            (0, "0"),
            (417, "417 ns"),
            (48_000, "48.0 µs"),
            (7_020_000, "7.02 ms"),
            (739_000_000, "739 ms"),
            (999_600, "1.00 ms"),
            (1_310_000_000, "1.31 s"),
            (59_940_000_000, "59.9 s"),
            (59_960_000_000, "1 m 00 s"),
            (123_000_000_000, "2 m 03 s"),
            (3_840_000_000_000, "1 h 04 m"),
            (86_399_000_000_000, "1 d 00 h"),
            (u64::MAX, "213503 d 23 h"),
        ] {
            assert_eq!(duration(nanos, Charset::Unicode), want);
        }
        assert_eq!(duration(48_000, Charset::Ascii), "48.0 us");
        assert_eq!(duration_exact(1_310_204_511), "1,310,204,511 ns");
    }

    #[test]
    fn digits_tell_times_apart() {
        const MS: u64 = 1_000_000;
        for (nanos, step, want) in [
            (0, 1, "0"),
            (200 * MS, 200 * MS, "200 ms"),
            (1_100 * MS, 10 * MS, "1.10 s"),
            (1_105 * MS, 5 * MS, "1.105 s"),
            (1_097_234_567, 100_000, "1.0972 s"),
            (497_000_001, 1, "497.000001 ms"),
            (123_500 * MS, 500 * MS, "2 m 03.5 s"),
            (123_000 * MS, 10_000 * MS, "2 m 03 s"),
            (2 * HOUR + 5 * SECOND, SECOND, "2 h 00 m 05 s"),
            (DAY + HOUR + 20 * MINUTE, 10 * MINUTE, "1 d 01 h 20 m"),
            (u64::MAX, 1, "213503 d 23 h 34 m 33.709551615 s"),
        ] {
            assert_eq!(duration_by(nanos, step, Charset::Unicode), want);
        }
    }

    #[test]
    fn offsets_are_short_and_signed() {
        for (nanos, want) in [
            (3_000_000, "+3 ms"),
            (-2_100_000_000, "-2.1 s"),
            (0, "0"),
            (200_000_000, "+200 ms"),
        ] {
            assert_eq!(offset(nanos, Charset::Unicode), want);
        }
        assert!(offset(i64::MIN, Charset::Unicode).starts_with('-'));
    }

    #[test]
    fn durations_are_read() {
        for (text, want) in [
            ("300ms", 300_000_000),
            ("1.5s", 1_500_000_000),
            ("2m", 120_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("2 m 03 s", 123_000_000_000),
            ("48.0 µs", 48_000),
            ("0.000000001s", 1),
            ("0", 0),
        ] {
            assert_eq!(parse_duration(text), Ok(want), "{text}");
        }
        assert_eq!(parse_duration("15"), Err(DurationError::NoUnit));
        assert_eq!(parse_duration("99999999999h"), Err(DurationError::TooLong));
        for bad in [
            "",
            "ms",
            "1.2.3s",
            "5 parsecs",
            "-3s",
            "1m1m",
            "s1",
            "1m 5",
            "\u{b5}",
        ] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_nearly(nanos in 1_u64..u64::MAX / 2) {
            let back = parse_duration(&duration(nanos, Charset::Unicode)).unwrap();
            prop_assert!(back.abs_diff(nanos) <= nanos / 40, "{nanos} -> {back}");
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = parse_duration(&text);
        }
    }
}
