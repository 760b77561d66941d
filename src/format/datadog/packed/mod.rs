//! In `MessagePack`: `v0.4`, where spans are maps with named members, and `v0.5`, where a table of
//! strings comes first and spans are lists of twelve.

mod details;

use std::borrow::Cow;

use super::msgpack::{CUT, Reader, Token};
use super::{HIGH, Span, high_half};
use crate::format::findings::Findings;
use crate::format::output::Output;
use crate::format::problem::{Problem, Reason};
use crate::format::protobuf::WireError;

/// The members of a span of `v0.5` in their order; behind them come tags, metrics and the type.
const MEMBERS: [&str; 9] = [
    "service",
    "name",
    "resource",
    "trace_id",
    "span_id",
    "parent_id",
    "start",
    "duration",
    "error",
];

/// Decodes traces of either version.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(bytes: &[u8], out: Output<'_>) -> Result<(), Problem> {
    let mut decoder = Decoder {
        reader: Reader::new(bytes),
        out,
        span: Span::default(),
        strings: Vec::new(),
        high: 0,
        path: String::new(),
    };
    let result = decoder.payloads();
    let path = std::mem::take(&mut decoder.path);
    result.map_err(|error| problem(decoder.out.findings, error, path, 0))
}

/// Whether a message begins as one of traces does.
pub(in crate::format) fn begins(head: &[u8]) -> bool {
    let mut reader = Reader::new(head);
    let mut first = || {
        let outer = reader.array().ok().filter(|&items| items > 0)?;
        let inner = reader.array().ok().filter(|&items| items > 0)?;
        match reader.token().ok()? {
            Token::Text(_) if outer == 2 => Some(()),
            Token::Map(members) if members > 2 && inner > 0 => match reader.token().ok()? {
                Token::Text(key) => std::str::from_utf8(key)
                    .ok()
                    .filter(|key| is_member(key))
                    .map(|_| ()),
                _ => None,
            },
            _ => None,
        }
    };
    first().is_some()
}

fn is_member(key: &str) -> bool {
    MEMBERS.contains(&key)
        || matches!(
            key,
            "type" | "meta" | "metrics" | "span_links" | "meta_struct"
        )
}

struct Decoder<'a, 'o> {
    reader: Reader<'a>,
    out: Output<'o>,
    span: Span,
    /// The table of `v0.5`; empty in `v0.4`, whose strings are where they are used.
    strings: Vec<Cow<'a, str>>,
    /// The high half of the ids of the list at hand.
    high: u64,
    path: String,
}

type Wire<T> = Result<T, WireError>;

impl Decoder<'_, '_> {
    fn payloads(&mut self) -> Wire<()> {
        while !self.reader.is_at_end() {
            self.strings.clear();
            let start = self.reader.clone();
            let items = self.reader.array()?;
            if items == 2 && self.table()? {
                self.traces()?;
                continue;
            }
            self.reader = start;
            self.traces()?;
        }
        Ok(())
    }

    /// Reads a table of strings, if that is what comes next.
    fn table(&mut self) -> Wire<bool> {
        let Ok(items) = self.reader.array() else {
            return Ok(false);
        };
        for _ in 0..items {
            let Token::Text(text) = self.reader.token()? else {
                self.strings.clear();
                return Ok(false);
            };
            self.strings.push(String::from_utf8_lossy(text));
        }
        Ok(items > 0)
    }

    fn traces(&mut self) -> Wire<()> {
        for trace in 0..self.reader.array()? {
            let mut ahead = self.reader.clone();
            self.high = 0;
            let spans = self.reader.array()?;
            for span in 0..ahead.array()? {
                self.path = format!("[{trace}][{span}]");
                // What cannot be read is told when its turn comes.
                if let Some(high) = self.high_of(&mut ahead).unwrap_or(Some(0)) {
                    self.high = high;
                    break;
                }
            }
            for span in 0..spans {
                self.path = format!("[{trace}][{span}]");
                self.one()?;
                self.out.offer();
            }
        }
        self.path.clear();
        Ok(())
    }

