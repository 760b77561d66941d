//! All of a value, from where it stands: to be read, copied, searched for.

use std::borrow::Cow;
use std::fmt::Write;

use crate::model::{Attributes, Kind, SpanId, Trace, TraceId, Value};
use crate::text::Shown;
use crate::traceql::operator::Compare;
use crate::traceql::tree::{Field, FieldExpr, Literal};
use crate::traceql::{Attribute, Intrinsic, Scope};
use crate::tui::screen::pager::Reading;
use crate::tui::value::{form_of, hex};

use super::entry::{Entry, Link, Origin, Owner, Section};

/// A value with its key.
pub struct Whole<'a> {
    pub key: Cow<'a, str>,
    pub value: Value<'a>,
    owner: Option<Owner>,
    /// The span that it leads to.
    link: Option<(TraceId, SpanId)>,
}

impl<'a> Whole<'a> {
    /// The value of an entry about a span. `None` if the entry leads to more of them.
    pub fn of(trace: &'a Trace, span: Option<usize>, entry: &'a Entry) -> Option<Self> {
        let text = |key: &'a str, value: &'a str| Self {
            key: Cow::Borrowed(key),
            value: Value::Str(value),
            owner: None,
            link: match entry.link {
                Some(Link::Span(number)) => Some((trace.id(), trace.span(number).span_id())),
                Some(Link::Trace(id, span)) => Some((id, span)),
                _ => None,
            },
        };
        let key = entry.key.as_str();
        if let Origin::Told(told) = &entry.origin {
            return Some(text(key, told));
        }
        let number = span?;
        let span = trace.span(number);
        Some(match &entry.origin {
            Origin::Told(_) | Origin::More => return None,
            Origin::Message => text(span.status().name(), span.status_message()),
            Origin::Event(at) => text(key, span.event(*at)?.name()),
            Origin::Log(at) => Self {
                key: Cow::Borrowed(key),
                value: trace.logs().nth(*at)?.body(),
                owner: None,
                link: None,
            },
            Origin::Attribute(owner, at) => return Self::attribute(trace, number, *owner, *at),
        })
    }

    /// The value of the attribute of that place.
    pub fn attribute(trace: &'a Trace, span: usize, owner: Owner, at: usize) -> Option<Self> {
        let (key, value) = attributes(trace, span, owner)?.nth(at)?;
        Some(Self {
            key: Cow::Borrowed(key),
            value,
            owner: Some(owner),
            link: None,
        })
    }

    /// Whose attribute it is, if it is one.
    pub fn owner(&self) -> Option<Owner> {
        self.owner
    }

    /// All of it as text.
    pub fn text(&self) -> Cow<'a, str> {
        self.value.to_text()
    }

    /// The value for a page of its own; `of` says whose it is.
    pub fn reading(&self, of: Shown<'static>) -> Reading {
        let title = Shown::new(&self.key).into_owned();
        let text = self.text().into_owned();
        if let Value::Bytes(bytes) = self.value {
            return Reading {
                title,
                of,
                text: hex(bytes),
                form: None,
                raw: Some(text),
            };
        }
        Reading {
            title,
            of,
            form: form_of(&self.key, &text),
            text,
            raw: None,
        }
    }

    /// As JSON: key and value.
    pub fn json(&self) -> String {
        let mut out = String::from("{\"key\":");
        Value::Str(&self.key).write_json(&mut out);
        out.push_str(",\"value\":");
        self.value.write_json(&mut out);
        if let Some((trace, span)) = self.link {
            _ = write!(out, ",\"trace_id\":\"{trace}\",\"span_id\":\"{span}\"");
        }
        out.push('}');
        out
    }

    /// Where the attribute is looked for in a query, if it is one.
    pub fn scope(&self) -> Option<Scope> {
        Some(match self.owner? {
            Owner::Span => Scope::Span,
            Owner::Resource => Scope::Resource,
            Owner::Scope => Scope::Instrumentation,
            Owner::Event(_) => Scope::Event,
            Owner::Link(_) => Scope::Link,
            Owner::Log(_) => return None,
        })
    }

    /// The term of a query that the value fulfils. `None` if no query can ask for it.
    pub fn term(&self, section: Section, op: Compare) -> Option<Field> {
        let text = || Literal::Text(self.text().into_owned());
        let intrinsic = |intrinsic, literal| Some((Attribute::Intrinsic(intrinsic), literal));
        let (attribute, literal) = match (self.scope(), section, self.key.as_ref()) {
            (Some(scope), ..) => {
                let literal = match self.value {
                    Value::Bool(b) => Literal::Bool(b),
                    Value::Int(n) => Literal::Int(n),
                    Value::Double(n) if n.is_finite() => Literal::Float(n),
                    Value::Str(_) => text(),
                    _ => return None,
                };
                Some((Attribute::keyed(scope, self.key.clone()), literal))
            }
            (_, Section::Status, _) if !self.text().is_empty() => {
                intrinsic(Intrinsic::StatusMessage, text())
            }
            (_, Section::Status, name) => {
                let all = [crate::model::Status::Ok, crate::model::Status::Error];
                let status = all.into_iter().find(|status| status.name() == name)?;
                intrinsic(Intrinsic::Status, Literal::Status(status))
            }
            (_, Section::Events, _) => intrinsic(Intrinsic::EventName, text()),
            (_, Section::Ids, "trace") => intrinsic(Intrinsic::TraceId, text()),
            (_, Section::Ids, "span") => intrinsic(Intrinsic::SpanId, text()),
            (_, Section::Ids, "parent") => intrinsic(Intrinsic::ParentId, text()),
            (_, Section::Ids, "kind") => {
                let kind = Kind::from_name(&self.text())?;
                intrinsic(Intrinsic::Kind, Literal::Kind(kind))
            }
            (_, Section::Links, _) => {
                let (trace, _) = self.link?;
                intrinsic(Intrinsic::LinkTraceId, Literal::Text(trace.to_string()))
            }
            (_, Section::LinkedFrom, _) => {
                let (_, span) = self.link?;
                intrinsic(Intrinsic::SpanId, Literal::Text(span.to_string()))
            }
            (_, Section::Scope, name) => {
                let name = Literal::Text(name.to_owned());
                intrinsic(Intrinsic::InstrumentationName, name)
            }
            (_, Section::Below, service) => Some((
                Attribute::keyed(Scope::Resource, "service.name"),
                Literal::Text(service.to_owned()),
            )),
            _ => None,
        }?;
        Some(FieldExpr::comparison(attribute, op, literal))
    }
}

/// The attributes of a part of a span.
pub fn attributes(trace: &Trace, span: usize, owner: Owner) -> Option<Attributes<'_>> {
    let span = trace.span(span);
    Some(match owner {
        Owner::Span => span.attributes(),
        Owner::Resource => span.resource().attributes(),
        Owner::Scope => span.scope().attributes(),
        Owner::Event(at) => span.event(at)?.attributes(),
        Owner::Link(at) => span.links().nth(at)?.attributes(),
        Owner::Log(at) => trace.logs().nth(at)?.attributes(),
    })
}
