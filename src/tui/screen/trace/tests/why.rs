//! What is told of where the time went.

use super::*;

#[tokio::test]
async fn bars_tell_own_work_from_waiting_and_the_critical_path() {
    let harness = ride((120, 40)).await;
    assert!(
        row(&harness, "HTTP GET /customer").contains("──────── 300 ms"),
        "{}",
        harness.text()
    );
    assert!(
        row(&harness, "mysql  SQL SELECT").contains("██◇███"),
        "{}",
        harness.text()
    );
    assert!(
        row(&harness, "53.0 ms").contains("▄▄▄"),
        "{}",
        harness.text()
    );
    assert!(
        row(&harness, "HTTP GET /dispatch                ─").contains("739 ms"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn the_why_line_leads_to_its_evidence() {
    let mut harness = ride((120, 40)).await;
    assert!(
        row(&harness, " why  ").contains("mysql SQL SELECT"),
        "{}",
        harness.text()
    );
    harness.keys("w").await.unwrap();
    assert!(
        !here(&harness).contains("HTTP GET /dispatch"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn a_span_slow_for_its_kind_says_so() {
    let calls: Vec<String> = (0..40)
        .map(|n| format!("  b: get {n}.0..{n}.5\n  b: put {n}.5..{n}.6\n"))
        .collect();
    let calls = calls.concat();
    let trace = scenario::trace(&format!("a: r 0..100\n{calls}  b: get 41..99\n"));
    let mut harness = opened(trace).await;
    harness.keys("G").await.unwrap();
    assert!(here(&harness).contains('▲'), "{}", harness.text());
    assert!(
        row(&harness, "── b get").contains("slower than 98 % of 41 like it"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn the_longest_own_times_come_one_after_the_other() {
    let mut harness = ride((120, 40)).await;
    harness.keys("]l").await.unwrap();
    assert!(here(&harness).contains("mysql"), "{}", harness.text());
    harness.keys("]l").await.unwrap();
    assert!(here(&harness).contains("route  HTTP GET /route"));
    harness.keys("[l").await.unwrap();
    assert!(here(&harness).contains("mysql"));
}
