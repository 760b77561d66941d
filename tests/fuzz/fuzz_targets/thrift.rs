//! Thrift, as bodies and datagrams have it, in both protocols.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vizsla::format::thrift::Protocol;
use vizsla::format::{Findings, jaeger, zipkin};
use vizsla::model::{BlockBuilder, Trace};

fuzz_target!(|bytes: &[u8]| {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    for protocol in [Protocol::Binary, Protocol::Compact] {
        for is_message in [false, true] {
            let shape = jaeger::Shape { protocol, is_message };
            let _ = jaeger::decode_shape(bytes, shape, &mut builder, &mut findings, &mut |_| false);
        }
    }
    let _ = zipkin::decode_thrift(bytes, &mut builder, &mut findings, &mut |_| false);
    Trace::all_of(&[builder.finish().into()]);
});
