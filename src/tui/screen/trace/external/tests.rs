//! Which links a span has, by Jaeger's rules of looking for parameters.

use super::*;
use crate::config::{Matcher, Origin};
use crate::model::scenario;

fn pattern(place: LinkPlace, key: &str, url: &str) -> LinkPattern {
    LinkPattern {
        place,
        key: Matcher::one(key),
        value: Matcher::Any,
        url: url.to_owned(),
        text: "go".to_owned(),
        origin: Origin::Default,
    }
}

fn urls(pattern: LinkPattern) -> Vec<String> {
    let trace = scenario::trace(
        "shop: GET 0..9 tenant=t1 k=root res.host=h1\n  cart: add 1..2 user.id=7 k=own res.zone=z\n",
    );
    let pages = of_span(&trace, 1, &[pattern]);
    pages.into_iter().map(|page| page.url).collect()
}

#[test]
fn parameters_are_looked_for_from_near_to_far() {
    let span = |url: &str| urls(pattern(LinkPlace::Span, "user.id", url));
    assert_eq!(span("http://x/#{user.id}/#{k}"), ["http://x/7/own"]);
    assert_eq!(span("http://x/#{tenant}/#{host}"), ["http://x/t1/h1"]);
    assert_eq!(
        span("http://x/#{spanID}/#{operationName}/#{duration}"),
        ["http://x/0000000000000002/add/1000"]
    );
    assert_eq!(
        span("http://x/#{trace.traceID}"),
        ["http://x/0000000000000000000000005ce0a510"]
    );
    assert!(span("http://x/#{nowhere}").is_empty());
    assert!(urls(pattern(LinkPlace::Span, "zone", "http://x/")).is_empty());
}

#[test]
fn a_resource_says_the_same_wherever_it_stands() {
    assert_eq!(
        urls(pattern(LinkPlace::Resource, "zone", "http://x/#{zone}")),
        ["http://x/z"]
    );
    assert!(urls(pattern(LinkPlace::Resource, "zone", "http://x/#{tenant}")).is_empty());
}

#[test]
fn a_trace_has_links_too() {
    assert_eq!(
        urls(pattern(
            LinkPlace::Trace,
            "",
            "http://x/#{traceName}/#{startTime | epoch_micros_to_date_iso}"
        )),
        ["http://x/shop%3A%20GET/2026-01-01T00%3A00%3A00.000Z"]
    );
}
