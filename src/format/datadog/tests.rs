//! The same traces in every version, and what breaks them.

use super::*;
use crate::format::sample::{lines, read_text};

#[test]
fn every_version_tells_the_same_spans() {
    let json = include_str!("../../../tests/fixtures/formats/datadog/v04.json");
    let v04 = include_bytes!("../../../tests/fixtures/formats/datadog/v04.msgpack");
    let v05 = include_bytes!("../../../tests/fixtures/formats/datadog/v05.msgpack");
    let packed = lines(v04, decode_packed);
    assert_eq!(
        packed,
        [
            "af7651916cd43dd8448eb211c80319c/b7ad6b7169203331<0 orders: web.request 1793714531204000001+730500000 server error too late {resource.name=GET /orders http.method=GET _top_level=1 http.status_code=503 span.type=web} {service.name=orders} !1793714531204000100 retry {n=3 ids=[\"a\",true]} >ff/7 {why=batch}",
            "af7651916cd43dd8448eb211c80319c/b2<b7ad6b7169203331 orders-db: postgres.query 1793714531214000000+300000000 client unset {resource.name=SELECT * FROM orders env=prod ratio=0.5 span.type=sql} {service.name=orders-db}",
            "4d/1<0 mail: job 1793714532000000000+5 consumer unset {resource.name=send span.type=worker} {service.name=mail}",
        ]
    );
    assert_eq!(lines(v05, decode_packed), packed);
    assert_eq!(lines(json, decode), packed);
    assert!(begins_packed(v04) && begins_packed(v05));
}

#[test]
fn what_is_wrong_with_one_span_costs_that_span() {
    let text = r#"[[{"trace_id":1,"span_id":2,"start":"x"},{"trace_id":1,"span_id":-3},{"span_id":4},7],
        {"trace_id":18446744073709551615,"span_id":"5","metrics":{"a":"b"},"meta":[]}]"#;
    let (block, findings) = read_text(text, decode);
    let told: Vec<String> = findings.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 1, byte 36, [0][0].start: expected a whole number, found a string",
            "line 1, byte 41, [0][1]: no span id",
            "line 1, byte 69, [0][2]: no trace id",
            "line 1, byte 83, [0][3]: expected an object, found a number",
            "line 2, byte 157, [1].metrics.a: expected a number, found a string",
            "line 2, byte 169, [1].meta: expected an object, found an array",
        ]
    );
    assert_eq!((block.len(), findings.rejected_spans()), (2, 3));
}

#[test]
fn lengths_that_lie_end_the_reading_and_nothing_else() {
    // A trace of one good span, one whose id is text, one that claims 4 billion members.
    let mut bytes =
        b"\x91\x93\x82\xa8trace_id\x01\xa7span_id\x02\x82\xa8trace_id\xa1x\xa7span_id\x03".to_vec();
    bytes.extend(b"\xdf\xff\xff\xff\xff\xa8trace_id\x01");
    let (block, findings) = read_text(&bytes, decode_packed);
    let told: Vec<String> = findings.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "byte 32, [0][1]: no number",
            "byte 58, [0][2]: the input ends inside a value",
        ]
    );
    assert_eq!(block.len(), 1);
    for bytes in [
        &b"\xdd\xff\xff\xff\xff"[..],
        b"\xc1",
        b"\x91\x91\x91",
        &vec![0x91; 100_000],
        b"\x92\x91\xa0\x91\x91\x9c",
    ] {
        let (block, findings) = read_text(bytes, decode_packed);
        assert_eq!(
            (block.len(), findings.problems.len()),
            (0, 1),
            "{:?}",
            bytes.get(..4)
        );
    }
}
