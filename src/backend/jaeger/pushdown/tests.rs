use super::*;
use crate::traceql;

fn words(query: &str) -> (Vec<String>, bool) {
    let plan = Plan::of(&traceql::parse(query).unwrap(), true);
    let words = plan.in_words();
    (words.pushed, words.local.is_empty())
}

#[test]
fn what_the_form_can_say_is_pushed_down() {
    let cases: [(&str, &[&str], bool); 12] = [
        ("{}", &[], true),
        (
            r#"{ resource.service.name = "shop" && name = "GET /" }"#,
            &["service shop, operation GET /"],
            true,
        ),
        (
            "{ duration > 1500us && 2s >= duration }",
            &["duration from 1.50 ms, duration to 2.00 s"],
            true,
        ),
        (
            "{ status = error && kind = server }",
            &["tag error=true, tag span.kind=server"],
            true,
        ),
        (
            r#"{ tag.error = "true" && span.http.status_code = 500 }"#,
            &["tag error=true, tag http.status_code=500"],
            true,
        ),
        (
            r#"{ name = "a" || name = "b" }"#,
            &["operation a", "operation b"],
            true,
        ),
        (r#"{ name =~ "a.*" }"#, &[], false),
        (r#"{ name = "a" && span.x > 3 }"#, &["operation a"], false),
        (
            r#"{ kind = server } >> { name = "a" && .service.name = "s" }"#,
            &["service s, operation a"],
            false,
        ),
        (
            r#"{ name = "a" } !>> { name = "b" }"#,
            &["operation b"],
            false,
        ),
        (r#"{ name = "a" } | count() > 2"#, &["operation a"], false),
        (r#"{ name = "a" || span.x > 3 }"#, &[], false),
    ];
    for (query, pushed, exact) in cases {
        assert_eq!(
            words(query),
            (
                pushed.iter().map(|&words| words.to_owned()).collect(),
                exact
            ),
            "{query}"
        );
    }
}

#[test]
fn terms_that_contradict_and_terms_that_jaeger_reads_otherwise_stay_here() {
    assert_eq!(
        words(r#"{ name = "a" && name = "b" }"#),
        (vec!["operation a".to_owned()], false)
    );
    assert_eq!(words("{ span.error = true }"), (vec![], false));
    assert_eq!(words("{ link.k = 1 }"), (vec![], false));
    let many: Vec<String> = (0..20).map(|n| format!("name = \"{n}\"")).collect();
    assert_eq!(
        words(&format!("{{ {} }}", many.join(" || "))),
        (vec![], false)
    );
}
