//! Meaning, on small traces: what each operator keeps, and why.

mod cancellation;
mod oracle;

use std::sync::Arc;

use super::*;
use crate::model::{Cancellation, Trace, scenario};

/// The operations of the spans that a query finds in a scenario.
fn found<'t>(trace: &'t Trace, query: &str) -> Vec<&'t str> {
    let query = Query::parse(query).unwrap_or_else(|error| panic!("{}", error.render(query)));
    let spans = query.eval(trace).map_or_else(Vec::new, |found| found.spans);
    let span = |&span: &u32| trace.span(span as usize).operation();
    spans.iter().map(span).collect()
}

fn check(trace: &Trace, cases: &[(&str, &str)]) {
    for (query, operations) in cases {
        let wanted: Vec<&str> = operations.split_whitespace().collect();
        assert_eq!(found(trace, query), wanted, "{query}");
    }
}

#[test]
fn nil_and_types_make_comparisons_false() {
    let trace = scenario::trace(
        "s: a 0..10 n=42 t=true w=x res.r=1\n  s: b 1..5 n=x\n  s: c 6..9 f=false\n",
    );
    let cases = [
        ("{ .n = 42 }", "a"),
        ("{ .n = 42.0 }", "a"),
        ("{ .n != 41 }", "a"),
        ("{ .n = \"42\" }", ""),
        ("{ .n != \"42\" }", "b"),
        ("{ !(.n = 42) }", "b c"),
        ("{ .n = nil }", "c"),
        ("{ .n != nil }", "a b"),
        ("{ .n !~ \"y\" }", "b"),
        ("{ .t }", "a"),
        ("{ !.f }", "c"),
        ("{ !.t }", ""),
        ("{ .w = .w }", "a"),
        ("{ .n / 5 = 8 }", "a"),
        ("{ .n / 0 = 8 || .w = \"x\" }", "a"),
        ("{ -.n = -42 }", "a"),
        ("{ .r = 1 && span.r = nil }", "a"),
        ("{ duration > 3999999 && duration <= 4ms }", "b"),
        (
            "{ duration >= 0 && duration != 10ms && duration < 3.5ms }",
            "c",
        ),
        ("{ name =~ \"a|b\" && name > \"a\" }", "b"),
        ("{ name !~ \"[ab]\" }", "c"),
    ];
    check(&trace, &cases);
}

#[test]
fn operators_follow_the_tree() {
    let trace = scenario::trace(
        "s: r 0..99\n  s: a 1..50\n    s: b 2..40 error\n      s: c 3..30\n  s: d 60..90\n",
    );
    let cases = [
        ("{ name = \"r\" } > { }", "a d"),
        ("{ name = \"c\" } < { }", "b"),
        ("{ name = \"a\" } >> { }", "b c"),
        ("{ name = \"c\" } << { }", "r a b"),
        ("{ name = \"a\" } ~ { }", "d"),
        ("{ } ~ { name = \"a\" }", "a"),
        ("{ name = \"b\" } ~ { name = \"b\" }", ""),
        ("{ name = \"r\" } !> { }", "r b c"),
        ("{ name = \"none\" } !>> { }", "r a b c d"),
        ("{ name = \"a\" } !>> { }", "r a d"),
        ("{ name = \"b\" } !<< { }", "b c d"),
        ("{ name = \"a\" } !~ { }", "r a b c"),
        (
            "{ name = \"a\" || name = \"d\" } &> { name = \"b\" }",
            "a b",
        ),
        ("{ } &>> { name = \"c\" }", "r a b c"),
        ("{ name = \"c\" } &<< { name =~ \"r|d\" }", "r c"),
        ("{ name = \"a\" } &~ { name = \"d\" }", "a d"),
        ("{ name = \"a\" } && { name = \"x\" }", ""),
        ("{ name = \"a\" } || { name = \"x\" }", "a"),
        ("{ name = \"r\" } > { } > { }", "b"),
        ("{ span:childCount = 2 }", "r"),
        ("{ nestedSetParent < 0 }", "r"),
        ("{ nestedSetLeft = 4 && nestedSetRight = 5 }", "c"),
        (
            "{ trace:rootName = \"r\" && trace:duration = 99ms && status = error }",
            "b",
        ),
    ];
    check(&trace, &cases);
}

