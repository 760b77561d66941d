//! Scalars, attributes and values of them.

use std::borrow::Cow;

use crate::format::cache::Cache;
use crate::format::json::{JsonKind, JsonReader, JsonResult, Number};
use crate::format::problem::Reason;
use crate::format::protobuf::{put_bytes, put_message};
use crate::model::{ArrayRef, MAX_NESTING, MapRef, PairIx, Sym, Time, Value};

pub(super) use crate::format::walk::parsed;

use super::Decoder;
use crate::format::id;
use crate::format::otlp::write::proto::value as put_value;

/// A value that was read; strings are borrowed from the text. Arrays and maps are on the wire
/// already, as the model keeps them: an item of two characters must not take thirty bytes.
#[derive(Default)]
pub(in crate::format) enum Read<'a> {
    #[default]
    Empty,
    Text(Cow<'a, str>),
    Scalar(Value<'static>),
    Bytes(Vec<u8>),
    Array(Vec<u8>),
    Map(Vec<u8>),
}

impl Read<'_> {
    pub(in crate::format) fn value(&self) -> Value<'_> {
        match self {
            Self::Empty => Value::Empty,
            Self::Text(text) => Value::Str(text),
            Self::Scalar(scalar) => *scalar,
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Array(wire) => ArrayRef::from_wire(wire).map_or(Value::Empty, Value::Array),
            Self::Map(wire) => MapRef::from_wire(wire).map_or(Value::Empty, Value::Map),
        }
    }
}

impl Decoder<'_, '_> {
    /// Interns a string.
    pub(super) fn required_text(&mut self) -> JsonResult<Sym> {
        let text = self.json.string()?;
        Ok(self.builder.string(&text))
    }

    /// Interns a string; of what is none, the empty one.
    pub(super) fn text(&mut self) -> JsonResult<Sym> {
        if self.json.take_null()? {
            return Ok(Sym::EMPTY);
        }
        Ok(self.lenient(Self::required_text)?.unwrap_or_default())
    }

    /// A count of 32 bits.
    pub(super) fn count(&mut self) -> JsonResult<u32> {
        Ok(self.json.integer()?.clamp(0, u32::MAX.into()) as u32)
    }

    /// A time in nanoseconds since 1970.
    pub(super) fn time(&mut self) -> JsonResult<Time> {
        Ok(Time::of_nanos(self.json.integer()?))
    }

    /// Adds a list of attributes to those at hand. One that is wrong is noted and left out.
    pub(super) fn attributes(&mut self) -> JsonResult<()> {
        self.json.enter_array()?;
        while self.json.next_item()? {
            let (likely, rest) = self.json.glance()?;
            let slot = Cache::<PairIx>::slot(likely);
            if let Some((text, known)) = self.pairs.beginning(slot, rest) {
                self.json.pass(text);
                self.attributes.push(*known);
                continue;
            }
            let start = self.json.clone();
            if let Some(pair) = self.lenient(Self::attribute)? {
                self.pairs.put(slot, self.json.since(&start), pair);
                self.attributes.push(pair);
            }
        }
        Ok(())
    }

    fn attribute(&mut self) -> JsonResult<PairIx> {
        let at = self.json.position();
        let (mut key, mut value) = (Cow::Borrowed(""), Read::Empty);
        let mut too_deep = false;
        self.object(|decoder, name| {
            match name {
                "key" => key = decoder.json.string()?,
                "value" => value = any_value(&mut decoder.json, &mut too_deep)?,
                _ => drop(decoder.json.skip()?),
            }
            Ok(())
        })?;
        if too_deep {
            self.note_depth(at);
        }
        let key = self.builder.string(&key);
        Ok(self.builder.pair(key, value.value()))
    }

