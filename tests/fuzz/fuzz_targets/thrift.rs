//! Thrift, as bodies and datagrams have it, in both protocols.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vizsla::format::thrift::Protocol;
use vizsla::format::{Findings, Output, jaeger, zipkin};
use vizsla::model::{BlockBuilder, Trace};

fuzz_target!(|bytes: &[u8]| {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    for protocol in [Protocol::Binary, Protocol::Compact] {
        for is_message in [false, true] {
            let shape = jaeger::Shape { protocol, is_message };
            let _ = jaeger::decode_shape(bytes, shape, Output::new(&mut builder, &mut findings));
        }
    }
    let _ = zipkin::decode_thrift(bytes, Output::new(&mut builder, &mut findings));
    Trace::all_of(&[builder.finish().into()]);
});
