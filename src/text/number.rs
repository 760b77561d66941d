//! Counts, shares, rates and bytes, written and read.

use super::duration::decimal;

/// `1,204`: every digit, in groups of three.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1,204`, and from 10,000 on `12.3k`, `3.1M`: at most six columns, for columns.
pub fn count_short(n: u64) -> String {
    if n < 10_000 {
        return count(n);
    }
    scaled(
        n,
        &[
            (1_000, "k"),
            (1_000_000, "M"),
            (1_000_000_000, "G"),
            (1_000_000_000_000, "T"),
        ],
        1000,
    )
}

/// Decimal bytes: `0 B`, `2.1 kB`, `38 MB`.
pub fn bytes(n: u64) -> String {
    let units = [
        (1, " B"),
        (1_000, " kB"),
        (1_000_000, " MB"),
        (1_000_000_000, " GB"),
        (1_000_000_000_000, " TB"),
    ];
    scaled(n, &units, 100)
}

/// `n` in the first unit in which it stays below 1,000; one decimal while the figure in
/// tenths stays below `tenths`.
fn scaled(n: u64, units: &[(u64, &str)], tenths: u128) -> String {
    let rounded =
        |unit: u64, times: u128| (u128::from(n) * times + u128::from(unit) / 2) / u128::from(unit);
    for (i, &(unit, name)) in units.iter().enumerate() {
        let ten = rounded(unit, 10);
        if unit > 1 && ten < tenths {
            return format!("{}.{}{name}", ten / 10, ten % 10);
        }
        if rounded(unit, 1) < 1000 || i + 1 == units.len() {
            return format!("{}{name}", rounded(unit, 1));
        }
    }
    n.to_string()
}

/// `71 %`; `<1 %` of something that is there, `100 %` only if it is all, `-` of nothing.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".into();
    }
    let percent = (u128::from(part) * 200 + u128::from(whole)) / (u128::from(whole) * 2);
    match percent {
        0 if part > 0 => "<1 %".into(),
        100 if part < whole => "99 %".into(),
        percent => format!("{percent} %"),
    }
}

/// A rate in the unit that reads best: `11/s`, `0.2/s`, `4/min`, `3/h`.
pub fn rate(per_second: f64) -> String {
    if !per_second.is_finite() || per_second <= 0.0 {
        return "0/s".into();
    }
    match per_second {
        r if r >= 9.95 => format!("{}/s", count_short(r.round() as u64)),
        r if r >= 0.95 => format!("{}/s", trim(format!("{r:.1}"))),
        r if r >= 0.1 => format!("{r:.1}/s"),
        r if r * 60.0 >= 1.0 => format!("{}/min", (r * 60.0).round()),
        r => format!("{}/h", trim(format!("{:.1}", r * 3600.0))),
    }
}

fn trim(figure: String) -> String {
    figure
        .strip_suffix(".0")
        .map(str::to_owned)
        .unwrap_or(figure)
}

/// `no spans`, `1 span`, `1,204 spans`.
pub fn plural(n: u64, word: &str) -> String {
    let ending = match (n, word) {
        (1, _) => "",
        (_, w) if ["s", "x", "ch", "sh"].iter().any(|e| w.ends_with(e)) => "es",
        _ => "s",
    };
    match (n, word.strip_suffix('y')) {
        (0, Some(stem)) if !ends_in_vowel(stem) => format!("no {stem}ies"),
        (2.., Some(stem)) if !ends_in_vowel(stem) => format!("{} {stem}ies", count(n)),
        (0, _) => format!("no {word}{ending}"),
        _ => format!("{} {word}{ending}", count(n)),
    }
}

fn ends_in_vowel(stem: &str) -> bool {
    stem.ends_with(['a', 'e', 'i', 'o', 'u'])
}

/// Why a text is not an amount of memory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    /// No number, or a unit that does not exist.
    #[error("not a size: write it like 512MiB, 64KiB or 1GB")]
    Malformed,
    /// More than 2^64 - 1 bytes.
    #[error("a size beyond what can be counted")]
    TooLarge,
}

/// Reads an amount of bytes: `512MiB`, `64KiB`, `1.5GB`, `4096`.
pub fn parse_size(text: &str) -> Result<u64, SizeError> {
    let text = text.trim();
    let (number, unit) = text.split_at(
        text.find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len()),
    );
    let scale: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "ki" | "kib" => 1 << 10,
        "mi" | "mib" => 1 << 20,
        "gi" | "gib" => 1 << 30,
        "ti" | "tib" => 1 << 40,
        _ => return Err(SizeError::Malformed),
    };
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(SizeError::Malformed);
    }
    decimal(number, scale)
        .ok_or(SizeError::Malformed)?
        .try_into()
        .map_err(|_| SizeError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_group_and_shorten() {
        assert_eq!(
            [0, 999, 1_204, 1_000_000].map(count),
            ["0", "999", "1,204", "1,000,000"]
        );
        assert_eq!(
            [9_999, 10_000, 12_345, 99_960, 999_700, 3_100_000, u64::MAX].map(count_short),
            [
                "9,999",
                "10.0k",
                "12.3k",
                "100k",
                "1.0M",
                "3.1M",
                "18446744T"
            ]
        );
    }

    #[test]
    fn bytes_are_decimal() {
        assert_eq!(
            [0, 999, 2_100, 38_000_000, 999_999].map(bytes),
            ["0 B", "999 B", "2.1 kB", "38 MB", "1.0 MB"]
        );
    }

    #[test]
    fn a_share_is_never_all_unless_it_is() {
        assert_eq!(share(71, 100), "71 %");
        assert_eq!(share(1, 1000), "<1 %");
        assert_eq!(share(0, 1000), "0 %");
        assert_eq!(share(999, 1000), "99 %");
        assert_eq!(share(5, 5), "100 %");
        assert_eq!(share(u64::MAX, u64::MAX), "100 %");
        assert_eq!(share(0, 0), "-");
    }

    #[test]
    fn rates_choose_their_unit() {
        assert_eq!(
            [11.0, 0.2, 4.0 / 60.0, 3.0 / 3600.0, 3.0, 2.5, 0.0].map(rate),
            ["11/s", "0.2/s", "4/min", "3/h", "3/s", "2.5/s", "0/s"]
        );
    }

    #[test]
    fn words_follow_their_number() {
        assert_eq!(plural(0, "span"), "no spans");
        assert_eq!(plural(1, "query"), "1 query");
        assert_eq!(plural(1_204, "query"), "1,204 queries");
        assert_eq!(plural(2, "key"), "2 keys");
        assert_eq!(plural(2, "match"), "2 matches");
    }

    #[test]
    fn sizes_are_read() {
        assert_eq!(parse_size("512MiB"), Ok(512 << 20));
        assert_eq!(parse_size("64 KiB"), Ok(64 << 10));
        assert_eq!(parse_size("1.5GB"), Ok(1_500_000_000));
        assert_eq!(parse_size("4096"), Ok(4096));
        assert_eq!(parse_size("99999999TB"), Err(SizeError::TooLarge));
        for bad in ["", "MiB", "12 parsecs", "-1", ".5k", "1..2k"] {
            assert_eq!(parse_size(bad), Err(SizeError::Malformed), "{bad}");
        }
    }
}
