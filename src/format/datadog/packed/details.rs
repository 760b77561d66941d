//! Links and events, where they are members of a span.

use super::{Decoder, Token, Wire};
use crate::model::{OwnedValue, PairIx, SpanId, Sym, Time, TraceId, Value};

impl Decoder<'_, '_> {
    /// Links: maps with the halves of the trace's id.
    pub(super) fn links(&mut self) -> Wire<()> {
        for _ in 0..self.reader.array()? {
            let (mut low, mut high, mut span_id) = (0, 0, SpanId(0));
            let (mut state, mut flags, mut pairs) = (Sym::EMPTY, 0, Vec::new());
            for _ in 0..self.reader.map()? {
                match &*self.reader.text()? {
                    "trace_id" => low = self.reader.integer()? as u64,
                    "trace_id_high" => high = self.reader.integer()? as u64,
                    "span_id" => span_id = SpanId(self.reader.integer()? as u64),
                    "attributes" => self.texts(&mut pairs)?,
                    "tracestate" => state = self.out.builder.string(&self.reader.text()?),
                    "flags" => flags = self.reader.integer()? as u32,
                    _ => self.reader.skip()?,
                }
            }
            let trace_id = TraceId(u128::from(high) << 64 | u128::from(low));
            self.span.row.draft.link(trace_id, span_id, &pairs, 0);
            self.span.row.draft.link_context(state, flags);
        }
        Ok(())
    }

    fn texts(&mut self, pairs: &mut Vec<PairIx>) -> Wire<()> {
        for _ in 0..self.reader.map()? {
            let (key, text) = (self.reader.text()?, self.reader.text()?);
            pairs.push(self.out.builder.attribute(&key, Value::Str(&text)));
        }
        Ok(())
    }

    /// Events: maps, whose attributes name the type of their value.
    pub(super) fn events(&mut self) -> Wire<()> {
        for _ in 0..self.reader.array()? {
            let (mut name, mut time, mut pairs) = (Sym::EMPTY, Time(0), Vec::new());
            for _ in 0..self.reader.map()? {
                match &*self.reader.text()? {
                    "name" => name = self.out.builder.string(&self.reader.text()?),
                    "time_unix_nano" => time = Time::of_nanos(self.reader.integer()?),
                    "attributes" => {
                        for _ in 0..self.reader.map()? {
                            let key = self.reader.text()?;
                            let value = self.typed()?;
                            pairs.push(value.with(|value| self.out.builder.attribute(&key, value)));
                        }
                    }
                    _ => self.reader.skip()?,
                }
            }
            self.span.row.draft.event(time, name, &pairs, 0);
        }
        Ok(())
    }

    /// A value of an event's attribute: `{"type":0,"string_value":"..."}`, or a list of such below
    /// `{"type":4,"array_value":{"values":[...]}}`.
    fn typed(&mut self) -> Wire<OwnedValue> {
        let mut found = OwnedValue::Empty;
        for _ in 0..self.reader.map()? {
            match &*self.reader.text()? {
                "array_value" => {
                    let mut items = Vec::new();
                    for _ in 0..self.reader.map()? {
                        if self.reader.text()? != "values" {
                            self.reader.skip()?;
                            continue;
                        }
                        for _ in 0..self.reader.array()? {
                            items.push(self.scalar()?);
                        }
                    }
                    found = OwnedValue::Array(items);
                }
                key if key.ends_with("_value") => found = self.value()?,
                _ => self.reader.skip()?,
            }
        }
        Ok(found)
    }

    /// An item of a list: a map with its type and its value.
    fn scalar(&mut self) -> Wire<OwnedValue> {
        let mut found = OwnedValue::Empty;
        for _ in 0..self.reader.map()? {
            if self.reader.text()?.ends_with("_value") {
                found = self.value()?;
            } else {
                self.reader.skip()?;
            }
        }
        Ok(found)
    }

    fn value(&mut self) -> Wire<OwnedValue> {
        let before = self.reader.clone();
        Ok(match self.reader.token()? {
            Token::Bool(value) => OwnedValue::Bool(value),
            Token::Int(number) => match i64::try_from(number) {
                Ok(number) => OwnedValue::Int(number),
                Err(_) => OwnedValue::Str(number.to_string()),
            },
            Token::Float(number) => OwnedValue::Double(number),
            Token::Text(text) => OwnedValue::Str(String::from_utf8_lossy(text).into_owned()),
            _ => {
                self.reader = before;
                self.reader.skip()?;
                OwnedValue::Empty
            }
        })
    }
}
