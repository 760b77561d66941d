//! Values of plain JSON as attributes.

use std::borrow::Cow;

use crate::format::json::{JsonError, JsonKind, JsonReader, JsonResult, Number};
use crate::model::{MAX_NESTING, OwnedValue, Time, Value};

/// A value that was read; strings are borrowed from the text.
pub(in crate::format) enum Read<'a> {
    Text(Cow<'a, str>),
    Other(OwnedValue),
}

impl Read<'_> {
    /// The value, owned.
    pub(in crate::format) fn into_owned(self) -> OwnedValue {
        match self {
            Self::Text(text) => OwnedValue::Str(text.into_owned()),
            Self::Other(value) => value,
        }
    }

    /// The value, for the time of a call.
    pub(in crate::format) fn with<T>(&self, take: impl FnOnce(Value<'_>) -> T) -> T {
        match self {
            Self::Text(text) => take(Value::Str(text)),
            Self::Other(value) => value.with(take),
        }
    }
}

/// A list or an object that is open.
enum Open {
    Array(Vec<OwnedValue>),
    Map(Vec<(String, OwnedValue)>, String),
}

/// The next value, whatever it is. What is nested deeper than [`MAX_NESTING`] is left empty.
pub(in crate::format) fn any_value<'a>(
    json: &mut JsonReader<'a>,
    too_deep: &mut bool,
) -> JsonResult<Read<'a>> {
    if json.peek()? == JsonKind::String {
        return json.string().map(Read::Text);
    }
    let mut open: Vec<Open> = Vec::new();
    loop {
        let more = match open.last_mut() {
            None => true,
            Some(Open::Array(_)) => json.next_item()?,
            Some(Open::Map(_, key)) => match json.next_key()? {
                Some(next) => {
                    *key = next.into_owned();
                    true
                }
                None => false,
            },
        };
        let value = if more {
            match json.peek()? {
                JsonKind::Array | JsonKind::Object if open.len() >= MAX_NESTING => {
                    *too_deep = true;
                    json.skip()?;
                    OwnedValue::Empty
                }
                JsonKind::Array => {
                    json.enter_array()?;
                    open.push(Open::Array(Vec::new()));
                    continue;
                }
                JsonKind::Object => {
                    json.enter_object()?;
                    open.push(Open::Map(Vec::new(), String::new()));
                    continue;
                }
                _ => scalar(json)?,
            }
        } else {
            match open.pop() {
                Some(Open::Array(items)) => OwnedValue::Array(items),
                Some(Open::Map(items, _)) => OwnedValue::Map(items),
                None => OwnedValue::Empty,
            }
        };
        match open.last_mut() {
            None => return Ok(Read::Other(value)),
            Some(Open::Array(items)) => items.push(value),
            Some(Open::Map(items, key)) => items.push((std::mem::take(key), value)),
        }
    }
}

fn scalar(json: &mut JsonReader<'_>) -> JsonResult<OwnedValue> {
    Ok(match json.peek()? {
        JsonKind::Bool => OwnedValue::Bool(json.bool()?),
        JsonKind::Number => match json.number()? {
            Number::Int(number) => OwnedValue::Int(number),
            Number::Uint(number) => OwnedValue::Str(number.to_string()),
            Number::Float(number) => OwnedValue::Double(number),
        },
        _ => match json.scalar_text()? {
            Some(text) => OwnedValue::Str(text.into_owned()),
            None => OwnedValue::Empty,
        },
    })
}

/// Go's zero, the beginning of year 1: a time that is not known.
const ZERO_OF_GO: i128 = -62_135_596_800_000_000_000;

/// A time as RFC 3339 has it.
pub(in crate::format) fn timestamp(json: &mut JsonReader<'_>) -> JsonResult<Time> {
    parsed(json, "a time of RFC 3339", |text| {
        let nanos = text.trim().parse::<jiff::Timestamp>().ok()?.as_nanosecond();
        let is_known = nanos != ZERO_OF_GO;
        Some(if is_known {
            Time::of_nanos(nanos)
        } else {
            Time(0)
        })
    })
}

/// A string with a meaning; one that has none stays unread.
pub(in crate::format) fn parsed<T>(
    json: &mut JsonReader<'_>,
    expected: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> JsonResult<T> {
    let (before, at) = (json.clone(), json.position());
    let text = json.string()?;
    parse(&text).ok_or_else(|| {
        json.go_to(&before);
        JsonError::Type {
            at,
            expected,
            found: JsonKind::String,
        }
    })
}
