//! What is written is read again as it was.

use opentelemetry_proto::tonic::trace::v1::TracesData;
use proptest::prelude::*;
use prost::Message as _;

use crate::format::otlp::{self, Signal, oracle};
use crate::format::{Findings, Output};
use crate::model::{
    Block, BlockBuilder, LogFields, OwnedValue, ResourceFields, ScopeFields, SpanId, Time, TraceId,
    Value,
};

fn block_of(request: &TracesData) -> Block {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    otlp::proto::decode(
        Signal::Traces,
        &request.encode_to_vec(),
        Output::new(&mut builder, &mut findings),
    )
    .unwrap();
    builder.finish()
}

fn read_json(text: &[u8]) -> Block {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    otlp::json::decode(text, Output::new(&mut builder, &mut findings)).unwrap();
    assert_eq!(findings.problems, []);
    builder.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn json_carries_all(request in oracle::any_request()) {
        let block = block_of(&request);
        let mut text = Vec::new();
        super::json(&mut text, block.spans(), []).unwrap();
        prop_assert_eq!(oracle::of_block(&read_json(&text)), oracle::of_block(&block));
    }

    #[test]
    fn protobuf_carries_all(request in oracle::any_request()) {
        let block = block_of(&request);
        let mut bytes = Vec::new();
        super::proto(&mut bytes, block.spans()).unwrap();
        let written = TracesData::decode(bytes.as_slice()).unwrap();
        prop_assert_eq!(oracle::of_request(&written), oracle::of_block(&block));
    }
}

#[test]
fn logs_stand_on_a_line_of_their_own() {
    let mut builder = BlockBuilder::new();
    let resource = builder.resource(ResourceFields::default());
    let scope = builder.scope(ScopeFields::default());
    let attributes = [builder.attribute("k", Value::Int(i64::MIN))];
    let severity_text = builder.string("WARN");
    OwnedValue::Map(vec![("a".into(), OwnedValue::Bytes(vec![0, 255]))]).with(|body| {
        builder.log(&LogFields {
            trace_id: TraceId(7),
            span_id: SpanId(8),
            time: Time(u64::MAX),
            severity: 13,
            severity_text,
            body,
            attributes: &attributes,
            resource,
            scope,
        });
    });
    let block = builder.finish();
    let mut text = Vec::new();
    super::json(&mut text, block.spans(), [block.log(0)]).unwrap();
    assert_eq!(text.split(|&byte| byte == b'\n').count(), 3);
    let again = read_json(&text);
    let (one, other) = (block.log(0), again.log(0));
    assert_eq!(
        (one.trace_id(), one.span_id(), one.time()),
        (other.trace_id(), other.span_id(), other.time())
    );
    assert_eq!(
        (one.severity(), one.severity_text()),
        (other.severity(), other.severity_text())
    );
    assert_eq!(one.body().to_text(), other.body().to_text());
    assert!(one.attributes().iter().eq(other.attributes().iter()));
}
