//! Attribute values of every OpenTelemetry type.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::wire::{self, Field};

/// A value as it stands in a block or in a decoder's input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// No value: OTLP's `AnyValue` with nothing set.
    Empty,
    /// A string.
    Str(&'a str),
    /// A boolean.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// A double.
    Double(f64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A list of values.
    Array(ArrayRef<'a>),
    /// A list of keys and values.
    Map(MapRef<'a>),
}

/// An array, in OTLP's `ArrayValue` wire encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArrayRef<'a>(pub(super) &'a [u8]);

/// A map, in OTLP's `KeyValueList` wire encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapRef<'a>(pub(super) &'a [u8]);

/// A value that owns what it holds, for decoders of formats other than protobuf.
#[derive(Debug, Clone, PartialEq)]
pub enum OwnedValue {
    /// No value.
    Empty,
    /// A string.
    Str(String),
    /// A boolean.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// A double.
    Double(f64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list of values.
    Array(Vec<OwnedValue>),
    /// A list of keys and values.
    Map(Vec<(String, OwnedValue)>),
}

impl<'a> ArrayRef<'a> {
    /// The array in an `ArrayValue` message. `None` if it is malformed, has strings that are
    /// not UTF-8, or nests deeper than [`MAX_NESTING`](super::MAX_NESTING).
    pub fn from_wire(bytes: &'a [u8]) -> Option<Self> {
        wire::is_sound(bytes, false).then_some(Self(bytes))
    }

    /// The `ArrayValue` message.
    pub fn wire(self) -> &'a [u8] {
        self.0
    }

    /// The items in order.
    pub fn iter(self) -> impl Iterator<Item = Value<'a>> {
        items(self.0).map(wire::any_value)
    }
}

impl<'a> MapRef<'a> {
    /// The map in a `KeyValueList` message; `None` as for [`ArrayRef::from_wire`].
    pub fn from_wire(bytes: &'a [u8]) -> Option<Self> {
        wire::is_sound(bytes, true).then_some(Self(bytes))
    }

    /// The `KeyValueList` message.
    pub fn wire(self) -> &'a [u8] {
        self.0
    }

    /// Keys and values in order.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        items(self.0).map(wire::key_value)
    }
}

/// The messages in field 1, repeated.
fn items(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        loop {
            if let (1, Field::Bytes(item)) = wire::field(&mut rest)? {
                return Some(item);
            }
        }
    })
}

impl<'a> Value<'a> {
    /// The string, if it is one.
    pub fn as_str(self) -> Option<&'a str> {
        if let Value::Str(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The value as Jaeger's tags compare it: strings as they are, numbers and booleans in
    /// decimal and words, bytes in base64, arrays and maps as JSON.
    pub fn to_text(self) -> Cow<'a, str> {
        match self {
            Value::Empty => Cow::Borrowed(""),
            Value::Str(text) => Cow::Borrowed(text),
            Value::Bool(b) => Cow::Borrowed(if b { "true" } else { "false" }),
            Value::Int(n) => Cow::Owned(n.to_string()),
            Value::Double(n) => Cow::Owned(n.to_string()),
            Value::Bytes(bytes) => Cow::Owned(BASE64.encode(bytes)),
            Value::Array(_) | Value::Map(_) => {
                let mut out = String::new();
                self.write_json(&mut out);
                Cow::Owned(out)
            }
        }
    }

