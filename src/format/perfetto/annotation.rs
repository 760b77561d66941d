//! What an event carries beside its name: `debug_annotation.proto`, whose values nest.

use super::sequence::{Sequence, text};
use crate::format::protobuf::{Field, Message, Result};
use crate::model::{MAX_NESTING, OwnedValue};

/// Annotations of a sequence, which names their keys and values once.
#[derive(Clone, Copy)]
pub(super) struct Annotations<'s> {
    pub sequence: &'s Sequence,
}

impl Annotations<'_> {
    /// The name and the value of an annotation.
    pub(super) fn read(self, message: Message<'_>) -> Result<(String, OwnedValue)> {
        self.within(message, 0)
    }

    /// An annotation within `depth` others; the recursion ends at [`MAX_NESTING`].
    fn within(self, mut message: Message<'_>, depth: usize) -> Result<(String, OwnedValue)> {
        let (mut key, mut value) = (String::new(), OwnedValue::Empty);
        let (mut entries, mut items) = (Vec::new(), Vec::new());
        while let Some((number, field)) = message.field()? {
            match (number, field) {
                (1, Field::Varint(id)) => key = known(self.sequence.annotation_names.get(&id)),
                (10, Field::Bytes(name)) => key = text(name),
                (2, Field::Varint(flag)) => value = OwnedValue::Bool(flag != 0),
                (3, Field::Varint(number)) => value = unsigned(number),
                (4, Field::Varint(number)) => value = OwnedValue::Int(number.cast_signed()),
                (5, Field::Fixed64(bits)) => value = OwnedValue::Double(f64::from_bits(bits)),
                (6 | 9, Field::Bytes(found)) => value = OwnedValue::Str(text(found)),
                (7, Field::Varint(pointer)) => value = OwnedValue::Str(format!("{pointer:#x}")),
                (17, Field::Varint(id)) => {
                    let found = self.sequence.annotation_values.get(&id);
                    value = OwnedValue::Str(known(found));
                }
                (8, Field::Bytes(nested)) => value = nested_value(nested, depth)?,
                (11, Field::Bytes(entry)) if depth < MAX_NESTING => {
                    entries.push(self.within(entry, depth + 1)?);
                }
                (12, Field::Bytes(item)) if depth < MAX_NESTING => {
                    items.push(self.within(item, depth + 1)?.1);
                }
                _ => {}
            }
        }
        if !entries.is_empty() {
            value = OwnedValue::Map(entries);
        } else if !items.is_empty() {
            value = OwnedValue::Array(items);
        }
        Ok((key, value))
    }
}

/// `DebugAnnotation.NestedValue`, as older writers have it; the recursion ends at [`MAX_NESTING`].
fn nested_value(mut message: Message<'_>, depth: usize) -> Result<OwnedValue> {
    let (mut kind, mut value) = (0, OwnedValue::Empty);
    let (mut keys, mut values, mut items) = (Vec::new(), Vec::new(), Vec::new());
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Varint(number)) => kind = number,
            (2, Field::Bytes(key)) => keys.push(text(key)),
            (3, Field::Bytes(nested)) if depth < MAX_NESTING => {
                values.push(nested_value(nested, depth + 1)?);
            }
            (4, Field::Bytes(nested)) if depth < MAX_NESTING => {
                items.push(nested_value(nested, depth + 1)?);
            }
            (5, Field::Varint(number)) => value = OwnedValue::Int(number.cast_signed()),
            (6, Field::Fixed64(bits)) => value = OwnedValue::Double(f64::from_bits(bits)),
            (7, Field::Varint(flag)) => value = OwnedValue::Bool(flag != 0),
            (8, Field::Bytes(found)) => value = OwnedValue::Str(text(found)),
            _ => {}
        }
    }
    Ok(match kind {
        1 => OwnedValue::Map(keys.into_iter().zip(values).collect()),
        2 => OwnedValue::Array(items),
        _ => value,
    })
}

fn known(found: Option<&String>) -> String {
    found.cloned().unwrap_or_default()
}

/// A number that may be larger than what attributes hold.
fn unsigned(number: u64) -> OwnedValue {
    match i64::try_from(number) {
        Ok(number) => OwnedValue::Int(number),
        Err(_) => OwnedValue::Str(number.to_string()),
    }
}
