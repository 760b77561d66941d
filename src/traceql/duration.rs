//! Durations as queries write them: Prometheus style (`1d`, `1h30m`) or Go style (`1.5s`, `100us`).

const NANOS: i64 = 1;
const MICROS: i64 = 1_000;
const MILLIS: i64 = 1_000_000;
const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Units from small to large; those above an hour take whole numbers only.
const UNITS: [(&str, i64); 11] = [
    ("ns", NANOS),
    ("us", MICROS),
    ("µs", MICROS),
    ("μs", MICROS),
    ("ms", MILLIS),
    ("s", SECOND),
    ("m", MINUTE),
    ("h", HOUR),
    ("d", DAY),
    ("w", 7 * DAY),
    ("y", 365 * DAY),
];

/// Nanoseconds of `text`, such as `1h30m` or `1.5s`. `None` if it is no duration, has no unit,
/// or is longer than 292 years.
pub fn parse(text: &str) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    let mut rest = text;
    let mut total: i64 = 0;
    let mut fractions = false;
    let mut days = false;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let length = tail
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(tail.len());
        let (unit, next) = tail.split_at(length);
        let (_, size) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        fractions |= number.contains('.') || size < MILLIS;
        days |= size >= DAY;
        total = total.checked_add(scaled(number, size)?)?;
        rest = next;
    }
    (!fractions || !days).then_some(total)
}

/// `number` (digits, at most one point) times `size`, exactly, cut below a nanosecond.
fn scaled(number: &str, size: i64) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let whole: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    // Eighteen digits of a fraction are more than any unit has nanoseconds.
    let fraction = fraction.get(..18).unwrap_or(fraction);
    let parts: i128 = if fraction.is_empty() {
        0
    } else {
        fraction.parse().ok()?
    };
    let parts = parts * i128::from(size) / 10_i128.pow(fraction.len() as u32);
    let total = whole.checked_mul(size)?;
    total.checked_add(i64::try_from(parts).ok()?)
}

/// `nanos` in the largest unit that holds it exactly: `90m`, `1500ms`, `0s`.
pub fn print(nanos: i64) -> String {
    let units = [
        (HOUR, "h"),
        (MINUTE, "m"),
        (SECOND, "s"),
        (MILLIS, "ms"),
        (MICROS, "us"),
        (NANOS, "ns"),
    ];
    if nanos == 0 {
        return "0s".to_owned();
    }
    let (size, unit) = units
        .into_iter()
        .find(|(size, _)| nanos % size == 0)
        .unwrap_or((NANOS, "ns"));
    format!("{}{unit}", nanos / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_styles() {
        let cases = [
            ("1d", DAY),
            ("1w", 7 * DAY),
            ("1h30m", 90 * MINUTE),
            ("1.5s", 1500 * MILLIS),
            (".5s", 500 * MILLIS),
            ("100us", 100_000),
            ("100µs", 100_000),
            ("0.0000000001s", 0),
            ("1h0.5s", HOUR + SECOND / 2),
            ("9223372036854775807ns", i64::MAX),
        ];
        for (text, nanos) in cases {
            assert_eq!(parse(text), Some(nanos), "{text}");
        }
        for text in [
            "", "5", "s", "1.5d", "1..5s", ".s", "1x", "1d5us", "9999999w", "1h-3m",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn printed_exactly() {
        for nanos in [0, 1, 1_001, 1_500_000_000, 90 * MINUTE, DAY, i64::MAX] {
            assert_eq!(parse(&print(nanos)), Some(nanos));
        }
        assert_eq!(print(90 * MINUTE), "90m");
        assert_eq!(print(-1_500_000_000), "-1500ms");
    }
}
