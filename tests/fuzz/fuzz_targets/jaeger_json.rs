//! The JSON of Jaeger.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vizsla::format::{Findings, Output, jaeger};
use vizsla::model::{BlockBuilder, Trace};

fuzz_target!(|bytes: &[u8]| {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    let _ = jaeger::decode(bytes, Output::new(&mut builder, &mut findings));
    Trace::all_of(&[builder.finish().into()]);
});
