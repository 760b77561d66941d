//! Rows as `ClickHouse` hands them out.

use super::*;
use crate::format::sample::{lines, read_text};

#[test]
fn a_row_a_line_with_parallel_lists() {
    let text = include_str!("../../../tests/fixtures/formats/clickhouse/each-row.ndjson");
    assert_eq!(
        lines(text, decode),
        [
            "5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174<0 orders: GET /orders 1793714531204000001+730500000 server error too late ot=th:8 {http.request.method=GET http.response.status_code=503} {service.name=orders host.name=h1} @otelhttp 0.69.0 {} !1793714531900000000 exception {exception.type=Timeout} !1793714531910000000 retry {} >ff/7 {why=batch}",
            "5b8efff798038103d269b633813fc60c/b2<eee19b7ec3c1b174 customer: SELECT 1793714531214000000+300000000 client unset {db.system=postgresql} {service.name=customer} @pgx  {}",
        ]
    );
}

#[test]
fn an_answer_with_nested_columns() {
    let text = include_str!("../../../tests/fixtures/formats/clickhouse/answer.json");
    assert_eq!(
        lines(text, decode),
        [
            "5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174<0 orders: GET /orders 1793714531204000001+730500000 server unset {http.request.method=GET} {service.name=orders} !1793714531900000000 retry {n=2} >ff/7 {}",
        ]
    );
}

#[test]
fn what_is_wrong_with_one_cell_costs_that_cell() {
    let row = |rest: &str| format!(r#"{{"TraceId":"1","SpanId":"2",{rest}}}"#);
    let text = [
        row(r#""Timestamp":"yesterday","Duration":-5"#),
        row(r#""Events.Timestamp":["2026-11-03 14:02:11",7],"Events.Name":[[]],"Events.Attributes":"x""#),
        row(r#""Links.SpanId":["1","2"],"Events.Name":["lonely"]"#),
        r#"{"TraceId":"no id","SpanId":"2"}"#.to_owned(),
        row(r#""SpanKind":"Server","Duration":1e400"#),
        r#"{"TraceId":"1","SpanId":"2","Duration":1"#.to_owned(),
    ]
    .join("\n");
    let (block, findings) = read_text(text, decode);
    let told: Vec<String> = findings.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 1, byte 40, Timestamp: expected a point in time, found a string",
            "line 2, byte 155: expected a string, found an array",
            "line 2, byte 137: expected a point in time, found a number",
            "line 4, byte 274, TraceId: expected a trace id in hex, found a string",
            "line 4, byte 263: no trace id",
            "line 5, byte 355, Duration: expected a whole number, found a number",
            "line 6, byte 402: the input ends where `,` or `}` was expected",
        ]
    );
    assert_eq!((block.len(), findings.rejected_spans()), (4, 1));
}
