//! Strings and attributes: `KeyValue` and `AnyValue`.

use std::borrow::Cow;

use crate::format::problem::Reason;
use crate::format::protobuf::{Field, Message, put_bytes, put_varint};
use crate::model::{ArrayRef, MAX_NESTING, MapRef, Sym, Value};

use super::{Decoder, Failure, Result};
use crate::format::cache::Cache;

impl<'a> Decoder<'a, '_> {
    /// Interns a string.
    pub(super) fn string(&mut self, text: Message<'a>) -> Sym {
        let bytes = text.bytes();
        let slot = Cache::<Sym>::slot(bytes);
        if let Some(&sym) = self.strings.get(slot, bytes) {
            return sym;
        }
        let sym = self.builder.string(&text_of(bytes));
        self.strings.put(slot, bytes, sym);
        sym
    }

    /// Interns a `KeyValue` and adds it to the attributes at hand.
    pub(super) fn attribute(&mut self, pair: Message<'a>) -> Result<()> {
        let bytes = pair.bytes();
        let slot = Cache::<Sym>::slot(bytes);
        if let Some(&known) = self.pairs.get(slot, bytes) {
            self.attributes.push(known);
            return Ok(());
        }
        let (mut key, mut value) = (Sym::EMPTY, None);
        let mut message = pair;
        while let Some((number, field)) = message.field()? {
            match (number, field) {
                (1, Field::Bytes(text)) => key = self.string(text),
                (2, Field::Bytes(any)) => value = Some(any),
                _ => {}
            }
        }
        let builder = &mut *self.builder;
        let pair = match value {
            Some(any) => with_value(any, |value| builder.pair(key, value))?,
            None => builder.pair(key, Value::Empty),
        };
        self.pairs.put(slot, bytes, pair);
        self.attributes.push(pair);
        Ok(())
    }
}

/// The text of bytes; what is not UTF-8 in them becomes U+FFFD.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    // The lossy conversion alone is several times slower than the check.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Hands over the value of an `AnyValue`: the last field set, as protobuf has it.
pub(super) fn with_value<T>(any: Message<'_>, take: impl FnOnce(Value<'_>) -> T) -> Result<T> {
    let mut message = any;
    let mut last = None;
    while let Some((number, field)) = message.field()? {
        if let (1 | 5..=7, Field::Bytes(_)) | (2 | 3, Field::Varint(_)) | (4, Field::Fixed64(_)) =
            (number, field)
        {
            last = Some((number, field));
        }
    }
    Ok(match last {
        Some((1, Field::Bytes(text))) => take(Value::Str(&text_of(text.bytes()))),
        Some((2, Field::Varint(number))) => take(Value::Bool(number != 0)),
        Some((3, Field::Varint(number))) => take(Value::Int(number as i64)),
        Some((4, Field::Fixed64(bits))) => take(Value::Double(f64::from_bits(bits))),
        Some((5, Field::Bytes(array))) => {
            if let Some(sound) = ArrayRef::from_wire(array.bytes()) {
                take(Value::Array(sound))
            } else {
                let array = repaired(array, Shape::Array, 0)?;
                take(ArrayRef::from_wire(&array).map_or(Value::Empty, Value::Array))
            }
        }
        Some((6, Field::Bytes(map))) => {
            if let Some(sound) = MapRef::from_wire(map.bytes()) {
                take(Value::Map(sound))
            } else {
                let map = repaired(map, Shape::Map, 0)?;
                take(MapRef::from_wire(&map).map_or(Value::Empty, Value::Map))
            }
        }
        Some((7, Field::Bytes(bytes))) => take(Value::Bytes(bytes.bytes())),
        _ => take(Value::Empty),
    })
}

/// A message that the model would not keep as it is.
#[derive(Clone, Copy)]
enum Shape {
    Array,
    Map,
    KeyValue,
    AnyValue,
}

/// The message again where it is sound but for strings that are not UTF-8: those are repaired;
/// else this says what is wrong and where. The recursion ends at [`MAX_NESTING`].
fn repaired(mut message: Message<'_>, shape: Shape, depth: usize) -> Result<Vec<u8>> {
    if depth > MAX_NESTING {
        return Err(Failure {
            at: message.offset(),
            reason: Reason::TooDeep,
            message: "attribute values nested deeper than 32 levels",
        });
    }
    let mut out = Vec::new();
    while let Some((number, field)) = message.field()? {
        match field {
            // Defaults too: in a oneof they say which of the fields it is.
            Field::Varint(value) => {
                put_varint(&mut out, u64::from(number << 3));
                put_varint(&mut out, value);
            }
            Field::Fixed64(bits) => {
                put_varint(&mut out, u64::from(number << 3 | 1));
                out.extend(bits.to_le_bytes());
            }
            Field::Fixed32(_) | Field::Group => {}
            Field::Bytes(inner) => {
                let within = match (shape, number) {
                    (Shape::Array, 1) | (Shape::KeyValue, 2) => Some((Shape::AnyValue, depth)),
                    (Shape::Map, 1) => Some((Shape::KeyValue, depth)),
                    (Shape::AnyValue, 5) => Some((Shape::Array, depth + 1)),
                    (Shape::AnyValue, 6) => Some((Shape::Map, depth + 1)),
                    _ => None,
                };
                match within {
                    Some((shape, depth)) => {
                        put_bytes(&mut out, number, &repaired(inner, shape, depth)?);
                    }
                    None if number == 1 => {
                        put_bytes(&mut out, number, text_of(inner.bytes()).as_bytes());
                    }
                    None => put_bytes(&mut out, number, inner.bytes()),
                }
            }
        }
    }
    Ok(out)
}