    /// The name of the type, as TraceQL's messages and completions say it.
    pub fn type_name(self) -> &'static str {
        match self {
            Value::Empty => "empty",
            Value::Str(_) => "str",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Double(_) => "float",
            Value::Bytes(_) => "bytes",
            Value::Array(_) => "array",
            Value::Map(_) => "map",
        }
    }

    /// Appends the value as JSON. Integers beyond 2^53 and bytes (base64) become strings, as
    /// do doubles that JSON cannot write. Recursion is bounded by [`MAX_NESTING`](super::MAX_NESTING).
    pub fn write_json(self, out: &mut String) {
        match self {
            Value::Empty => out.push_str("null"),
            Value::Str(text) => push_json_string(out, text),
            Value::Bool(b) => out.push_str(if b { "true" } else { "false" }),
            Value::Int(n) if n.unsigned_abs() > 1 << 53 => _ = write!(out, "\"{n}\""),
            Value::Int(n) => _ = write!(out, "{n}"),
            Value::Double(n) if !n.is_finite() => _ = write!(out, "\"{n}\""),
            Value::Double(n) => _ = write!(out, "{n:?}"),
            Value::Bytes(bytes) => push_json_string(out, &BASE64.encode(bytes)),
            Value::Array(array) => {
                out.push('[');
                for (i, item) in array.iter().enumerate() {
                    out.push_str(if i > 0 { "," } else { "" });
                    item.write_json(out);
                }
                out.push(']');
            }
            Value::Map(map) => {
                out.push('{');
                for (i, (key, item)) in map.iter().enumerate() {
                    out.push_str(if i > 0 { "," } else { "" });
                    push_json_string(out, key);
                    out.push(':');
                    item.write_json(out);
                }
                out.push('}');
            }
        }
    }

    /// A copy that owns what it holds. Recursion is bounded by [`MAX_NESTING`](super::MAX_NESTING).
    pub fn to_owned_value(self) -> OwnedValue {
        match self {
            Value::Empty => OwnedValue::Empty,
            Value::Str(text) => OwnedValue::Str(text.to_owned()),
            Value::Bool(b) => OwnedValue::Bool(b),
            Value::Int(n) => OwnedValue::Int(n),
            Value::Double(n) => OwnedValue::Double(n),
            Value::Bytes(bytes) => OwnedValue::Bytes(bytes.to_owned()),
            Value::Array(array) => {
                OwnedValue::Array(array.iter().map(Value::to_owned_value).collect())
            }
            Value::Map(map) => OwnedValue::Map(
                map.iter()
                    .map(|(k, v)| (k.to_owned(), v.to_owned_value()))
                    .collect(),
            ),
        }
    }
}

fn push_json_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' || c == '\u{7f}' => _ = write!(out, "\\u{:04x}", c as u32),
            c => out.push(c),
        }
    }
    out.push('"');
}

impl OwnedValue {
    /// Hands the value over borrowed; arrays and maps are encoded for the time of the call,
    /// and what nests deeper than [`MAX_NESTING`](super::MAX_NESTING) is left empty.
    pub fn with<T>(&self, f: impl FnOnce(Value<'_>) -> T) -> T {
        match self {
            OwnedValue::Empty => f(Value::Empty),
            OwnedValue::Str(text) => f(Value::Str(text)),
            OwnedValue::Bool(b) => f(Value::Bool(*b)),
            OwnedValue::Int(n) => f(Value::Int(*n)),
            OwnedValue::Double(n) => f(Value::Double(*n)),
            OwnedValue::Bytes(bytes) => f(Value::Bytes(bytes)),
            OwnedValue::Array(items) => f(Value::Array(ArrayRef(&wire::encode_array(items)))),
            OwnedValue::Map(items) => f(Value::Map(MapRef(&wire::encode_map(items)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_values_survive_the_wire() {
        let value = OwnedValue::Map(vec![
            (
                "a".into(),
                OwnedValue::Array(vec![OwnedValue::Int(-1), OwnedValue::Bool(true)]),
            ),
            ("b\n".into(), OwnedValue::Bytes(vec![0, 255])),
            ("c".into(), OwnedValue::Double(0.5)),
        ]);
        value.with(|v| {
            assert_eq!(v.to_owned_value(), value);
            assert_eq!(v.to_text(), r#"{"a":[-1,true],"b\n":"AP8=","c":0.5}"#);
            let Value::Map(map) = v else { panic!("a map") };
            assert_eq!(MapRef::from_wire(map.wire()), Some(map));
        });
    }

    #[test]
    fn malformed_and_too_deep_wire_is_refused() {
        assert_eq!(ArrayRef::from_wire(&[0x0a, 5, 1]), None);
        assert_eq!(ArrayRef::from_wire(&[0x0a, 3, 0x0a, 1, 0xff]), None);
        let mut deep = Vec::new();
        for _ in 0..100 {
            let mut any = vec![0x2a];
            any.extend(length(deep.len()));
            any.append(&mut deep);
            deep = vec![0x0a];
            deep.extend(length(any.len()));
            deep.append(&mut any);
        }
        assert_eq!(ArrayRef::from_wire(&deep), None);
    }

    fn length(n: usize) -> Vec<u8> {
        if n < 128 {
            vec![n as u8]
        } else {
            vec![n as u8 | 0x80, (n >> 7) as u8]
        }
    }

    #[test]
    fn what_json_cannot_hold_becomes_a_string() {
        assert_eq!(Value::Int(i64::MIN).to_text(), i64::MIN.to_string());
        let mut out = String::new();
        Value::Int(i64::MIN).write_json(&mut out);
        Value::Double(f64::NAN).write_json(&mut out);
        assert_eq!(out, format!("\"{}\"\"NaN\"", i64::MIN));
    }
}
