//! A condition on a tag, which means what Jaeger means by one.

use super::{Condition, among};
use crate::model::{Attributes, Bits, EventRef, Value};
use crate::traceql::eval::bind::{Binder, any};
use crate::traceql::eval::tag::{Special, parse_bool, text_fits, text_of};
use crate::traceql::eval::test::{Hits, Test};
use crate::traceql::operator::Compare;
use crate::traceql::tree::Field;

impl Binder<'_> {
    /// A tag that stands for something else.
    fn special_tag(self, whole: &Field, special: Special<'_>, condition: Condition<'_>) -> Test {
        let (op, literal, block) = (condition.op, condition.literal, self.block);
        let fits =
            |text: &str| text_fits(op, text, literal, self.with.patterns) != op.denies().is_some();
        match special {
            Special::Error if op == Compare::Equal => {
                parse_bool(&text_of(literal)).map_or(Test::Always(false), Test::Failed)
            }
            Special::ScopeName => self.scopes(|ix| fits(block.scope(ix).name())),
            Special::ScopeVersion => self.scopes(|ix| fits(block.scope(ix).version())),
            Special::Resource(key) => self.resources(|ix| {
                let value = block.resource(ix).attributes().get(key);
                value.is_some_and(|value| fits(&value.to_text()))
            }),
            Special::Error | Special::Status | Special::Kind => self.read(whole),
        }
    }

    /// `tag.key`: an equality is a union of the places where the pair may stand.
    pub(super) fn tag(self, whole: &Field, key: &str, condition: Condition<'_>) -> Test {
        let Condition { op, literal } = condition;
        if let Some(special) = Special::of(key) {
            return self.special_tag(whole, special, condition);
        }
        if op.denies().is_some() {
            return self.read(whole);
        }
        let Some(sym) = self.block.dictionary().find(key) else {
            return Test::Always(false);
        };
        let fits = |value: Value<'_>| text_fits(op, &value.to_text(), literal, self.with.patterns);
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
            among(elements, Test::Rows),
            Test::Carries(hits),
        ])
    }
}
