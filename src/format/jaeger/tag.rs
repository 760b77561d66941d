//! Tags: keys with values of a named type.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::model;
use crate::format::cache::Cache;
use crate::format::json::{JsonKind, JsonReader, JsonResult, Number};
use crate::model::{BlockBuilder, PairIx, Value};

const PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Base64 with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, PADDING);

/// One tag of a span, a log or a process.
#[derive(Debug, Clone)]
pub(super) struct Tag<'a> {
    pub key: Cow<'a, str>,
    pub value: TagValue<'a>,
    met: Option<Met<'a>>,
}

/// A tag that [`Tags`] remembers.
#[derive(Debug, Clone, Copy)]
struct Met<'a> {
    /// The beginning of its text, and all of it.
    likely: &'a [u8],
    text: &'a [u8],
    /// The attribute that it became, and in which block of the builder.
    pair: Option<(u32, PairIx)>,
}

/// A value of one of Jaeger's five types.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TagValue<'a> {
    Empty,
    Str(Cow<'a, str>),
    Bool(bool),
    Int(i64),
    Double(f64),
    Bytes(Vec<u8>),
}

impl TagValue<'_> {
    pub(super) fn as_value(&self) -> Value<'_> {
        match self {
            Self::Empty => Value::Empty,
            Self::Str(text) => Value::Str(text),
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Double(value) => Value::Double(*value),
            Self::Bytes(bytes) => Value::Bytes(bytes),
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        if let Self::Str(text) = self {
            Some(text)
        } else {
            None
        }
    }
}

/// How bytes are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Binary {
    /// As in answers of the API.
    #[default]
    Base64,
    /// As in documents of Elasticsearch.
    Hex,
}

/// A value as JSON has it, before its tag's type is known.
enum Written<'a> {
    Str(Cow<'a, str>),
    Bool(bool),
    Number(Number, &'a [u8]),
    Null,
    Nested(&'a [u8]),
}

/// Reads tags. Those that were read before are recognised by their text.
#[derive(Debug, Default)]
pub(super) struct Tags<'a> {
    /// How they write bytes.
    binary: Binary,
    met: Cache<'a, Tag<'a>>,
}

impl<'a> Tags<'a> {
    /// Of tags that write bytes so.
    pub(super) fn with(binary: Binary) -> Self {
        Self {
            binary,
            ..Self::default()
        }
    }

    /// Reads one tag, as [`Tag::read`].
    pub(super) fn read(
        &mut self,
        json: &mut JsonReader<'a>,
    ) -> JsonResult<(Tag<'a>, Option<String>)> {
        let (likely, rest) = json.glance()?;
        let slot = Cache::<Tag<'_>>::slot(likely);
        if let Some((text, known)) = self.met.beginning(slot, rest) {
            json.pass(text);
            return Ok((known.clone(), None));
        }
        let (start, flaws) = (json.clone(), json.flaws());
        let (mut tag, problem) = Tag::read(json, self.binary)?;
        if problem.is_none() && json.flaws() == flaws {
            let text = json.since(&start);
            let pair = None;
            tag.met = Some(Met { likely, text, pair });
            self.met.put(slot, text, tag.clone());
        }
        Ok((tag, problem))
    }

    /// The attribute that a tag is in the block.
    pub(super) fn attribute(&mut self, tag: &Tag<'a>, builder: &mut BlockBuilder) -> PairIx {
        let block = builder.number();
        if let Some(Met {
            pair: Some((of, known)),
            ..
        }) = tag.met
            && of == block
        {
            return known;
        }
        let pair = builder.attribute(&tag.key, tag.value.as_value());
        if let Some(Met { likely, text, .. }) = tag.met {
            let known = self.met.beginning(Cache::<Tag<'_>>::slot(likely), text);
            if let Some((
                _,
                Tag {
                    met: Some(known), ..
                },
            )) = known
            {
                known.pair = Some((block, pair));
            }
        }
        pair
    }
}

impl<'a> Tag<'a> {
    /// A tag that nobody remembers.
    pub(super) fn new(key: Cow<'a, str>, value: TagValue<'a>) -> Self {
        let met = None;
        Self { key, value, met }
    }

    /// Reads one tag. The second part says what is wrong with its value, which was then kept as
    /// what JSON says that it is.
    pub(super) fn read(
        json: &mut JsonReader<'a>,
        binary: Binary,
    ) -> JsonResult<(Self, Option<String>)> {
        let mut key = Cow::Borrowed("");
        let mut kind = Cow::Borrowed("");
        let mut written = Written::Null;
        let mut is_model = false;
        json.enter_object()?;
        while let Some(name) = json.next_key()? {
            match &*name {
                "key" => key = json.string()?,
                "type" => kind = json.string()?,
                "value" => written = Written::read(json)?,
                "vType" => (kind, is_model) = (model::kind(json)?, true),
                "vStr" | "vBool" | "vInt64" | "vFloat64" | "vBinary" => {
                    written = Written::read(json)?;
                }
                _ => drop(json.skip()?),
            }
        }
        if is_model && matches!(written, Written::Null) {
            written = Written::zero(&kind);
        }
        match written.typed(&kind, binary) {
            Ok(value) => Ok((Self::new(key, value), None)),
            Err(written) => {
                let problem = format!("{key:?} holds no {kind}; kept as it is written");
                Ok((Self::new(key, written.untyped()), Some(problem)))
            }
        }
    }
}

/// Appends the members of an object as tags: their keys have `@` for dots, and their types are
/// those of JSON. So Jaeger keeps in Elasticsearch the tags that are to be searched by.
pub(super) fn read_elevated<'a>(
    json: &mut JsonReader<'a>,
    tags: &mut Vec<Tag<'a>>,
) -> JsonResult<()> {
    if json.take_null()? {
        return Ok(());
    }
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        let key = if key.contains('@') {
            Cow::Owned(key.replace('@', "."))
        } else {
            key
        };
        let value = Written::read(json)?.untyped();
        tags.push(Tag::new(key, value));
    }
    Ok(())
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    pairs
        .iter()
        .map(|&[high, low]| Some((digit(high)? << 4 | digit(low)?) as u8))
        .collect()
}

