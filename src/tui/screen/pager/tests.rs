//! The pager driven by keys, over values of every kind and size.

use std::sync::Arc;

use crate::config::Depth;
use crate::model::Value;
use crate::text::{Charset, Clock};
use crate::tui::harness::Harness;
use crate::tui::harness::fixed::Fixed;
use crate::tui::harness::golden::compare;
use crate::tui::harness::single;
use crate::tui::setup::Setup;
use crate::tui::source::host::Alone;

/// A trace of one span with one attribute, its value on a page.
async fn read(key: &str, value: Value<'_>, size: (u16, u16)) -> Harness {
    let trace = single::span(&[(key, value)], &[]);
    let setup = Setup::plain(Clock::frozen(0), Depth::Truecolor, Charset::Unicode);
    let backend = Arc::new(Fixed::new(vec![trace]));
    let first = Some(single::ID);
    let mut harness = Harness::start(setup, backend, Arc::new(Alone), first, size).await;
    // On narrow screens headings have a line of their own.
    let down = if size.0 < 96 { "j" } else { "" };
    let keys = format!("<Enter>/{key}<Enter>{down}<Enter>");
    harness.keys(&keys).await.unwrap();
    harness
}

fn has(harness: &Harness, part: &str) -> bool {
    harness.text().contains(part)
}

/// An order, as a service logs it.
const ORDER: &str = r#"{"order":{"id":4711,"paid":false,"items":[{"sku":"A-1","count":2},{"sku":"B-7","count":1}],"note":"ring twice"},"customer":{"id":392,"name":"José 注文"},"trace":["gateway","cart","payment"]}"#;

#[tokio::test]
async fn values_on_a_page_of_their_own() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut harness = read("order", Value::Str(ORDER), (width, height)).await;
        harness.keys("6jza/id<Enter>").await.unwrap();
        compare(&format!("pager-json-{width}x{height}.txt"), &harness.text());
        let stack = "com.shop.PaymentDeclined: card 4242 was declined by the bank of its holder\n\tat com.shop.pay.Gateway.charge(Gateway.java:118)\n\tat com.shop.pay.Service.pay(Service.java:42)\n\tat org.springframework.aop.Proxy.invoke(Proxy.java:1)\n\tat org.springframework.aop.Advice.proceed(Advice.java:2)\n\tat java.base/java.lang.Thread.run(Thread.java:833)\nCaused by: java.io.IOException: connection reset\n\tat com.shop.net.Client.send(Client.java:7)\n";
        let harness = read("exception.stacktrace", Value::Str(stack), (width, height)).await;
        compare(
            &format!("pager-stack-{width}x{height}.txt"),
            &harness.text(),
        );
    }
}

#[tokio::test]
async fn folds_open_and_close() {
    let mut harness = read("order", Value::Str(ORDER), (80, 24)).await;
    assert!(has(&harness, "\"sku\": \"A-1\","), "{}", harness.text());
    harness.keys("zM").await.unwrap();
    assert!(
        has(&harness, "\"order\": { … 4 items }"),
        "{}",
        harness.text()
    );
    assert!(!has(&harness, "sku"), "{}", harness.text());
    harness.keys("/b-7<Enter>").await.unwrap();
    assert!(
        has(&harness, "\"sku\": \"B-7\","),
        "a hit opens its folds\n{}",
        harness.text()
    );
    harness.keys("<Esc>RG").await.unwrap();
    assert!(
        has(&harness, "\"trace\":[\"gateway\""),
        "{}",
        harness.text()
    );
    harness.keys("yvq").await.unwrap();
    assert_eq!(harness.copied, [ORDER]);
}

#[tokio::test]
async fn a_string_of_json_opens_as_what_it_stands_for() {
    let value =
        r#"{"error":"E: no\n    at f (x.js:1:2)\n    at g (x.js:3:4)","padding":"0123456789"}"#;
    let mut harness = read("response", Value::Str(value), (80, 24)).await;
    harness.keys("j<Enter>").await.unwrap();
    assert!(has(&harness, "stack trace"), "{}", harness.text());
    assert!(has(&harness, "  at f (x.js:1:2)"), "{}", harness.text());
}

#[tokio::test]
async fn bytes_are_shown_as_digits_and_copied_in_base64() {
    let bytes: Vec<u8> = (0..=255).collect();
    let mut harness = read("payload", Value::Bytes(&bytes), (100, 30)).await;
    assert!(has(&harness, "00000010  10 11 12"), "{}", harness.text());
    harness.keys("yv").await.unwrap();
    assert!(
        harness.copied[0].starts_with("AAECAwQ"),
        "{:?}",
        harness.copied
    );
    harness.keys("R").await.unwrap();
    assert!(has(&harness, "AAECAwQ"), "{}", harness.text());
}

#[tokio::test]
async fn long_lines_wrap_or_scroll() {
    let text = format!("{}the end", "0123456789 ".repeat(100));
    let mut harness = read("log", Value::Str(&text), (80, 24)).await;
    harness.keys("G").await.unwrap();
    assert!(has(&harness, "the end"), "{}", harness.text());
    harness.keys("vw").await.unwrap();
    assert!(!has(&harness, "the end"), "{}", harness.text());
    harness.keys("70l").await.unwrap();
    assert!(has(&harness, "the end"), "{}", harness.text());
}

#[tokio::test]
async fn ten_megabytes_of_anything_are_read() {
    let tricky = "a\u{202e}b\u{200b}c\x1b[31m注é\u{301}\u{301} \u{1f468}\u{200d}\u{1f469}";
    for text in [
        tricky.repeat(300_000),
        "x".repeat(10 << 20),
        "\n".repeat(1 << 20),
    ] {
        let mut harness = read("body", Value::Str(&text), (80, 24)).await;
        harness.keys("G/a<Enter>n").await.unwrap();
        let seen = harness.text();
        assert!(!seen.contains('\u{202e}') && !seen.contains('\x1b'));
        assert!(
            seen.lines().all(|line| crate::text::width(line) == 80),
            "{seen}"
        );
        harness.keys("yv").await.unwrap();
        assert_eq!(
            harness.copied[0].len(),
            text.len(),
            "all of it is one key away"
        );
    }
}
