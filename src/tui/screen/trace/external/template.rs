//! Jaeger's templates: text with `#{parameter}`s, each with functions behind bars:
//! `#{startTime | add -60000000 | epoch_micros_to_date_iso}`.

use crate::text::Clock;

/// A template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template<'t>(&'t str);

impl<'t> Template<'t> {
    /// The template of that text.
    pub fn new(text: &'t str) -> Self {
        Self(text)
    }

    /// The text with values in place of its parameters, each as `encode` writes it. `None` if one
    /// has no value, or a function cannot work on it.
    pub fn fill(
        self,
        value: impl Fn(&str) -> Option<String>,
        encode: impl Fn(&str) -> String,
    ) -> Option<String> {
        let (mut filled, mut rest) = (String::new(), self.0);
        while let Some((before, parameter, after)) = next(rest) {
            filled.push_str(before);
            let mut parts = parameter.split('|').map(str::trim);
            let value = value(parts.next()?)?;
            let value = parts.try_fold(value, |value, function| apply(function, &value))?;
            filled.push_str(&encode(&value));
            rest = after;
        }
        filled.push_str(rest);
        Some(filled)
    }
}

/// The text before the first parameter, what stands in its braces, and the text behind it.
/// Braces are no part of a name: `#{a{b}` has none before `b`.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let start = from + text.get(from..)?.find("#{")?;
        let inner = text.get(start + 2..)?;
        let end = inner.find(['{', '}'])?;
        if inner.as_bytes().get(end) == Some(&b'}') {
            return Some((&text[..start], &inner[..end], &inner[end + 1..]));
        }
        from = start + 2;
    }
}

/// A function of Jaeger's by its name and arguments, parted by blanks.
fn apply(function: &str, value: &str) -> Option<String> {
    let mut words = function.split_whitespace();
    let name = words.next()?;
    match name {
        "epoch_micros_to_date_iso" => {
            let micros: i64 = value.parse().ok()?;
            let nanos = u64::try_from(micros).ok()?.checked_mul(1_000)?;
            Some(milliseconds(&Clock::rfc3339(nanos)))
        }
        "pad_start" => {
            let length: usize = words.next()?.parse().ok()?;
            let pad = words.next()?.chars().next()?;
            let missing = length.min(1_000).saturating_sub(value.chars().count());
            Some(std::iter::repeat_n(pad, missing).collect::<String>() + value)
        }
        "add" => {
            let offset: i64 = words.next()?.parse().ok()?;
            let sum = value.parse::<i64>().ok()?.checked_add(offset)?;
            Some(sum.to_string())
        }
        _ => None,
    }
}

/// A time with three digits of its second, as JavaScript's `toISOString` writes it.
fn milliseconds(time: &str) -> String {
    let whole = time.trim_end_matches('Z');
    let (second, fraction) = whole.split_once('.').unwrap_or((whole, ""));
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    format!("{second}.{fraction}Z")
}

/// A value in a URL, as `encodeURIComponent` writes it.
pub fn encoded(value: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> Option<String> {
        let value = |name: &str| match name {
            "user.id" => Some("a b/ü".to_owned()),
            "startTime" => Some("1767225600123456".to_owned()),
            "n" => Some("7".to_owned()),
            _ => None,
        };
        Template::new(template).fill(value, encoded)
    }

    #[test]
    fn parameters_are_filled_and_encoded() {
        assert_eq!(
            filled("https://x/?u=#{user.id}&n=#{ n }").unwrap(),
            "https://x/?u=a%20b%2F%C3%BC&n=7"
        );
        assert_eq!(
            filled("no parameter # {n} #{"),
            Some("no parameter # {n} #{".to_owned())
        );
        assert_eq!(filled("#{a#{n}"), Some("#{a7".to_owned()));
        assert_eq!(filled("#{nowhere}"), None);
        assert_eq!(filled("#{}"), None);
    }

    #[test]
    fn functions_stand_behind_bars() {
        for (template, wanted) in [
            (
                "#{startTime | epoch_micros_to_date_iso}",
                "2026-01-01T00%3A00%3A00.123Z",
            ),
            ("#{n | pad_start 4 0}", "0007"),
            ("#{n|add 5|pad_start 3 x}", "x12"),
            (
                "#{startTime | add -123456 | epoch_micros_to_date_iso}",
                "2026-01-01T00%3A00%3A00.000Z",
            ),
        ] {
            assert_eq!(filled(template).as_deref(), Some(wanted));
        }
        for broken in [
            "#{user.id | add 1}",
            "#{n | unknown}",
            "#{n | pad_start x}",
            "#{n | }",
            "#{n | add 9223372036854775807}",
        ] {
            assert_eq!(filled(broken), None, "{broken}");
        }
    }
}
