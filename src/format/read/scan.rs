//! What is looked for in text that is passed over.

/// Lists that may be cut, besides one that is the document.
const LISTS: [&[u8]; 10] = [
    b"resourceSpans",
    b"resource_spans",
    b"batches",
    b"data",
    b"resourceLogs",
    b"resource_logs",
    b"resourceMetrics",
    b"resource_metrics",
    b"traces",
    b"hits",
];

/// Whether a list may be cut that `document`, from its first byte, ends with the bracket of: the
/// document itself, or the value of a known key.
pub(super) fn is_cuttable(document: &[u8], depth: u32) -> bool {
    if depth == 1 {
        return true;
    }
    let before = document
        .strip_suffix(b"[")
        .unwrap_or_default()
        .trim_ascii_end();
    let key = before
        .strip_suffix(b":")
        .unwrap_or_default()
        .trim_ascii_end();
    LISTS.iter().any(|name| {
        let rest = key
            .strip_suffix(b"\"")
            .and_then(|key| key.strip_suffix(*name));
        rest.is_some_and(|rest| rest.ends_with(b"\""))
    })
}

/// The last byte that is not white space.
pub(super) fn last_token(text: &[u8]) -> Option<u8> {
    text.trim_ascii_end().last().copied()
}

/// The first quote, backslash or line end, eight bytes at a time. A lane of `x - LOW & !x & HIGH`
/// is set where a byte of `x` is 0, and the lowest such lane is exact (Warren, Hacker's Delight, 6-1).
pub(super) fn quote_escape_or_line(bytes: &[u8]) -> Option<usize> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zero = |x: u64| x.wrapping_sub(LOW) & !x & HIGH;
    let lanes = |byte: u8| LOW * u64::from(byte);
    let (words, tail) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found =
            zero(word ^ lanes(b'"')) | zero(word ^ lanes(b'\\')) | zero(word ^ lanes(b'\n'));
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let at = tail
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | b'\n'))?;
    Some(words.len() * 8 + at)
}
