//! Ids as people write them: in hex, as the specification has it, or in base64, as protobuf's JSON.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::model::{SpanId, TraceId};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Base64 with or without padding, of both alphabets (RFC 4648, 4 and 5).
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let alphabet = if text.contains(['-', '_']) {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    GeneralPurpose::new(alphabet, LENIENT).decode(text).ok()
}

/// A trace id; `None` if the text is none. Empty and zero are no trace.
pub(super) fn trace_id(text: &str) -> Option<TraceId> {
    id(text, 32).map(TraceId)
}

/// A span id; `None` if the text is none. Empty and zero are no span.
pub(super) fn span_id(text: &str) -> Option<SpanId> {
    id(text, 16).map(|id| SpanId(id as u64))
}

/// Up to `digits` digits of hex, also behind `0x` and with a UUID's dashes; else base64 of just as
/// many bytes as it takes.
fn id(text: &str, digits: usize) -> Option<u128> {
    if let Some(id) = hex(text.strip_prefix("0x").unwrap_or(text), digits) {
        return Some(id);
    }
    if text.len() == 36 && text.contains('-') {
        return hex(&text.replace('-', ""), digits);
    }
    let bytes = base64(text)?;
    (bytes.len() * 2 == digits)
        .then(|| bytes.iter().fold(0, |id, &byte| id << 8 | u128::from(byte)))
}

fn hex(text: &str, digits: usize) -> Option<u128> {
    if text.len() > digits {
        return None;
    }
    // Halves of 16 digits each, since arithmetic of 128 bits is slow.
    let (high, low) = text.as_bytes().split_at(text.len().saturating_sub(16));
    Some(u128::from(hex_u64(high)?) << 64 | u128::from(hex_u64(low)?))
}

fn hex_u64(digits: &[u8]) -> Option<u64> {
    let (mut value, mut seen) = (0, 0);
    for &digit in digits {
        let digit = DIGITS[usize::from(digit)];
        seen |= digit;
        value = value << 4 | u64::from(digit & 15);
    }
    (seen & NO_DIGIT == 0).then_some(value)
}

/// Marks what is no digit.
const NO_DIGIT: u8 = 0x80;

/// The values of hex digits. Ids are random, so that a branch for each digit would be guessed
/// wrong every other time.
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value] as usize] = value as u8;
        digits[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_hex_and_base64() {
        let id = TraceId(0x3ba5_5609_c3cd_e496_49cd_77d1_f9dc_d936);
        for text in [
            "3ba55609c3cde49649cd77d1f9dcd936",
            "3BA55609C3CDE49649CD77D1F9DCD936",
            "0x3ba55609c3cde49649cd77d1f9dcd936",
            "3ba55609-c3cd-e496-49cd-77d1f9dcd936",
            "O6VWCcPN5JZJzXfR+dzZNg==",
            "O6VWCcPN5JZJzXfR-dzZNg",
        ] {
            assert_eq!(trace_id(text), Some(id), "{text}");
        }
        assert_eq!(span_id("Sc130fnc2TY="), Some(SpanId(0x49cd_77d1_f9dc_d936)));
        assert_eq!(span_id("7"), Some(SpanId(7)));
        assert_eq!(span_id(""), Some(SpanId(0)));
        for text in [
            "3ba55609c3cde49649cd77d1f9dcd93600",
            "xyz",
            "O6VWCcPN5JZJzXfR",
            "é",
        ] {
            assert_eq!(trace_id(text), None, "{text}");
        }
    }
}
