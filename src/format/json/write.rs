//! JSON out: commas and escapes, nothing more.

use std::fmt::Write as _;
use std::io;

/// Bytes gathered before they are passed on.
const CHUNK: usize = 64 << 10;

/// Writes JSON to a sink in chunks. Calls only append; [`Self::flush_full`], once per span or so,
/// passes the bytes on. Who calls minds that brackets match.
pub struct JsonWriter<'a> {
    out: &'a mut dyn io::Write,
    text: String,
    /// A value stands before: a comma is due before the next one.
    comma: bool,
}

impl<'a> JsonWriter<'a> {
    /// A writer to `out`.
    pub fn new(out: &'a mut dyn io::Write) -> Self {
        Self {
            out,
            text: String::with_capacity(CHUNK + CHUNK / 4),
            comma: false,
        }
    }

    fn value(&mut self) {
        if std::mem::replace(&mut self.comma, true) {
            self.text.push(',');
        }
    }

    /// `{`
    pub fn begin_object(&mut self) {
        self.value();
        self.text.push('{');
        self.comma = false;
    }

    /// `}`
    pub fn end_object(&mut self) {
        self.text.push('}');
        self.comma = true;
    }

    /// `[`
    pub fn begin_array(&mut self) {
        self.value();
        self.text.push('[');
        self.comma = false;
    }

    /// `]`
    pub fn end_array(&mut self) {
        self.text.push(']');
        self.comma = true;
    }

    /// A key; its value is due next.
    pub fn key(&mut self, key: &str) -> &mut Self {
        self.value();
        quote(key, &mut self.text);
        self.text.push(':');
        self.comma = false;
        self
    }

    /// A string.
    pub fn string(&mut self, text: &str) {
        self.value();
        quote(text, &mut self.text);
    }

    /// A value whose text needs no escapes, as a string: ids, 64-bit integers.
    pub fn quoted(&mut self, value: impl std::fmt::Display) {
        self.value();
        let _ = write!(self.text, "\"{value}\"");
    }

    /// An integer, `true`, `false` or anything else whose text is JSON.
    pub fn raw(&mut self, value: impl std::fmt::Display) {
        self.value();
        let _ = write!(self.text, "{value}");
    }

    /// A double with all its digits; what JSON has no number for as protobuf's JSON writes it.
    pub fn double(&mut self, value: f64) {
        if value.is_nan() {
            self.string("NaN");
        } else if value.is_infinite() {
            self.string(if value > 0.0 { "Infinity" } else { "-Infinity" });
        } else {
            self.value();
            let _ = write!(self.text, "{value:?}");
        }
    }

    /// A line end between documents.
    pub fn end_line(&mut self) {
        self.text.push('\n');
        self.comma = false;
    }

    /// Passes the bytes on if they have become many.
    pub fn flush_full(&mut self) -> io::Result<()> {
        if self.text.len() < CHUNK {
            Ok(())
        } else {
            self.flush()
        }
    }

    /// Passes all bytes on.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

/// Appends `text` in quotes. Besides what JSON demands, controls and the characters that turn the
/// direction of text are escaped: such a file can be looked at in a terminal.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == '"' || c == '\\' || is_hidden(c)) {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = tail.chars();
        if let Some(special) = chars.next() {
            escape(special, out);
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

fn is_hidden(c: char) -> bool {
    matches!(c, '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn escape(special: char, out: &mut String) {
    match special {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ => {
            let _ = write!(out, "\\u{:04x}", u32::from(special));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_json_and_holds_no_control_byte() {
        let mut bytes = Vec::new();
        let mut json = JsonWriter::new(&mut bytes);
        json.begin_object();
        json.key("\u{1b}]0;x\u{7}\"\\\u{202e}\n").begin_array();
        json.double(0.1);
        json.double(f64::NAN);
        json.quoted(u64::MAX);
        json.raw(true);
        json.end_array();
        json.end_object();
        json.flush().unwrap();
        assert!(bytes.iter().all(|byte| (b' '..=b'~').contains(byte)));
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let expected = serde_json::json!([0.1, "NaN", "18446744073709551615", true]);
        assert_eq!(value["\u{1b}]0;x\u{7}\"\\\u{202e}\n"], expected);
    }
}