    /// One span. What is of a wrong type in it costs that span, what cannot be read ends all.
    fn one(&mut self) -> Wire<()> {
        let start = self.reader.clone();
        self.span.clear();
        let read = if self.strings.is_empty() {
            self.named()
        } else {
            self.listed()
        };
        let rejected = match read {
            Ok(()) => match self.span.add(self.high, self.out.builder) {
                Ok(()) => return Ok(()),
                Err(rejection) => Problem {
                    place: self
                        .out
                        .findings
                        .place_in_bytes(start.position(), self.path.clone()),
                    reason: rejection.reason,
                    message: rejection.message,
                    spans: 1,
                },
            },
            Err(error) if error.what == CUT => return Err(error),
            Err(error) => {
                self.reader = start;
                self.reader.skip()?;
                problem(self.out.findings, error, self.path.clone(), 1)
            }
        };
        self.out.findings.report(rejected);
        Ok(())
    }

    fn named(&mut self) -> Wire<()> {
        for _ in 0..self.reader.map()? {
            let key = self.reader.text()?;
            match &*key {
                "meta" => {
                    for _ in 0..self.reader.map()? {
                        let (key, text) = (self.reader.text()?, self.reader.text()?);
                        self.span.tag(&key, &text, self.out.builder);
                    }
                }
                "metrics" => {
                    for _ in 0..self.reader.map()? {
                        let (key, number) = (self.reader.text()?, self.reader.double()?);
                        self.span.metric(&key, number, self.out.builder);
                    }
                }
                "service" | "name" | "resource" | "type" => {
                    let text = self.reader.text()?;
                    self.span.text(&key, &text, self.out.builder);
                }
                "trace_id" | "span_id" | "parent_id" | "start" | "duration" | "error" => {
                    let number = self.reader.integer()?;
                    self.span.number(&key, number);
                }
                "span_links" => self.links()?,
                "span_events" => self.events()?,
                _ => self.reader.skip()?,
            }
        }
        Ok(())
    }

    fn listed(&mut self) -> Wire<()> {
        if self.reader.array()? != 12 {
            return Err(self.reader.wrong("no list of twelve"));
        }
        for key in MEMBERS {
            let number = self.reader.integer()?;
            if matches!(key, "service" | "name" | "resource") {
                let text = string(&self.strings, number);
                self.span.text(key, text, self.out.builder);
            } else {
                self.span.number(key, number);
            }
        }
        for _ in 0..self.reader.map()? {
            let (key, text) = (self.reader.integer()?, self.reader.integer()?);
            let (key, text) = (string(&self.strings, key), string(&self.strings, text));
            self.span.tag(key, text, self.out.builder);
        }
        for _ in 0..self.reader.map()? {
            let (key, number) = (self.reader.integer()?, self.reader.double()?);
            let key = string(&self.strings, key);
            self.span.metric(key, number, self.out.builder);
        }
        let number = self.reader.integer()?;
        self.span
            .text("type", string(&self.strings, number), self.out.builder);
        Ok(())
    }

    /// The high half that the next span names; it is passed over.
    fn high_of(&self, ahead: &mut Reader<'_>) -> Wire<Option<u64>> {
        let start = ahead.clone();
        ahead.skip()?;
        let mut span = start;
        let found = if self.strings.is_empty() {
            high_named(&mut span)
        } else {
            high_listed(&mut span, &self.strings)
        };
        Ok(found.unwrap_or(None))
    }
}

fn high_named(span: &mut Reader<'_>) -> Wire<Option<u64>> {
    for _ in 0..span.map()? {
        if span.text()? != "meta" {
            span.skip()?;
            continue;
        }
        for _ in 0..span.map()? {
            if span.text()? == HIGH {
                return Ok(high_half(&span.text()?));
            }
            span.skip()?;
        }
    }
    Ok(None)
}

fn high_listed(span: &mut Reader<'_>, strings: &[Cow<'_, str>]) -> Wire<Option<u64>> {
    span.array()?;
    for _ in MEMBERS {
        span.skip()?;
    }
    for _ in 0..span.map()? {
        let (key, text) = (span.integer()?, span.integer()?);
        if string(strings, key) == HIGH {
            return Ok(high_half(string(strings, text)));
        }
    }
    Ok(None)
}

/// A string of the table; what is not in it is empty.
fn string<'s>(strings: &'s [Cow<'_, str>], index: i128) -> &'s str {
    let index = usize::try_from(index).ok();
    index
        .and_then(|index| strings.get(index))
        .map_or("", |text| text)
}

fn problem(findings: &Findings, error: WireError, path: String, spans: u64) -> Problem {
    let reason = if error.what == CUT {
        Reason::Truncated
    } else {
        Reason::Malformed
    };
    Problem {
        place: findings.place_in_bytes(error.at, path),
        reason,
        message: error.what.to_owned(),
        spans,
    }
}
