//! Strings and attributes: `KeyValue` and `AnyValue`.

use std::borrow::Cow;

use crate::format::problem::Reason;
use crate::format::protobuf::{Field, Message};
use crate::model::{ArrayRef, MAX_NESTING, MapRef, OwnedValue, Sym, Value};

use super::{Decoder, Failure, Result};
use crate::format::otlp::cache::Cache;

impl<'a> Decoder<'a, '_> {
    /// Interns a string.
    pub(super) fn string(&mut self, text: Message<'a>) -> Sym {
        let bytes = text.bytes();
        let slot = Cache::<Sym>::slot(bytes);
        if let Some(sym) = self.strings.get(slot, bytes) {
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
        if let Some(known) = self.pairs.get(slot, bytes) {
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
        Some((5, Field::Bytes(array))) => match ArrayRef::from_wire(array.bytes()) {
            Some(sound) => take(Value::Array(sound)),
            None => OwnedValue::Array(array_items(array, 0)?).with(take),
        },
        Some((6, Field::Bytes(map))) => match MapRef::from_wire(map.bytes()) {
            Some(sound) => take(Value::Map(sound)),
            None => OwnedValue::Map(map_items(map, 0)?).with(take),
        },
        Some((7, Field::Bytes(bytes))) => take(Value::Bytes(bytes.bytes())),
        _ => take(Value::Empty),
    })
}

/// The items of an `ArrayValue` that the model would not keep as it is: where it is sound but for
/// strings that are not UTF-8, those are repaired; else this says what is wrong and where.
fn array_items(mut array: Message<'_>, depth: usize) -> Result<Vec<OwnedValue>> {
    let mut items = Vec::new();
    while let Some((number, field)) = array.field()? {
        if let (1, Field::Bytes(any)) = (number, field) {
            items.push(owned(any, depth)?);
        }
    }
    Ok(items)
}

/// The members of a `KeyValueList`, as [`array_items`].
fn map_items(mut map: Message<'_>, depth: usize) -> Result<Vec<(String, OwnedValue)>> {
    let mut items = Vec::new();
    while let Some((number, field)) = map.field()? {
        let (1, Field::Bytes(mut pair)) = (number, field) else {
            continue;
        };
        let (mut key, mut value) = (String::new(), OwnedValue::Empty);
        while let Some((number, field)) = pair.field()? {
            match (number, field) {
                (1, Field::Bytes(text)) => key = String::from_utf8_lossy(text.bytes()).into_owned(),
                (2, Field::Bytes(any)) => value = owned(any, depth)?,
                _ => {}
            }
        }
        items.push((key, value));
    }
    Ok(items)
}

/// A value within an array or a map. The recursion ends at [`MAX_NESTING`].
fn owned(mut any: Message<'_>, depth: usize) -> Result<OwnedValue> {
    if depth >= MAX_NESTING {
        let message = "attribute values nested deeper than 32 levels";
        return Err(Failure {
            at: any.offset(),
            reason: Reason::TooDeep,
            message,
        });
    }
    let mut value = OwnedValue::Empty;
    while let Some((number, field)) = any.field()? {
        value = match (number, field) {
            (1, Field::Bytes(text)) => {
                OwnedValue::Str(String::from_utf8_lossy(text.bytes()).into_owned())
            }
            (2, Field::Varint(number)) => OwnedValue::Bool(number != 0),
            (3, Field::Varint(number)) => OwnedValue::Int(number as i64),
            (4, Field::Fixed64(bits)) => OwnedValue::Double(f64::from_bits(bits)),
            (5, Field::Bytes(array)) => OwnedValue::Array(array_items(array, depth + 1)?),
            (6, Field::Bytes(map)) => OwnedValue::Map(map_items(map, depth + 1)?),
            (7, Field::Bytes(bytes)) => OwnedValue::Bytes(bytes.bytes().to_vec()),
            _ => value,
        };
    }
    Ok(value)
}
