//! One condition on one attribute, compiled.

mod tag;

use super::{Binder, all, not};
use crate::model::{
    Attributes, Bits, Kind, ResourceIx, ScopeIx, SpanId, Status, Sym, TraceId, Value,
};
use crate::traceql::attribute::{Attribute, Intrinsic, Scope};
use crate::traceql::eval::datum::{Datum, compare};
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
        let fits = |at: usize| {
            let name = operations.get(at).copied().unwrap_or_default();
            self.meets(condition, &Datum::text(dictionary.text(name)))
        };
        among(self.fitting(operations.len(), fits), Test::Operations)
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

    /// Those of the first so many indices that fit.
    fn fitting(self, count: usize, fits: impl Fn(usize) -> bool) -> Bits {
        let mut bits = Bits::none(count);
        (0..count)
            .take_while(|_| !self.is_over())
            .filter(|&index| fits(index))
            .for_each(|index| bits.insert(index));
        bits
    }

    fn scopes(self, fits: impl Fn(ScopeIx) -> bool) -> Test {
        let fits = |index: usize| fits(ScopeIx(index as u32));
        among(self.fitting(self.block.scope_count(), fits), Test::Scope)
    }

    fn resources(self, fits: impl Fn(ResourceIx) -> bool) -> Test {
        let fits = |index: usize| fits(ResourceIx(index as u32));
        among(
            self.fitting(self.block.resource_count(), fits),
            Test::Resource,
        )
    }

    fn traces(self, fits: impl Fn(TraceId) -> bool) -> Test {
        let ids = self.block.trace_ids();
        let fits = |index: usize| ids.get(index).is_some_and(|&id| fits(id));
        among(self.fitting(ids.len(), fits), Test::Trace)
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
}

/// The test whether something is one of these; of none, nothing is.
fn among(bits: Bits, test: fn(Bits) -> Test) -> Test {
    if bits.is_empty() {
        Test::Always(false)
    } else {
        test(bits)
    }
}