#[test]
fn trees_without_a_root_are_trees() {
    let trace = scenario::trace(
        "s: a 0..9 parent=99\n  s: b 1..5\ns: c 2..8 parent=99\ns: d 3..4 parent=77\n",
    );
    let cases = [
        ("{ name = \"a\" } > { name = \"b\" }", "b"),
        ("{ name = \"a\" } !> { }", "a c d"),
        ("{ name = \"a\" } ~ { }", "c"),
        ("{ trace:rootName = \"\" } && { name = \"d\" }", "a b c d"),
        ("{ nestedSetParent < 0 }", ""),
    ];
    check(&trace, &cases);
    let roots = scenario::trace("s: a 0..9\ns: b 1..5\n");
    check(&roots, &[("{ name = \"a\" } ~ { }", "b")]);
}

#[test]
fn conditions_on_events_hold_on_one_event() {
    let mut builder = crate::model::BlockBuilder::new();
    scenario::add(&mut builder, scenario::TRACE, "s: a 0..9 +1:one +2:two\n");
    let one = builder.attribute("k", crate::model::Value::Int(1));
    let two = builder.attribute("j", crate::model::Value::Int(2));
    let name = builder.string("three");
    builder.event(scenario::EPOCH, name, &[one], 0);
    builder.event(scenario::EPOCH, name, &[two], 0);
    scenario::add(&mut builder, scenario::TRACE, "s: b 1..9 id=7 parent=1\n");
    let trace = Trace::all_of(&[Arc::new(builder.finish())]).remove(0);
    let cases = [
        ("{ event:name = \"one\" }", "a"),
        (
            "{ event:timeSinceStart = 2ms && event:name = \"two\" }",
            "a",
        ),
        ("{ event:timeSinceStart = 2ms && event:name = \"one\" }", ""),
        ("{ event.k = 1 && event.j = 2 }", ""),
        ("{ event.k = 1 } && { event.j = 2 }", "a"),
        ("{ event.k = 1 || event.j = 3 }", "a"),
        ("{ !(event:name = \"one\") }", "b"),
        ("{ event:name = \"two\" && !(event:name = \"one\") }", ""),
        ("{ event.k = nil && name = \"b\" }", "b"),
        ("{ tag.k = 1 && tag.j = \"2\" }", "a"),
    ];
    check(&trace, &cases);
}

#[test]
fn pipelines_group_and_count() {
    let trace = scenario::trace(
        "s: r 0..99\n  s: a 1..11 g=1\n  s: b 12..32 g=1\n  s: c 40..43 g=2\n  s: d 50..60\n",
    );
    let cases = [
        ("{ } | count() > 5", ""),
        ("{ .g > 0 } | count() = 3", "a b c"),
        ("{ .g > 0 } | by(.g) | count() > 1", "a b"),
        ("{ .g > 0 } | by(.g) | max(duration) < 5ms", "c"),
        (
            "{ .g > 0 } | by(.g) | max(duration) < 5ms | coalesce() | count() = 1",
            "c",
        ),
        ("{ .g > 0 } | avg(duration) = 11ms", "a b c"),
        ("{ .g > 0 } | sum(.g) = 4 | min(.g) = 1", "a b c"),
        ("{ } | sum(.g) = 4 | { name = \"d\" }", "d"),
        ("{ } | avg(.none) >= 0", ""),
        (
            "({ .g = 1 } | count() = 2) && ({ .g = 2 } | count() = 1)",
            "a b c",
        ),
        (
            "({ .g = 1 } | count() = 2) && ({ .g = 2 } | count() = 2)",
            "",
        ),
        ("{ .g = 1 } | select(name)", "a b"),
    ];
    check(&trace, &cases);
    let query = Query::parse("{ .g > 0 } | by(.g) | count() > 0").unwrap();
    let groups = query.eval(&trace).unwrap().groups;
    let labels: Vec<_> = groups.iter().map(|group| &group.labels).collect();
    assert_eq!(labels[0][0].0, "by(.g)");
    assert_eq!(
        labels[1][1].1,
        Datum::Number(crate::traceql::number::Number::Int(1))
    );
}

