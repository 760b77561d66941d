//! Documents of every writer, in every envelope.

use super::*;
use crate::format::sample::{lines, read_text};

#[test]
fn documents_of_jaeger_are_spans_with_their_process() {
    let text = include_str!("../../../tests/fixtures/formats/elastic/jaeger-hits.json");
    assert_eq!(
        lines(text, decode),
        [
            "5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174<0 frontend: GET /dispatch 1793714531204000000+730000000 server error {http.response.status_code=500 sampler.ratio=0.5 payload=AP8Q http.route=/dispatch} {service.name=frontend host.name=h1 service.version=9} !1793714531304000000 exception {exception.type=Timeout}",
            "5b8efff798038103d269b633813fc60c/b2<eee19b7ec3c1b174 customer: SELECT 1793714531214000000+300000000 client unset {} {service.name=customer}",
        ]
    );
}

#[test]
fn documents_of_elastic_apm_are_transactions_spans_and_errors() {
    let text = include_str!("../../../tests/fixtures/formats/elastic/apm.ndjson");
    assert_eq!(
        lines(text, decode),
        [
            "5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174<0 orders: GET /orders 1793714531204123000+730500000 server error {data_stream.type=traces data_stream.dataset=apm data_stream.namespace=default transaction.type=request transaction.result=HTTP 5xx transaction.sampled=true transaction.span_count.started=2 transaction.span_count.dropped=0 http.request.method=GET http.response.status_code=503 url.full=http://orders/orders?id=7 customer_tier=gold basket_size=3} {service.name=orders service.version=2.1.0 service.environment=production service.language.name=java agent.name=java agent.version=1.50.0 host.hostname=h1 observer.type=apm-server}",
            "5b8efff798038103d269b633813fc60c/b2<eee19b7ec3c1b174 orders: SELECT FROM orders 1793714531210000000+20333000 client ok {span.type=db span.subtype=postgresql span.action=query span.destination.service.resource=postgresql/orders span.composite.count=7 span.composite.sum.us=18000 span.composite.compression_strategy=exact_match span.db.statement=SELECT * FROM orders WHERE id = ? span.db.type=sql} {service.name=orders agent.name=java} >ff/7 {}",
            r#"log 1793714531900000000 eee19b7ec3c1b174 Str("pool exhausted") {transaction.sampled=true error.id=e0 error.exception=[{"message":"pool exhausted","type":"java.sql.SQLException"}] error.grouping_key=77 message=pool exhausted}"#,
        ]
    );
}

#[test]
fn documents_in_the_words_of_opentelemetry() {
    let text = include_str!("../../../tests/fixtures/formats/elastic/data-prepper.ndjson");
    assert_eq!(
        lines(text, decode),
        [
            "5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174<0 orders: GET /orders 1793714531204000001+730500000 server error too late ot=th:8 {http.method=GET http.status_code=503} {service.name=orders host.name=h1} @otelhttp 0.69.0 {} !1793714531900000000 exception {exception.type=Timeout}",
            "5b8efff798038103d269b633813fc60c/b2<eee19b7ec3c1b174 customer: SELECT 1793714531214000000+300000000 client ok {db.system=postgresql db.rows=3 data_stream.type=traces data_stream.dataset=default} {service.name=customer} @pgx 5 {} >ff/7 {why=retry}",
            "5b8efff798038103d269b633813fc60c/c3<eee19b7ec3c1b174 orders: publish 1793714531520000000+1500000 producer unset {data_stream.type=traces data_stream.dataset=generic.otel data_stream.namespace=default messaging.system=kafka} {service.name=orders} @kafka-go 1 {a=b}",
        ]
    );
}

#[test]
fn what_is_wrong_with_one_document_costs_that_document() {
    let text = r#"{"hits":{"hits":[
        {"_source":{"traceId":"1","spanId":"2","name":"good"}},
        {"_source":{"traceId":"1","spanId":7,"name":"bad id"}},
        {"_source":{"traceId":"xyz","spanId":"7"}},
        {"_source":{"traceId":"1","spanId":"3","name":tru,"a":[]}},
        {"_source":{"hello":"world"}}, 17,
        {"_source":{"traceID":"1","spanID":"4","operationName":"last","startTime":[1]}}]}}"#;
    let (block, findings) = read_text(text, decode);
    assert_eq!(block.len(), 2);
    assert_eq!(findings.rejected_spans(), 3);
    let told: Vec<String> = findings.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 3, byte 125, hits.hits[1]._source.spanId: expected a string, found a number",
            "line 3, byte 101, hits.hits[1]._source: no span id",
            "line 4, byte 176, hits.hits[2]._source.traceId: expected a trace id in hex, found a string",
            "line 4, byte 165, hits.hits[2]._source: no trace id",
            "line 5, byte 252, hits.hits[3]._source.name: this is not JSON: `true` or `false` was expected",
            "line 6, byte 285, hits.hits[4]._source: a document that is no span",
            "line 6, byte 305, hits.hits[5]: expected an object, found a number",
            "line 7, byte 391, hits.hits[6]._source: startTime: expected a whole number, found an array",
        ]
    );
}
