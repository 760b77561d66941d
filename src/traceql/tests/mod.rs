//! The grammar as tables.

mod trees;

use super::parse;

#[test]
fn queries_print_in_one_way() {
    let cases = [
        ("{}", "{ }"),
        ("{.a=1&&.b=2||.c=3}", "{ (.a = 1 && .b = 2) || .c = 3 }"),
        ("{ .a || .b && .c }", "{ (.a || .b) && .c }"),
        ("{ .a || (.b && .c) }", "{ .a || (.b && .c) }"),
        ("{ !.a = .b }", "{ !.a = .b }"),
        ("{ !(.a = .b) }", "{ !(.a = .b) }"),
        (
            "{ -.a ^ 2 ^ 3 = (1 + 2) * 3 }",
            "{ -.a ^ 2 ^ 3 = (1 + 2) * 3 }",
        ),
        ("{ span:duration>1.5s }", "{ duration > 1500ms }"),
        ("{ traceDuration > 1h }", "{ trace:duration > 1h }"),
        (
            "{ nil != span.x && nil = .y }",
            "{ span.x != nil && .y = nil }",
        ),
        (r#"{ name =~ "a\\d\"" }"#, r#"{ name =~ `a\d"` }"#),
        (r#"{ span."a b\"c" = "x" }"#, r#"{ span."a b\"c" = "x" }"#),
        ("{ tag.error = \"true\" }", "{ tag.error = \"true\" }"),
        ("{ .a } > { .b } && { .c }", "{ .a } > { .b } && { .c }"),
        ("{ .a } > ({ .b } && { .c })", "{ .a } > ({ .b } && { .c })"),
        ("{ .a } !~ { .b } &<< { .c }", "{ .a } !~ { .b } &<< { .c }"),
        (
            "({.a} | count()>1) || ({.b})",
            "({ .a } | count() > 1) || ({ .b })",
        ),
        ("{} | avg(.x) > 10 - 2 * 3", "{ } | avg(.x) > 4"),
        (
            "{}|by(.a +1)|coalesce()|select(name,.b)",
            "{ } | by(.a + 1) | coalesce() | select(name, .b)",
        ),
        ("{}with(most_recent=true)", "{ } with (most_recent=true)"),
        (
            "{}|rate()by(name)|topk(3)>1",
            "{ } | rate() by (name) | topk(3) > 1",
        ),
        (
            "({}|rate())*100/({}|count_over_time())",
            "({ } | rate()) * 100 / ({ } | count_over_time())",
        ),
        (
            "{}|quantile_over_time(duration,.5,1)",
            "{ } | quantile_over_time(duration, 0.5, 1)",
        ),
        (
            "{ }|compare({status=error})",
            "{ } | compare({ status = error }, 10)",
        ),
        ("{ duration > 1s } // slow", "{ duration > 1s }"),
    ];
    for (text, printed) in cases {
        let tree = parse(text).unwrap_or_else(|error| panic!("{}", error.render(text)));
        assert_eq!(tree.to_string(), printed, "{text}");
        assert_eq!(parse(printed), Ok(tree), "{printed}");
    }
}

/// Query, the piece at fault, and the sentence.
const REFUSED: &[(&str, &str, &str)] = &[
    ("", "", "expected a set of spans, { ... }, found the end"),
    (
        "status = error",
        "status",
        "expected a set of spans, { ... }, found status: write { status = error }",
    ),
    (
        "{ span.http.st",
        "",
        "expected a comparison after span.http.st, e.g. = 500, found the end",
    ),
    (
        "{ status }",
        "status",
        "{ } wants something true or false, this is a status",
    ),
    (
        "{ .a == 1 }",
        "=",
        "expected a value or an attribute, e.g. 500, \"text\", 100ms, span.http.route, found =: equality is written with one =",
    ),
    (
        "{ status = \"error\" }",
        "status = \"error\"",
        "a status cannot be compared with a string by =: write status = error",
    ),
    (
        "{ kind = \"Server\" }",
        "kind = \"Server\"",
        "a kind cannot be compared with a string by =: write kind = server",
    ),
    (
        "{ duration > \"2s\" }",
        "duration > \"2s\"",
        "a duration cannot be compared with a string by >: write duration > 2s",
    ),
    (
        "{ name = 5 }",
        "name = 5",
        "a string cannot be compared with an int by =: write name = \"5\"",
    ),
    (
        "{ status > ok }",
        "status > ok",
        "a status cannot be compared with a status by >",
    ),
    (
        "{ durration > 2s }",
        "durration",
        "unknown word durration: did you mean duration, or the attribute .durration",
    ),
    (
        "{ trace:kind = server }",
        "trace:kind",
        "unknown intrinsic trace:kind: did you mean span:kind",
    ),
    (
        "{ .s =~ \"(\" }",
        "\"(\"",
        "this regular expression does not compile: unclosed group",
    ),
    (
        "{ .s =~ .t }",
        ".t",
        "the right side of =~ is a string that is written out",
    ),
    ("{ name = nil }", "name", "name is never nil"),
    (
        "{ parent.x = 1 }",
        "parent.x",
        "attributes of the parent cannot be asked for: ask for two spans, { ... } > { ... }",
    ),
    (
        "{ .a ( }",
        "(",
        "expected a comparison after .a, e.g. = 500, found (",
    ),
    (
        "{ true >> false }",
        ">>",
        "expected &&, || or }, found >>: structural operators stand between sets: { ... } >> { ... }",
    ),
    (
        "{ tag.x > 5 }",
        "tag.x > 5",
        "a tag is compared as text with a constant, by = != =~ !~: span. and resource. compare by value",
    ),
    (
        "{ } | count()",
        "",
        "expected a comparison after count(), e.g. > 1, found the end",
    ),
    (
        "{ } | cuont() > 1",
        "cuont",
        "unknown stage cuont: did you mean count",
    ),
    (
        "5 < count()",
        "5 < count()",
        "the aggregate comes first: write count() > 5",
    ),
    (
        "count() > avg(.x)",
        "count() > avg(.x)",
        "an aggregate can only be compared with a constant: e.g. | count() > 2 | max(duration) > 1s",
    ),
    (
        "({ } | count() > 1) && { }",
        "{ }",
        "beside a pipeline in parentheses this needs parentheses too",
    ),
    (
        "{ } | by(.a) | { } > { }",
        "{ } > { }",
        "> cannot follow by(): there are many sets: put | coalesce() between them",
    ),
    (
        "{ } | by(1)",
        "1",
        "by() wants something that differs between spans",
    ),
    (
        "{ } | rate() | topk(0)",
        "0",
        "this keeps no series: 1 is the least",
    ),
    (
        "{ } }",
        "}",
        "expected the end: nothing is open here, found }",
    ),
];

#[test]
fn faults_have_their_place_and_their_words() {
    for (text, piece, sentence) in REFUSED {
        let error = parse(text).unwrap_err();
        assert_eq!(error.sentence(), *sentence, "{text}");
        assert_eq!(text.get(error.place.range()), Some(*piece), "{text}");
    }
}

#[test]
fn depth_is_bounded_and_length_is_not_depth() {
    let deep = [
        format!("{{ {}.a{} }}", "(".repeat(9000), ")".repeat(9000)),
        format!("{{ {}.a }}", "!".repeat(9000)),
        format!("{{ .a {} }}", "+ 1 ".repeat(9000)),
        format!("{{ .a {} = 1 }}", "^ 1 ".repeat(9000)),
        format!("{{ .a {} }}", "&& .a || .a ".repeat(900)),
        format!("{} {{ }} {}", "(".repeat(9000), ")".repeat(9000)),
        format!("{{ }} {}", "&& { } ".repeat(9000)),
        format!("({{}} | rate()) {}", "+ 1".repeat(9000)),
    ];
    for text in deep {
        let error = parse(&text).unwrap_err();
        assert!(
            error.to_string().starts_with("the query nests deeper"),
            "{error}"
        );
    }
    let wide = format!("{{ .a = 1 {} }}", "|| .a = 1 ".repeat(9000));
    assert_eq!(parse(&parse(&wide).unwrap().to_string()), parse(&wide));
    let long = format!("{{ name = \"{}\" }}", "x".repeat(200_000));
    assert_eq!(
        parse(&long).unwrap_err().to_string(),
        "the query is longer than 128 KiB"
    );
}
