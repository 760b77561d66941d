//! Documents of every writer, in every envelope.

use super::*;
use crate::format::sample::{lines, listed_spans, read_pieces, read_text, read_whole};
use crate::model::BlockBuilder;

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

#[test]
fn lines_of_agents_are_spans_of_the_service_before_them() {
    let text = include_str!("../../../tests/fixtures/formats/elastic/intake.ndjson");
    assert_eq!(
        listed_spans(&read_whole(text, intake::course())),
        [
            "5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174<0 orders: GET /orders 1793714531204000000+730500000 server error {transaction.type=request transaction.result=HTTP 5xx transaction.sampled=true transaction.span_count.started=2 transaction.span_count.dropped=0 request.method=GET response.status_code=503} {service.name=orders service.version=2.1.0 service.environment=production agent.name=java agent.version=1.50.0 service.language.name=java process.pid=4711 host.hostname=h1 container.id=c0ffee zone=a} >ff/7 {}",
            "5b8efff798038103d269b633813fc60c/c3<b2 orders-worker: publish 1793714531300000000+1500000 producer unset {span.type=messaging span.subtype=kafka span.action=send} {service.name=orders-worker service.version=2.1.0 service.environment=production agent.name=java agent.version=1.50.0 service.language.name=java process.pid=4711 host.hostname=h1 container.id=c0ffee zone=a}",
            "5b8efff798038103d269b633813fc60c/b2<eee19b7ec3c1b174 orders: SELECT FROM orders 1793714531214250000+20333000 client ok {span.type=db span.subtype=postgresql span.action=query db.statement=SELECT 1 db.type=sql destination.service.resource=postgresql rows=3} {service.name=orders service.version=2.1.0 service.environment=production agent.name=java agent.version=1.50.0 service.language.name=java process.pid=4711 host.hostname=h1 container.id=c0ffee zone=a}",
            r#"log 1793714531310000000 00000000000000b2 Str("pool exhausted") {error.culprit=Pool.get error.exception.message=pool exhausted error.exception.type=SQLException}"#,
        ]
    );
}

#[test]
fn a_browsers_spans_are_within_their_transaction() {
    let text = include_str!("../../../tests/fixtures/formats/elastic/rum.ndjson");
    assert_eq!(
        listed_spans(&read_whole(text, intake::course())),
        [
            "286ac3ad697892c406528f13c82e0ce1/ec2e280be8345240<0 shop-web: / 0+295000000 internal ok {transaction.type=page-load transaction.yc.sd=2 transaction.sm=true} {service.name=shop-web service.version=1.2 service.environment=production agent.name=js-base agent.version=5.16.1} (has no start of its own)",
            "286ac3ad697892c406528f13c82e0ce1/bbd8bcc3be14d814<ec2e280be8345240 shop-web: Requesting and receiving the document 4000000+2000000 internal unset {span.type=hard-navigation span.subtype=browser-timing} {service.name=shop-web service.version=1.2 service.environment=production agent.name=js-base agent.version=5.16.1}",
            "286ac3ad697892c406528f13c82e0ce1/fc546e87a90a774f<bbd8bcc3be14d814 shop-web: GET /api 14500000+106250000 client error {span.type=external span.subtype=http} {service.name=shop-web service.version=1.2 service.environment=production agent.name=js-base agent.version=5.16.1}",
        ]
    );
}

#[test]
fn an_event_of_an_agent_that_is_wrong_costs_itself() {
    let text = r#"{"metadata":17}
{"span":{"id":"1","trace_id":"1","transaction_id":"9","start":1,"duration":"x"}}
{"span":{"id":"1","trace_id":"zz"}}
{"span":7}
{"transaction":{"id":"2","trace_id":"1","duration":1e300,"timestamp":-5}}
{"error":{"id":"3","exception":[{}]}}
{"x":{"id":"4","tid":"1","y":[{"id":"5","pi":99},6]}}
{"span":{"id":"#;
    let (block, findings) = read_whole(text, intake::course());
    let told: Vec<String> = findings.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 1, byte 12, metadata: expected an object, found a number",
            "line 2, byte 91, span.duration: expected a whole number, found a string",
            "line 3, byte 126, span.trace_id: expected a trace id in hex, found a string",
            "line 3, byte 105, span: no trace id",
            "line 4, byte 141, span: expected an object, found a number",
            "line 7, byte 305, x[1]: expected an object, found a number",
            "line 8, byte 324, span: the input ends where a value was expected",
        ]
    );
    assert_eq!(
        (
            block.len(),
            findings.rejected_spans(),
            findings.logs_without_trace
        ),
        (4, 3, 1)
    );
}

#[test]
fn a_span_waits_for_its_transaction_in_another_piece() {
    let text = include_str!("../../../tests/fixtures/formats/elastic/intake.ndjson");
    let whole = listed_spans(&read_whole(text, intake::course()));
    let pieces: Vec<&[u8]> = text.split_inclusive('\n').map(str::as_bytes).collect();
    let (blocks, findings) = read_pieces(&pieces, intake::course(), usize::MAX);
    let mut builder = BlockBuilder::new();
    for block in &blocks {
        builder.append_all(block);
    }
    assert_eq!(listed_spans(&(builder.finish(), findings)), whole);
}

#[test]
fn fields_stand_for_a_document_that_did_not_come() {
    let text = r#"{"hits":{"hits":[
        {"_id":"1","fields":{"trace.id":["a1"],"span.id":["b2"],"parent.id":["c3"],"processor.event":["span"],
         "span.name":["SELECT"],"timestamp.us":[1000],"span.duration.us":[7],"service.name":["shop"],"labels.colours":["red","blue"]}},
        {"_id":"2","_source":{"traceId":"a1","spanId":"d4","name":"once"},"fields":{"spanId":["d4"]}}]}}"#;
    assert_eq!(
        lines(text, decode),
        [
            r#"a1/b2<c3 shop: SELECT 1000000+7000 internal unset {colours=["red","blue"]} {service.name=shop}"#,
            "a1/d4<0 : once 0+0 unspecified unset {} {}",
        ]
    );
}