    /// Reports values beyond the depth that the model holds; they were left empty.
    #[cold]
    pub(super) fn note_depth(&mut self, at: usize) {
        let place = self.findings.place_in_text(self.text, at, self.path());
        let message = "attribute values nested deeper than 32 levels were left out".to_owned();
        self.findings.report(crate::format::Problem {
            place,
            reason: Reason::TooDeep,
            message,
            spans: 0,
        });
    }
}

/// An `AnyValue`.
pub(in crate::format) fn any_value<'a>(
    json: &mut JsonReader<'a>,
    too_deep: &mut bool,
) -> JsonResult<Read<'a>> {
    value_at(json, 0, too_deep)
}

/// An `AnyValue` within `depth` others. The recursion ends at [`MAX_NESTING`].
fn value_at<'a>(
    json: &mut JsonReader<'a>,
    depth: usize,
    too_deep: &mut bool,
) -> JsonResult<Read<'a>> {
    let mut value = Read::Empty;
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        if json.take_null()? {
            continue;
        }
        value = match &*key {
            "stringValue" | "string_value" => Read::Text(json.string()?),
            "boolValue" | "bool_value" => Read::Scalar(Value::Bool(json.bool()?)),
            "intValue" | "int_value" => Read::Scalar(Value::Int(int(json)?)),
            "doubleValue" | "double_value" => Read::Scalar(Value::Double(double(json)?)),
            "bytesValue" | "bytes_value" => Read::Bytes(bytes(json)?),
            "arrayValue" | "array_value" if depth < MAX_NESTING => {
                Read::Array(items(json, |json, out| {
                    let item = value_at(json, depth + 1, too_deep)?;
                    put_message(out, 1, |out| put_value(out, item.value()));
                    Ok(())
                })?)
            }
            "kvlistValue" | "kvlist_value" if depth < MAX_NESTING => {
                Read::Map(items(json, |json, out| {
                    let (key, value) = member(json, depth + 1, too_deep)?;
                    put_message(out, 1, |out| {
                        put_bytes(out, 1, key.as_bytes());
                        put_message(out, 2, |out| put_value(out, value.value()));
                    });
                    Ok(())
                })?)
            }
            name => {
                *too_deep |= matches!(
                    name,
                    "arrayValue" | "array_value" | "kvlistValue" | "kvlist_value"
                );
                json.skip()?;
                continue;
            }
        };
    }
    Ok(value)
}

/// What `ArrayValue` and `KeyValueList` have in common: a list of `values`.
fn items<'a>(
    json: &mut JsonReader<'a>,
    mut item: impl FnMut(&mut JsonReader<'a>, &mut Vec<u8>) -> JsonResult<()>,
) -> JsonResult<Vec<u8>> {
    let mut wire = Vec::new();
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        if key == "values" {
            json.each(|json, _| item(json, &mut wire))?;
        } else {
            json.skip()?;
        }
    }
    Ok(wire)
}

fn member<'a>(
    json: &mut JsonReader<'a>,
    depth: usize,
    too_deep: &mut bool,
) -> JsonResult<(Cow<'a, str>, Read<'a>)> {
    let (mut key, mut value) = (Cow::Borrowed(""), Read::Empty);
    json.enter_object()?;
    while let Some(name) = json.next_key()? {
        match &*name {
            _ if json.take_null()? => {}
            "key" => key = json.string()?,
            "value" => value = value_at(json, depth, too_deep)?,
            _ => drop(json.skip()?),
        }
    }
    Ok((key, value))
}

fn int(json: &mut JsonReader<'_>) -> JsonResult<i64> {
    Ok(json.integer()?.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
}

fn double(json: &mut JsonReader<'_>) -> JsonResult<f64> {
    if json.peek()? == JsonKind::Number {
        return Ok(match json.number()? {
            Number::Int(n) => n as f64,
            Number::Uint(n) => n as f64,
            Number::Float(n) => n,
        });
    }
    parsed(json, "a number", |text| text.parse().ok())
}

fn bytes(json: &mut JsonReader<'_>) -> JsonResult<Vec<u8>> {
    parsed(json, "bytes in base64", id::base64)
}
