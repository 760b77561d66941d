//! Every reader, by name: the first byte chooses it, as `--input-format` does.
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
    let Some((&choice, bytes)) = bytes.split_first() else {
        return;
    };
    let format = Format::ALL[usize::from(choice) % Format::ALL.len()];
    let limits = Limits { expanded_bytes: 1 << 24, message_bytes: 1 << 22, ..Limits::default() };
    let options = ReadOptions { format: Some(format), live: false, limits };
    read("fuzz", &mut &*bytes, &options, &mut Traces);
});
