//! Arrays and maps among attribute values, kept in OTLP's own wire encoding.
//!
//! `ArrayValue` and `KeyValueList` of `opentelemetry/proto/common/v1/common.proto` arrive in
//! this form from most applications, are rare, and are looked into rarely: bytes are the
//! smallest thing to keep, and every reader walks them lazily. Everything that enters a block
//! has passed [`is_sound`], so that readers meet no malformed bytes and no depth beyond
//! [`MAX_NESTING`].

use super::value::{ArrayRef, MapRef, OwnedValue, Value};

/// How deep arrays and maps may nest before the value is refused.
pub const MAX_NESTING: usize = 32;

/// Reads one varint; `None` at a truncated or overlong one.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// One field of a message.
pub(super) enum Field<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Other,
}

/// Splits the next field off a message: its number and content.
pub(super) fn field<'a>(bytes: &mut &'a [u8]) -> Option<(u64, Field<'a>)> {
    let key = varint(bytes)?;
    let content = match key & 7 {
        0 => Field::Varint(varint(bytes)?),
        1 => {
            let (fixed, rest) = bytes.split_first_chunk::<8>()?;
            *bytes = rest;
            Field::Fixed64(u64::from_le_bytes(*fixed))
        }
        2 => {
            let length = usize::try_from(varint(bytes)?).ok()?;
            let (content, rest) = bytes.split_at_checked(length)?;
            *bytes = rest;
            Field::Bytes(content)
        }
        5 => {
            *bytes = bytes.get(4..)?;
            Field::Other
        }
        _ => return None,
    };
    Some((key >> 3, content))
}

/// The value of an `AnyValue` message; the last field set wins, none set is [`Value::Empty`].
pub(super) fn any_value(mut bytes: &[u8]) -> Value<'_> {
    let mut value = Value::Empty;
    while let Some((number, content)) = field(&mut bytes) {
        value = match (number, content) {
            (1, Field::Bytes(text)) => std::str::from_utf8(text).map_or(Value::Empty, Value::Str),
            (2, Field::Varint(n)) => Value::Bool(n != 0),
            (3, Field::Varint(n)) => Value::Int(n as i64),
            (4, Field::Fixed64(bits)) => Value::Double(f64::from_bits(bits)),
            (5, Field::Bytes(array)) => Value::Array(ArrayRef(array)),
            (6, Field::Bytes(map)) => Value::Map(MapRef(map)),
            (7, Field::Bytes(bytes)) => Value::Bytes(bytes),
            _ => value,
        };
    }
    value
}

/// Key and value of a `KeyValue` message.
pub(super) fn key_value(mut bytes: &[u8]) -> (&str, Value<'_>) {
    let (mut key, mut value) = ("", Value::Empty);
    while let Some((number, content)) = field(&mut bytes) {
        match (number, content) {
            (1, Field::Bytes(text)) => key = std::str::from_utf8(text).unwrap_or(""),
            (2, Field::Bytes(any)) => value = any_value(any),
            _ => {}
        }
    }
    (key, value)
}

#[derive(Clone, Copy)]
enum Message {
    Array,
    Map,
    KeyValue,
    AnyValue,
}

/// Whether `bytes` are a well-formed `ArrayValue` (or `KeyValueList`, if `map`) with UTF-8
/// strings that nests no deeper than [`MAX_NESTING`].
pub(super) fn is_sound(bytes: &[u8], map: bool) -> bool {
    let top = if map { Message::Map } else { Message::Array };
    // What is open at one time are messages within each other, never those beside each other:
    // a million empty items take two bytes each and must not take thirty here.
    let mut open = vec![(top, bytes, 0usize)];
    while let Some((message, mut rest, depth)) = open.pop() {
        if depth > MAX_NESTING {
            return false;
        }
        if rest.is_empty() {
            continue;
        }
        let Some((number, content)) = field(&mut rest) else {
            return false;
        };
        open.push((message, rest, depth));
        let Field::Bytes(content) = content else {
            continue;
        };
        let inner = match (message, number) {
            (Message::Array, 1) | (Message::KeyValue, 2) => (Message::AnyValue, depth),
            (Message::Map, 1) => (Message::KeyValue, depth),
            (Message::AnyValue, 5) => (Message::Array, depth + 1),
            (Message::AnyValue, 6) => (Message::Map, depth + 1),
            (Message::KeyValue | Message::AnyValue, 1) => {
                if std::str::from_utf8(content).is_err() {
                    return false;
                }
                continue;
            }
            _ => continue,
        };
        open.push((inner.0, content, inner.1));
    }
    true
}

fn put_varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn put_bytes(out: &mut Vec<u8>, number: u8, content: &[u8]) {
    out.push(number << 3 | 2);
    put_varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

/// Encodes one value as an `AnyValue` message. Recursion is bounded: values deeper than
/// [`MAX_NESTING`] are written as empty.
fn put_any_value(out: &mut Vec<u8>, value: &OwnedValue, depth: usize) {
    match value {
        OwnedValue::Empty => {}
        OwnedValue::Str(text) => put_bytes(out, 1, text.as_bytes()),
        OwnedValue::Bool(b) => out.extend([2 << 3, u8::from(*b)]),
        OwnedValue::Int(n) => {
            out.push(3 << 3);
            put_varint(out, *n as u64);
        }
        OwnedValue::Double(n) => {
            out.push(4 << 3 | 1);
            out.extend(n.to_bits().to_le_bytes());
        }
        OwnedValue::Bytes(bytes) => put_bytes(out, 7, bytes),
        OwnedValue::Array(_) | OwnedValue::Map(_) if depth >= MAX_NESTING => {}
        OwnedValue::Array(items) => put_bytes(out, 5, &array_at(items, depth + 1)),
        OwnedValue::Map(items) => put_bytes(out, 6, &map_at(items, depth + 1)),
    }
}

fn array_at(items: &[OwnedValue], depth: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut any = Vec::new();
    for item in items {
        any.clear();
        put_any_value(&mut any, item, depth);
        put_bytes(&mut out, 1, &any);
    }
    out
}

fn map_at(items: &[(String, OwnedValue)], depth: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut any, mut pair) = (Vec::new(), Vec::new());
    for (key, item) in items {
        any.clear();
        pair.clear();
        put_any_value(&mut any, item, depth);
        put_bytes(&mut pair, 1, key.as_bytes());
        put_bytes(&mut pair, 2, &any);
        put_bytes(&mut out, 1, &pair);
    }
    out
}

/// The items as an `ArrayValue` message.
pub(super) fn encode_array(items: &[OwnedValue]) -> Vec<u8> {
    array_at(items, 0)
}

/// The items as a `KeyValueList` message.
pub(super) fn encode_map(items: &[(String, OwnedValue)]) -> Vec<u8> {
    map_at(items, 0)
}
