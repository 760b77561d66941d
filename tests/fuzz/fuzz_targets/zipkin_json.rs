//! The JSON of Zipkin.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vizsla::format::{Findings, Output, zipkin};
use vizsla::model::{BlockBuilder, Trace};

fuzz_target!(|bytes: &[u8]| {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    let _ = zipkin::decode(bytes, Output::new(&mut builder, &mut findings));
    Trace::all_of(&[builder.finish().into()]);
});
