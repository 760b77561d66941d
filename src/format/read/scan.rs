//! What is looked for in text that is passed over.

/// Lists that may be cut, besides one that is the document.
pub(super) const LISTS: [&str; 12] = [
    "resourceSpans",
    "resource_spans",
    "batches",
    "data",
    "resourceLogs",
    "resource_logs",
    "resourceMetrics",
    "resource_metrics",
    "traces",
    "hits",
    "Traces",
    "traceEvents",
];

/// The key whose value begins with the bracket at the end of `text`.
pub(super) fn key_before(text: &[u8]) -> Option<&[u8]> {
    let before = text.get(..text.len().checked_sub(1)?)?.trim_ascii_end();
    let key = before.strip_suffix(b":")?.trim_ascii_end();
    let key = key.strip_suffix(b"\"")?;
    let from = key.iter().rposition(|&byte| byte == b'"')?;
    key.get(from + 1..)
}

/// Whether `key` stands in `text`, in quotes.
pub(super) fn mentions(text: &[u8], key: &str) -> bool {
    let key = key.as_bytes();
    text.windows(key.len() + 2).any(|window| {
        window.first() == Some(&b'"')
            && window.last() == Some(&b'"')
            && window.get(1..=key.len()) == Some(key)
    })
}

/// The text of the value that stands behind the first mention of `key`, up to the next comma or
/// bracket. Empty if there is none.
pub(super) fn value_text<'t>(text: &'t [u8], key: &str) -> &'t [u8] {
    let key = key.as_bytes();
    let found = text
        .windows(key.len() + 1)
        .position(|window| window.split_last() == Some((&b'"', key)));
    let behind = found.and_then(|at| text.get(at + key.len() + 1..));
    let behind = behind.unwrap_or_default();
    let end = behind
        .iter()
        .position(|byte| matches!(byte, b',' | b'}' | b']'));
    behind
        .get(..end.unwrap_or(behind.len()))
        .unwrap_or_default()
}

/// The last byte that is not white space.
pub(super) fn last_token(text: &[u8]) -> Option<u8> {
    text.trim_ascii_end().last().copied()
}

/// Where the next byte stands that is a bracket, a comma, a quote or a line end.
pub(super) fn structure(bytes: &[u8]) -> Option<usize> {
    const STRUCTURE: [bool; 256] = table(b"\"{}[],\n");
    bytes.iter().position(|&byte| STRUCTURE[usize::from(byte)])
}

/// The same but for commas.
pub(super) fn bracket(bytes: &[u8]) -> Option<usize> {
    const BRACKETS: [bool; 256] = table(b"\"{}[]\n");
    bytes.iter().position(|&byte| BRACKETS[usize::from(byte)])
}

/// Which bytes are among some.
const fn table(among: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < among.len() {
        table[among[at] as usize] = true;
        at += 1;
    }
    table
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
