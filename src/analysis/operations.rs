//! The distinct operations of a trace: small numbers in place of pairs of names.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::model::{Sym, Trace};

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
        let mut symbols: HashMap<(usize, Sym, Sym), u32, RandomState> = HashMap::default();
        let mut numbers: HashMap<(&str, &str), u32, RandomState> = HashMap::default();
        let mut names = Vec::new();
        let number = |span: usize| {
            let (block, row) = trace.place(span);
            let at = trace.span(span);
            let service = at.resource().service_sym();
            let operation = at.block().operation_column()[row as usize];
            *symbols
                .entry((block, service, operation))
                .or_insert_with(|| {
                    let name = (at.service(), at.operation());
                    *numbers.entry(name).or_insert_with(|| {
                        names.push(name);
                        names.len() as u32 - 1
                    })
                })
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
}
