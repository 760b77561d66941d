//! Every decoder, whatever the input looks like: the first byte names the format.
#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use vizsla::format::{Format, Limits, Problem, ReadOptions, Sink, read};
use vizsla::model::{Block, Trace};

struct Traces;

impl Sink for Traces {
    fn block(&mut self, block: Block) -> ControlFlow<()> {
        Trace::all_of(&[block.into()]);
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        assert!(!problem.message.is_empty());
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, mut input)) = bytes.split_first() else { return };
    let format = Format::ALL[usize::from(first) % Format::ALL.len()];
    let limits = Limits { expanded_bytes: 1 << 24, message_bytes: 1 << 22, ..Limits::default() };
    let options = ReadOptions { format: Some(format), limits, ..ReadOptions::default() };
    read("fuzz", &mut input, &options, &mut Traces);
});
