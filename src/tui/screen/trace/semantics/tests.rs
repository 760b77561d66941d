//! Old names and new ones.

use super::call::gist;
use super::*;
use crate::model::scenario;

#[test]
fn old_and_new_names_say_the_same() {
    let told = |attributes: &str| -> Vec<String> {
        let trace = scenario::trace(&format!("a: call 0..9 client {attributes}\n"));
        pills(trace.span(0), call(trace.span(0)).as_ref())
            .into_iter()
            .map(|pill| pill.text)
            .collect()
    };
    let new = told("http.request.method=GET http.response.status_code=503");
    assert_eq!(new, ["GET", "503"]);
    assert_eq!(told("http.method=GET http.status_code=503"), new);
    assert_eq!(told("db.system=redis"), ["redis"]);
    assert_eq!(
        told("gen_ai.request.model=m gen_ai.usage.prompt_tokens=7 gen_ai.usage.output_tokens=9"),
        ["m", "7/9 tokens"]
    );
}

#[test]
fn what_a_name_does_not_tell_stands_beside_it() {
    let told = |name: &str, attributes: &str| -> Vec<String> {
        let trace = scenario::trace(&format!("a: {name} 0..9 client {attributes}\n"));
        let span = trace.span(0);
        let pills = pills(span, call(span).as_ref()).into_iter();
        pills.map(|pill| pill.text).collect()
    };
    assert_eq!(
        told(
            "SQL SELECT",
            "db.system=mysql db.query.text=SELECT db.operation.name=SELECT db.collection.name=orders"
        ),
        ["SELECT orders", "mysql"]
    );
    assert_eq!(
        told(
            "GET",
            "http.method=GET http.url=http://shop/x http.status_code=200"
        ),
        ["GET shop/x", "200"]
    );
    assert_eq!(
        told(
            "orders publish",
            "messaging.system=kafka messaging.operation=publish messaging.destination.name=orders"
        ),
        ["kafka"]
    );
    assert_eq!(told("GET /x", "http.method=GET http.route=/x"), [""; 0]);
}

#[test]
fn every_family_tells_what_a_span_does() {
    let told = |attributes: &str| {
        let trace = scenario::trace(&format!("a: call 0..9 client {attributes}\n"));
        call(trace.span(0)).map(|call| format!("{}: {}", call.family, call.words()))
    };
    for (attributes, words) in [
        (
            "http.request.method=GET server.address=shop server.port=8080 url.path=/x http.response.status_code=200",
            "http: GET shop:8080/x  200",
        ),
        (
            "http.method=GET http.url=https://shop/x?y=1 http.status_code=200",
            "http: GET shop/x  200",
        ),
        (
            "db.system=mysql db.statement=SELECT",
            "database: SELECT  mysql",
        ),
        (
            "db.system.name=redis db.operation.name=GET db.namespace=0",
            "database: GET 0  redis",
        ),
        (
            "rpc.system=grpc rpc.service=a.b.Cart rpc.method=Add rpc.grpc.status_code=4",
            "rpc: Cart/Add  status 4  grpc",
        ),
        (
            "rpc.system.name=grpc rpc.method=a.b.Cart/Add",
            "rpc: Cart/Add  grpc",
        ),
        (
            "messaging.system=kafka messaging.operation=publish messaging.destination.name=orders messaging.kafka.message.offset=7",
            "messaging: publish orders  offset 7  kafka",
        ),
        (
            "gen_ai.operation.name=chat gen_ai.request.model=m gen_ai.usage.input_tokens=1 gen_ai.usage.output_tokens=2",
            "model: chat m  1/2 tokens",
        ),
        (
            "faas.name=resize faas.trigger=http faas.coldstart=true",
            "function: resize (http)  cold start",
        ),
        (
            "graphql.operation.type=query graphql.operation.name=Me",
            "graphql: query Me",
        ),
        (
            "component=proxy upstream_cluster=cart response_flags=UF",
            "proxy: cart  UF",
        ),
        (
            "code.namespace=a.B code.function=c code.filepath=B.java code.lineno=7",
            "code: a.B.c  B.java:7",
        ),
    ] {
        assert_eq!(told(attributes).as_deref(), Some(words));
    }
    assert_eq!(told("k=v"), None);
}

#[test]
fn statements_are_told_in_two_words() {
    for (query, words) in [
        ("SELECT a, b FROM product WHERE c", "SELECT product"),
        ("insert into orders (a) values (1)", "insert orders"),
        ("UPDATE stock SET n = 1", "UPDATE stock"),
        ("HGETALL user:1", "HGETALL user:1"),
    ] {
        assert_eq!(gist(query).as_deref(), Some(words));
    }
}
