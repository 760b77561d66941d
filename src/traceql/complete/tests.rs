//! Completion at cursors, with `▏` for the cursor.

use proptest::prelude::*;

use super::*;
use crate::traceql::Census;

fn census() -> Census {
    Census::of([&crate::model::scenario::block(
        "frontend: GET 0..9 http.status_code=500 http.status_text=x\n  redis: HGET 1..2 http.status_code=200 res.host=h\n",
    )])
}

/// The query with a `▏` at the cursor: what it becomes with the first candidate, and how
/// many there are.
fn first(text: &str) -> (String, usize) {
    let cursor = text.find('▏').unwrap();
    let mut text = text.replace('▏', "");
    let completion = complete(&text, cursor, &census());
    let count = completion.candidates.len();
    if let Some(candidate) = completion.candidates.first() {
        text.replace_range(completion.range, &candidate.text);
    }
    (text, count)
}

#[test]
fn what_is_typed_is_taken_further() {
    let cases = [
        ("{ span.http.st▏", "{ span.http.status_code"),
        ("{ span.▏", "{ span.http.status_code"),
        (
            "{ span.http.status▏_co = 5 }",
            "{ span.http.status_code = 5 }",
        ),
        ("{ span.http.statuscode▏", "{ span.http.status_code"),
        ("{ service.na▏", "{ resource.service.name"),
        (
            "{ resource.service.name = ▏",
            "{ resource.service.name = \"frontend\"",
        ),
        (
            "{ resource.service.name = \"red▏",
            "{ resource.service.name = \"redis\"",
        ),
        (
            "{ resource.service.name = \"f▏\" }",
            "{ resource.service.name = \"frontend\" }",
        ),
        ("{ name = \"H▏", "{ name = \"HGET\""),
        (
            "{ span.http.status_code = ▏",
            "{ span.http.status_code = 200",
        ),
        ("{ status = ▏", "{ status = error"),
        ("{ kind = cl▏", "{ kind = client"),
        ("{ dur▏", "{ duration"),
        ("{ trace:▏", "{ trace:duration"),
        ("{ status = error ▏", "{ status = error &&"),
        ("{ .a = 1 && ▏", "{ .a = 1 && name"),
        ("{ duration ▏", "{ duration >"),
        ("{ } ▏", "{ } |"),
        ("{ } | ▏", "{ } | count() > "),
        ("{ } | co▏", "{ } | count() > "),
        ("{ } | by(res▏", "{ } | by(resource.service.name"),
        ("▏", "{ "),
    ];
    for (text, wanted) in cases {
        assert_eq!(first(text).0, wanted, "{text}");
    }
    assert_eq!(first("{ status = error } | count() > 5▏").1, 0);
}

#[test]
fn candidates_say_type_and_frequency() {
    let completion = complete("{ span.http", 11, &census());
    let code = &completion.candidates[0];
    assert_eq!(
        (code.detail.as_str(), code.values, code.spans),
        ("int", 2, 2)
    );
    assert_eq!(
        meant(Scope::Span, "http.statuscode", &census())
            .unwrap()
            .spans,
        2
    );
}

proptest! {
    #[test]
    fn any_text_at_any_cursor(text in "\\PC{0,20}|[{}().a=\"`|&<>~! ]{0,20}", cursor in 0..30_usize) {
        let completion = complete(&text, cursor, &census());
        prop_assert!(text.get(completion.range).is_some());
    }
}
