//! Detection, containers and all decoders, as a file goes.
#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use vizsla::format::{Limits, Problem, ReadOptions, Sink, read};
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
    let limits = Limits { expanded_bytes: 1 << 24, message_bytes: 1 << 22, ..Limits::default() };
    for live in [false, true] {
        let options = ReadOptions { format: None, live, limits };
        read("fuzz", &mut &*bytes, &options, &mut Traces);
    }
});