impl<'a> Written<'a> {
    fn read(json: &mut JsonReader<'a>) -> JsonResult<Self> {
        Ok(match json.peek()? {
            JsonKind::String => Self::Str(json.string()?),
            JsonKind::Bool => Self::Bool(json.bool()?),
            JsonKind::Null => {
                json.null()?;
                Self::Null
            }
            JsonKind::Number => {
                let mut text = json.clone();
                let number = json.number()?;
                Self::Number(number, text.skip()?)
            }
            JsonKind::Object | JsonKind::Array => Self::Nested(json.skip()?),
        })
    }

    /// What protobuf's JSON leaves out: a type's value that is nothing.
    fn zero(kind: &str) -> Self {
        match kind {
            "bool" => Self::Bool(false),
            "int64" | "float64" => Self::Number(Number::Int(0), b"0"),
            _ => Self::Str(Cow::Borrowed("")),
        }
    }

    /// The value by its tag's type; itself if it is not of that type. Types that Jaeger does not
    /// know stand for JSON's own.
    fn typed(self, kind: &str, binary: Binary) -> Result<TagValue<'a>, Self> {
        match kind {
            "string" => Ok(self.string()),
            "bool" => self.bool(),
            "int64" => self.int(),
            "float64" => self.double(),
            "binary" => self.bytes(binary),
            _ => Ok(self.untyped()),
        }
    }

    fn string(self) -> TagValue<'a> {
        TagValue::Str(match self {
            Self::Str(text) => text,
            Self::Null => Cow::Borrowed(""),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Number(_, text) | Self::Nested(text) => String::from_utf8_lossy(text),
        })
    }

    fn bool(self) -> Result<TagValue<'a>, Self> {
        let text = if let Self::Str(text) = &self {
            &**text
        } else {
            ""
        };
        match (text, &self) {
            ("true", _) | (_, Self::Bool(true)) => Ok(TagValue::Bool(true)),
            ("false", _) | (_, Self::Bool(false)) => Ok(TagValue::Bool(false)),
            _ => Err(self),
        }
    }

    /// Whole numbers beyond 2^53 arrive as text, since JavaScript cannot hold them.
    fn int(self) -> Result<TagValue<'a>, Self> {
        let value = match &self {
            Self::Number(Number::Int(value), _) => Some(*value),
            Self::Number(Number::Float(value), _) if value.fract() == 0.0 && value.abs() < 9e15 => {
                Some(*value as i64)
            }
            Self::Str(text) => text.parse().ok(),
            _ => None,
        };
        value.map(TagValue::Int).ok_or(self)
    }

    fn double(self) -> Result<TagValue<'a>, Self> {
        let value = match &self {
            Self::Number(Number::Int(value), _) => Some(*value as f64),
            Self::Number(Number::Uint(value), _) => Some(*value as f64),
            Self::Number(Number::Float(value), _) => Some(*value),
            Self::Str(text) => text.parse().ok(),
            _ => None,
        };
        value.map(TagValue::Double).ok_or(self)
    }

    fn bytes(self, binary: Binary) -> Result<TagValue<'a>, Self> {
        let Self::Str(text) = &self else {
            return Err(self);
        };
        let bytes = match binary {
            Binary::Base64 => BASE64.decode(text.as_bytes()).ok(),
            Binary::Hex => hex(text),
        };
        bytes.map(TagValue::Bytes).ok_or(self)
    }

    fn untyped(self) -> TagValue<'a> {
        match self {
            Self::Str(text) => TagValue::Str(text),
            Self::Bool(value) => TagValue::Bool(value),
            Self::Null => TagValue::Empty,
            Self::Number(Number::Int(value), _) => TagValue::Int(value),
            Self::Number(Number::Float(value), _) => TagValue::Double(value),
            Self::Number(Number::Uint(_), text) | Self::Nested(text) => {
                TagValue::Str(String::from_utf8_lossy(text))
            }
        }
    }
}
