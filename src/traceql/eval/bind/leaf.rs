//! One condition on one attribute, compiled.

use super::{Binder, all, any, not};
use crate::model::Bits;
use crate::model::{
    Attributes, EventRef, Kind, ResourceIx, ScopeIx, SpanId, Status, Sym, TraceId, Value,
};
use crate::traceql::attribute::{Attribute, Intrinsic, Scope};
use crate::traceql::eval::datum::{Datum, compare};
use crate::traceql::eval::tag;
use crate::traceql::eval::test::{AnyScope, Hits, Test};
use crate::traceql::number::Number;
use crate::traceql::operator::Compare;
use crate::traceql::tree::{Field, Literal};

/// A comparison of something read with a constant.
#[derive(Clone, Copy)]
pub struct Condition<'a> {
    /// The operator.
    pub op: Compare,
    /// Its right side.
    pub literal: &'a Literal,
}

impl<'a> Condition<'a> {
    /// The one string that fulfils it, if there is one.
    fn only_text(self) -> Option<&'a str> {
        match (self.op, self.literal) {
            (Compare::Equal, Literal::Text(text)) => Some(text),
            _ => None,
        }
    }
}

impl Binder<'_> {
    /// `attribute op literal`, where `whole` is that as it was written.
    pub fn leaf(self, whole: &Field, attribute: &Attribute, condition: Condition<'_>) -> Test {
        match attribute {
            Attribute::Keyed {
                scope: Scope::Tag,
                key,
            } => self.tag(whole, key, condition),
            Attribute::Keyed {
                scope: scope @ (Scope::Event | Scope::Link),
                ..
            } => self.element(whole, *scope),
            Attribute::Keyed { scope, key } => {
                let only = condition.only_text();
                let fits = |value: Value<'_>| self.meets(condition, &Datum::of(value));
                self.keyed(*scope, key, only, &fits)
            }
            Attribute::Intrinsic(intrinsic) => self.intrinsic(whole, *intrinsic, condition),
        }
    }

    /// Whether what is left need not be compiled: a step.
    fn is_over(self) -> bool {
        self.with.cancellation.is_cancelled()
    }

    fn meets(self, condition: Condition<'_>, found: &Datum<'_>) -> bool {
        let Condition { op, literal } = condition;
        compare(
            op,
            found,
            &Datum::literal(literal),
            self.with.patterns.of(op, literal),
        )
    }

    /// A comparison on events or links: nothing is compared where there are none.
    pub fn element(self, whole: &Field, scope: Scope) -> Test {
        all(vec![Test::Rows(self.rows_with(scope)), self.read(whole)])
    }

    /// The rows that have events (or links).
    pub fn rows_with(self, scope: Scope) -> Bits {
        let mut rows = Bits::none(self.block.len());
        match scope {
            Scope::Link => self
                .block
                .link_rows()
                .for_each(|row| rows.insert(row as usize)),
            _ => self
                .block
                .event_rows()
                .for_each(|row| rows.insert(row as usize)),
        }
        rows
    }

    fn intrinsic(self, whole: &Field, intrinsic: Intrinsic, condition: Condition<'_>) -> Test {
        let block = self.block;
        let text = |text: &str| self.meets(condition, &Datum::text(text));
        match intrinsic {
            Intrinsic::Name => self.operation(condition),
            Intrinsic::Duration => self.duration(whole, condition),
            Intrinsic::Status => {
                let all = [Status::Unset, Status::Ok, Status::Error];
                let fits = |status: &Status| self.meets(condition, &Datum::Status(*status));
                Test::Status(
                    all.into_iter()
                        .filter(fits)
                        .fold(0, |mask, s| mask | 1 << (s as u8)),
                )
            }
            Intrinsic::Kind => {
                let fits = |kind: &Kind| self.meets(condition, &Datum::Kind(*kind));
                let kinds = Kind::ALL.into_iter().filter(fits);
                Test::Kind(kinds.fold(0, |mask, kind| mask | 1 << (kind as u8)))
            }
            Intrinsic::InstrumentationName => self.scopes(|scope| text(block.scope(scope).name())),
            Intrinsic::InstrumentationVersion => {
                self.scopes(|scope| text(block.scope(scope).version()))
            }
            Intrinsic::TraceId => self.traces(|id| text(&format!("{:x}", id.0))),
            Intrinsic::EventName | Intrinsic::EventTime => self.element(whole, Scope::Event),
            Intrinsic::LinkTraceId | Intrinsic::LinkSpanId => self.element(whole, Scope::Link),
            Intrinsic::SpanId => self.span_id(whole, condition),
            // Most spans have none: no need to read them if an empty one does not fit.
            Intrinsic::StatusMessage if !text("") => {
                let mut rows = Bits::none(block.len());
                block
                    .status_message_rows()
                    .for_each(|row| rows.insert(row as usize));
                all(vec![Test::Rows(rows), self.read(whole)])
            }
            _ => self.read(whole),
        }
    }

    fn span_id(self, whole: &Field, condition: Condition<'_>) -> Test {
        let Some(text) = condition.only_text() else {
            return self.read(whole);
        };
        // As ids are printed, and no other way.
        let printed =
            text.len() == 16 && !text.contains(|c: char| !matches!(c, '0'..='9' | 'a'..='f'));
        match u64::from_str_radix(text, 16) {
            Ok(id) if printed => Test::SpanId(SpanId(id)),
            _ => Test::Always(false),
        }
    }

    fn operation(self, condition: Condition<'_>) -> Test {
        let (dictionary, operations) = (self.block.dictionary(), self.block.operations());
        if let (Compare::Equal, Literal::Text(text)) = (condition.op, condition.literal) {
            let sym = dictionary.find(text);
            let at = sym.and_then(|sym| operations.iter().position(|&name| name == sym));
            return at.map_or(Test::Always(false), |at| Test::Operation(at as u32));
        }
        let mut fits = Bits::none(operations.len());
        let names = operations.iter().enumerate();
        for (at, &name) in names.take_while(|_| !self.is_over()) {
            if self.meets(condition, &Datum::text(dictionary.text(name))) {
                fits.insert(at);
            }
        }
        if fits.is_empty() {
            return Test::Always(false);
        }
        Test::Operations(fits)
    }

    fn duration(self, whole: &Field, condition: Condition<'_>) -> Test {
        let (Literal::Duration(n) | Literal::Int(n)) = *condition.literal else {
            return self.read(whole);
        };
        let Ok(nanos) = u64::try_from(n) else {
            // Below zero, where no span is: all of them are greater.
            let fits = self.meets(condition, &Datum::Number(Number::Duration(0)));
            return Test::Always(fits);
        };
        let longest = i64::MAX as u64;
        match condition.op {
            Compare::Equal => Test::Duration(nanos, nanos),
            Compare::NotEqual => not(Test::Duration(nanos, nanos)),
            Compare::Less if nanos == 0 => Test::Always(false),
            Compare::Less => Test::Duration(0, nanos - 1),
            Compare::LessEqual if nanos == longest => Test::Always(true),
            Compare::LessEqual => Test::Duration(0, nanos),
            Compare::Greater if nanos == longest => Test::Always(false),
            Compare::Greater => Test::Duration(nanos + 1, u64::MAX),
            Compare::GreaterEqual => Test::Duration(nanos, u64::MAX),
            Compare::Matches | Compare::NotMatches => Test::Always(false),
        }
    }

    fn scopes(self, fits: impl Fn(ScopeIx) -> bool) -> Test {
        let count = self.block.scope_count();
        let mut bits = Bits::none(count);
        (0..count)
            .take_while(|_| !self.is_over())
            .filter(|&i| fits(ScopeIx(i as u32)))
            .for_each(|i| bits.insert(i));
        if bits.is_empty() {
            Test::Always(false)
        } else {
            Test::Scope(bits)
        }
    }

    fn resources(self, fits: impl Fn(ResourceIx) -> bool) -> Test {
        let count = self.block.resource_count();
        let mut bits = Bits::none(count);
        (0..count)
            .take_while(|_| !self.is_over())
            .filter(|&i| fits(ResourceIx(i as u32)))
            .for_each(|i| bits.insert(i));
        if bits.is_empty() {
            Test::Always(false)
        } else {
            Test::Resource(bits)
        }
    }

    fn traces(self, fits: impl Fn(TraceId) -> bool) -> Test {
        let ids = self.block.trace_ids();
        let mut bits = Bits::none(ids.len());
        let ids = ids.iter().enumerate().take_while(|_| !self.is_over());
        let found = ids.filter(|(_, id)| fits(**id));
        found.for_each(|(i, _)| bits.insert(i));
        if bits.is_empty() {
            Test::Always(false)
        } else {
            Test::Trace(bits)
        }
    }

    /// The pairs with a key whose value fits. If only one string does, it is looked up once and
    /// strings are told by their symbols.
    fn hits(self, key: Sym, only: Option<&str>, fits: impl Fn(Value<'_>) -> bool) -> Hits {
        let dictionary = self.block.dictionary();
        let only = only.map(|text| dictionary.find(text));
        let pairs = dictionary.pairs_of(key).take_while(|_| !self.is_over());
        let pairs = pairs.filter(|&pair| match (only, dictionary.value_sym(pair)) {
            (Some(only), Some(sym)) => only == Some(sym),
            _ => fits(dictionary.value(pair)),
        });
        Hits::collect(pairs, dictionary.pair_count())
    }

    /// An attribute whose value fits; `only` is the one string that does, if there is one.
    pub fn keyed(
        self,
        scope: Scope,
        key: &str,
        only: Option<&str>,
        fits: &dyn Fn(Value<'_>) -> bool,
    ) -> Test {
        let block = self.block;
        let Some(sym) = block.dictionary().find(key) else {
            return Test::Always(false);
        };
        // Of what is no string only lists have something that equals one.
        let absent = |text| block.dictionary().find(text).is_none();
        let hits = || match only {
            Some(text) if absent(text) && !block.dictionary().has_lists() => Hits::None,
            _ => self.hits(sym, only, fits),
        };
        let verdict = |attributes: Attributes<'_>| {
            let found = attributes.get(key).filter(|value| *value != Value::Empty);
            found.map(fits)
        };
        match scope {
            Scope::Resource => {
                self.resources(|ix| verdict(block.resource(ix).attributes()) == Some(true))
            }
            Scope::Instrumentation => {
                self.scopes(|ix| verdict(block.scope(ix).attributes()) == Some(true))
            }
            Scope::Any => {
                let resources = (0..block.resource_count() as u32).map(ResourceIx);
                let scopes = (0..block.scope_count() as u32).map(ScopeIx);
                let any = AnyScope {
                    key: sym,
                    hits: hits(),
                    empty: self.hits(sym, None, |value| value == Value::Empty),
                    resources: resources
                        .map(|ix| verdict(block.resource(ix).attributes()))
                        .collect(),
                    scopes: scopes
                        .map(|ix| verdict(block.scope(ix).attributes()))
                        .collect(),
                };
                let elsewhere = any.resources.iter().chain(&any.scopes).any(Option::is_some);
                if elsewhere {
                    Test::AnyScope(Box::new(any))
                } else {
                    Test::Attribute(sym, any.hits)
                }
            }
            _ => match hits() {
                Hits::None => Test::Always(false),
                hits => Test::Attribute(sym, hits),
            },
        }
    }

    /// A tag that stands for something else.
    fn special_tag(
        self,
        whole: &Field,
        special: tag::Special<'_>,
        condition: Condition<'_>,
    ) -> Test {
        let (op, literal, block) = (condition.op, condition.literal, self.block);
        let fits = |text: &str| {
            tag::text_fits(op, text, literal, self.with.patterns) != op.denies().is_some()
        };
        match special {
            tag::Special::Error if op == Compare::Equal => {
                tag::parse_bool(&tag::text_of(literal)).map_or(Test::Always(false), Test::Failed)
            }
            tag::Special::ScopeName => self.scopes(|ix| fits(block.scope(ix).name())),
            tag::Special::ScopeVersion => self.scopes(|ix| fits(block.scope(ix).version())),
            tag::Special::Resource(key) => self.resources(|ix| {
                let value = block.resource(ix).attributes().get(key);
                value.is_some_and(|value| fits(&value.to_text()))
            }),
            tag::Special::Error | tag::Special::Status | tag::Special::Kind => self.read(whole),
        }
    }

    /// `tag.key`: an equality is a union of the places where the pair may stand.
    fn tag(self, whole: &Field, key: &str, condition: Condition<'_>) -> Test {
        let Condition { op, literal } = condition;
        if let Some(special) = tag::Special::of(key) {
            return self.special_tag(whole, special, condition);
        }
        if op.denies().is_some() {
            return self.read(whole);
        }
        let Some(sym) = self.block.dictionary().find(key) else {
            return Test::Always(false);
        };
        let fits =
            |value: Value<'_>| tag::text_fits(op, &value.to_text(), literal, self.with.patterns);
        let hits = self.hits(sym, condition.only_text(), fits);
        if hits == Hits::None {
            return Test::Always(false);
        }
        let has =
            |attributes: Attributes<'_>| attributes.pairs().iter().any(|&pair| hits.has(pair));
        let block = self.block;
        let mut elements = Bits::none(block.len());
        let rows = block.event_rows().chain(block.link_rows());
        for row in rows.take_while(|_| !self.is_over()) {
            let span = block.span(row);
            let mut lists = span.events().map(EventRef::attributes);
            if lists.any(has) || span.links().any(|link| has(link.attributes())) {
                elements.insert(row as usize);
            }
        }
        any(vec![
            self.resources(|ix| has(block.resource(ix).attributes())),
            self.scopes(|ix| has(block.scope(ix).attributes())),
            if elements.is_empty() {
                Test::Always(false)
            } else {
                Test::Rows(elements)
            },
            Test::Carries(hits),
        ])
    }
}
