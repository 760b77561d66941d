//! A pasted text without what terminals, URLs and JSON put around it.

use std::borrow::Cow;

/// The text without ANSI escapes, percent-decoded once, with the quotes of JSON within JSON bare.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    let mut plain = Cow::Borrowed(text);
    if plain.contains('\x1b') {
        plain = Cow::Owned(without_escapes(&plain));
    }
    if plain.contains('%') {
        plain = Cow::Owned(percent_decoded(&plain));
    }
    if plain.contains("\\\"") {
        plain = Cow::Owned(plain.replace("\\\"", "\""));
    }
    plain
}

/// Leaves out control sequences: `ESC [`, parameters, and a letter (ECMA-48, 5.4).
fn without_escapes(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.strip_prefix('[').map_or(part, |sequence| {
            let end = sequence.find(|c: char| ('@'..='~').contains(&c));
            end.and_then(|end| sequence.get(end + 1..))
                .unwrap_or_default()
        });
        plain.push_str(rest);
    }
    plain
}

/// Decodes `%3A` and its like (RFC 3986, 2.1); what decodes to no text stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let digit = |at: usize| {
            behind
                .get(at)
                .and_then(|&digit| char::from(digit).to_digit(16))
        };
        if let (b'%', Some(high), Some(low)) = (byte, digit(0), digit(1)) {
            bytes.push((high << 4 | low) as u8);
            rest = behind.get(2..).unwrap_or_default();
        } else {
            bytes.push(byte);
            rest = behind;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
