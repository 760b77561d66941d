//! Decimal numbers as they are written, exactly: a time of 19 digits does not fit a double.

/// The number `text` times ten to the power of `shift`, rounded to a whole number, half away from
/// zero: `decimal("1478293361.271", 9)` is a time of seconds in nanoseconds. `None` if it is no
/// number, or none that 128 bits hold.
pub(super) fn decimal(text: &str, shift: i32) -> Option<i128> {
    let text = text.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + fraction.len() == 0 {
        return None;
    }
    // Digits before the point, once it is moved.
    let point = i64::from(exponent) + i64::from(shift) + whole.len() as i64;
    let mut value = 0_i128;
    let mut round_up = false;
    let mut count = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        let digit = char::from(byte).to_digit(10)?;
        if count < point {
            value = value.checked_mul(10)?.checked_add(i128::from(digit))?;
        } else if count == point {
            round_up = digit >= 5;
        }
        count += 1;
    }
    if value != 0 {
        let zeros = u32::try_from((point - count).max(0)).ok()?;
        value = value.checked_mul(10_i128.checked_pow(zeros)?)?;
    }
    value = value.checked_add(i128::from(round_up))?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_however_they_are_written() {
        assert_eq!(
            decimal("1478293361.271", 9),
            Some(1_478_293_361_271_000_000)
        );
        assert_eq!(
            decimal("1.478293361271E9", 9),
            Some(1_478_293_361_271_000_000)
        );
        assert_eq!(
            decimal("1795373488412000.25", 3),
            Some(1_795_373_488_412_000_250)
        );
        assert_eq!(decimal("-2.5", 0), Some(-3));
        assert_eq!(decimal("0.0004", 3), Some(0));
        assert_eq!(decimal("0e99", 0), Some(0));
        assert_eq!(decimal("7", 0), Some(7));
        for wrong in [
            "",
            ".",
            "1e",
            "x",
            "1.2.3",
            "1e999",
            "99e38",
            "NaN",
            "1e99999999999",
        ] {
            assert_eq!(decimal(wrong, 3), None, "{wrong}");
        }
    }
}