#[test]
fn tags_mean_what_jaeger_means() {
    let trace = scenario::trace(
        "s: a 0..9 server error code=200 res.host=h1\n  s: b 1..5 code=200 ok=false res.resource.x=1\n",
    );
    let cases = [
        ("{ tag.code = \"200\" }", "a b"),
        ("{ tag.code = \"200\" && tag.host = \"h1\" }", "a"),
        ("{ tag.host != \"h2\" }", "a"),
        ("{ tag.host =~ \"h.\" }", "a"),
        ("{ tag.error = \"true\" }", "a"),
        ("{ tag.error = \"F\" }", "b"),
        ("{ tag.error = \"maybe\" }", ""),
        ("{ tag.span.status = \"ERROR\" }", "a"),
        ("{ tag.span.kind = \"Server\" }", "a"),
        ("{ tag.span.kind = \"nonsense\" }", ""),
        ("{ tag.scope.name = \"scenario\" }", "a b"),
        ("{ tag.resource.host = \"h1\" }", "a"),
        ("{ tag.resource.resource.x = 1 }", "b"),
        ("{ tag.resource.code = \"200\" }", ""),
        ("{ tag.ok = \"false\" }", "b"),
    ];
    check(&trace, &cases);
}

#[test]
fn what_it_takes_to_decide() {
    let cases = [
        ("{ .a = 1 }", Needs::Rows),
        ("{ .a = 1 } || { name = \"x\" } | select(.b)", Needs::Rows),
        ("{ .a = 1 && trace:duration > 1s }", Needs::Facts),
        ("{ !(rootName = \"x\") }", Needs::Facts),
        ("{ span:childCount > 1 }", Needs::Tree),
        ("{ .a = 1 } && { .b = 1 }", Needs::Tree),
        ("{ } | count() > 1", Needs::Tree),
    ];
    for (query, needs) in cases {
        assert_eq!(Query::parse(query).unwrap().needs(), needs, "{query}");
    }
}

#[test]
fn facts_decide_where_rows_do_not() {
    let block = scenario::block("s: a 0..9\n  t: b 1..5\n");
    let query =
        Query::parse("{ resource.service.name = \"t\" && !(trace:duration < 5ms) }").unwrap();
    let cancellation = Cancellation::never();
    let bound = query.bind(&block, &cancellation);
    let candidates = bound.candidates(&block, &cancellation);
    assert_eq!(candidates.iter().collect::<Vec<_>>(), [1]);
    let facts = |millis| Facts {
        duration: crate::model::Nanos::from_millis(millis),
        root_name: "a",
        root_service: "s",
    };
    assert!(bound.accepts(&block, 1, &facts(9)));
    assert!(!bound.accepts(&block, 1, &facts(4)));
    let nobody = Query::parse("{ resource.service.name = \"u\" } > { .x = 1 }").unwrap();
    assert!(nobody.bind(&block, &cancellation).is_hopeless());
}

#[test]
fn an_empty_answer_is_explained() {
    let block =
        scenario::block("s: a 0..9 http.status_code=500\n  s: b 1..5 http.status_code=200\n");
    let cases = [
        (
            "{ span.http.status_code = \"500\" }",
            "span.http.status_code is an int on 2 spans; you compared it with a string",
        ),
        (
            "{ span.http.statuscode = 500 }",
            "unknown attribute span.http.statuscode: span.http.status_code exists on 2 spans",
        ),
        (
            "{ resource.http.status_code = 500 }",
            "unknown attribute resource.http.status_code: span.http.status_code exists on 2 spans",
        ),
        ("{ span.colour = 1 }", "unknown attribute span.colour"),
        ("{ span.http.status_code = 404 }", ""),
        ("{ !(span.colour = 1) && tag.http.status_code = 7 }", ""),
    ];
    for (query, note) in cases {
        let notes = Query::parse(query).unwrap().notes([&block]);
        let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
        assert_eq!(notes.join("; "), note, "{query}");
    }
}

#[test]
fn series_are_not_spans() {
    let error = Query::parse("{ } | rate()").unwrap_err();
    assert_eq!(
        error.to_string(),
        "this asks for series over time, not for spans"
    );
    assert_eq!(error.place.range(), 0..10);
}
