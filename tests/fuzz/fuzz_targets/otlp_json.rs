//! OTLP JSON, and what is written of it again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vizsla::format::{Findings, Output};
use vizsla::format::otlp::{json, write};
use vizsla::model::BlockBuilder;

fuzz_target!(|bytes: &[u8]| {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    let _ = json::decode(bytes, Output::new(&mut builder, &mut findings));
    let block = builder.finish();
    let mut again = Vec::new();
    let logs = (0..block.log_count() as u32).map(|index| block.log(index));
    write::json(&mut again, block.spans(), logs).expect("a vector takes all");
    json::decode(&again, Output::new(&mut builder, &mut findings)).expect("what is written is read");
    let second = builder.finish();
    assert_eq!((second.len(), second.log_count()), (block.len(), block.log_count()));
});
