//! Export requests in protobuf, and what is written of them again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vizsla::format::{Findings, Output};
use vizsla::format::otlp::{Signal, proto, write};
use vizsla::model::BlockBuilder;

fuzz_target!(|bytes: &[u8]| {
    for signal in [Signal::Traces, Signal::Logs, Signal::Metrics] {
        let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
        let _ = proto::decode(signal, bytes, Output::new(&mut builder, &mut findings));
        let block = builder.finish();
        let mut again = Vec::new();
        write::proto(&mut again, block.spans()).expect("a vector takes all");
        proto::decode(Signal::Traces, &again, Output::new(&mut builder, &mut findings)).expect("what is written is read");
        assert_eq!(builder.finish().len(), block.len());
    }
});
