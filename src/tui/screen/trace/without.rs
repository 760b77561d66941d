//! What the reader has put out of sight, and how the rows are sifted by it.

use crate::model::{Nanos, SpanSet, Trace};
use crate::tui::widget::waterfall::Sieve;

/// What is left out of the rows. By default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Without {
    /// Services that are left out with all below them.
    pub services: Vec<String>,
    /// Services whose spans are left out alone: their children stand in their place.
    pub around: Vec<String>,
    /// Operations, each of its service, with all below them.
    pub operations: Vec<(String, String)>,
    /// Spans that are shorter than this and have no longer one below them.
    pub shorter: Option<Nanos>,
}

impl Without {
    /// Whether anything is left out.
    pub fn is_some(&self) -> bool {
        *self != Self::default()
    }

    /// Shows what leaves out the spans of an operation of a service.
    pub fn show(&mut self, service: &str, operation: &str) {
        self.services.retain(|other| other != service);
        self.around.retain(|other| other != service);
        let is_other = |(s, o): &(String, String)| (s.as_str(), o.as_str()) != (service, operation);
        self.operations.retain(is_other);
    }

    /// The sieve that leaves these out, and all but `only` if there are such. Looks at every span.
    pub fn sieve(&self, trace: &Trace, only: Option<&SpanSet>) -> Sieve {
        let mut sieve = Sieve::default();
        let among = |services: &[String], span: usize| {
            let name = trace.span(span).service();
            services.iter().any(|service| service == name)
        };
        if !self.services.is_empty() {
            sieve = sieve.without(trace, |span| among(&self.services, span));
        }
        if !self.around.is_empty() {
            sieve = sieve.around(trace, |span| among(&self.around, span));
        }
        if !self.operations.is_empty() {
            sieve = sieve.without(trace, |span| {
                let s = trace.span(span);
                let is = |(service, operation): &(String, String)| {
                    operation == s.operation() && service == s.service()
                };
                self.operations.iter().any(is)
            });
        }
        let is_long = |&span: &usize| {
            let least = self.shorter;
            least.is_none_or(|least| trace.duration_of(span) >= least)
        };
        match only {
            Some(only) => sieve.only(trace, only.iter().filter(is_long)),
            None if self.shorter.is_some() => sieve.only(trace, (0..trace.len()).filter(is_long)),
            None => sieve,
        }
    }

    /// What is left out, in a few words; empty if nothing.
    pub fn words(&self, figure: impl Fn(Nanos) -> String) -> String {
        let mut words: Vec<String> = self.services.clone();
        words.extend(self.around.iter().map(|service| format!("{service} alone")));
        words.extend(
            self.operations
                .iter()
                .map(|(_, operation)| operation.clone()),
        );
        words.extend(self.shorter.map(|least| format!("under {}", figure(least))));
        if words.is_empty() {
            return String::new();
        }
        format!("without {}", words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Bits, scenario};

    #[test]
    fn services_operations_and_short_spans_add_up() {
        let trace = scenario::trace(
            "a: r 0..100\n  b: x 1..50\n    c: y 2..3\n  b: w 60..70\n  d: z 70..71\n",
        );
        let count = |without: &Without| without.sieve(&trace, None).count(&trace);
        let mut without = Without {
            operations: vec![("b".into(), "x".into())],
            ..Without::default()
        };
        assert_eq!(count(&without), 2);
        without.shorter = Some(Nanos::from_millis(5));
        assert_eq!(count(&without), 3);
        without.services.push("b".into());
        assert_eq!(count(&without), 4);
        assert_eq!(
            without.words(|n| format!("{} ms", n.0 / 1_000_000)),
            "without b, x, under 5 ms"
        );
        let mut third = Bits::none(trace.len());
        third.insert(2);
        let only = Without::default().sieve(&trace, Some(&third.into()));
        assert_eq!(only.count(&trace), 2);
    }
}
