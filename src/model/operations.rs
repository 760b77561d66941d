//! The distinct operations of a trace: small numbers in place of pairs of names.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::{Sym, Trace};

/// Which operation each span of a trace is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operations<'a> {
    names: Vec<(&'a str, &'a str)>,
    of: Vec<u32>,
}

impl<'a> Operations<'a> {
    /// Numbers the operations of a trace by first occurrence in depth-first order. Names are
    /// compared once for each block that has them.
    pub fn new(trace: &'a Trace) -> Self {
        let mut symbols: HashMap<(u32, Sym, Sym), u32, RandomState> = HashMap::default();
        let mut numbers: HashMap<(&str, &str), u32, RandomState> = HashMap::default();
        let mut names = Vec::new();
        // Spans of one operation often follow one another.
        let mut last = None;
        let number = |span: usize| {
            let block = trace.place(span).0 as u32;
            let at = trace.span(span);
            let operation = at.block().operation(at.row());
            let key = (block, at.resource().service_sym(), operation);
            if let Some((known, number)) = last
                && known == key
            {
                return number;
            }
            let number = *symbols.entry(key).or_insert_with(|| {
                let name = (at.service(), at.operation());
                *numbers.entry(name).or_insert_with(|| {
                    names.push(name);
                    names.len() as u32 - 1
                })
            });
            last = Some((key, number));
            number
        };
        let of = (0..trace.len()).map(number).collect();
        Self { names, of }
    }

    /// Service and operation of each number.
    pub fn names(&self) -> &[(&'a str, &'a str)] {
        &self.names
    }

    /// The number of a span's operation.
    pub fn of(&self, span: usize) -> u32 {
        self.of[span]
    }

    /// The numbers of all spans.
    pub fn numbers(&self) -> &[u32] {
        &self.of
    }

    /// The service of each number, as the number of the first operation of that service.
    pub fn services(&self) -> Vec<u32> {
        let mut firsts: HashMap<&str, u32, RandomState> = HashMap::default();
        let numbered = (0..).zip(&self.names);
        numbered
            .map(|(number, (service, _))| *firsts.entry(service).or_insert(number))
            .collect()
    }
}
