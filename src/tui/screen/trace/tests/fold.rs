//! What is not shown: folded spans, alike siblings as one row, hidden services.

use super::*;

#[tokio::test]
async fn folds_hide_rows_and_say_what_they_hide() {
    let mut harness = ride((120, 40)).await;
    harness.keys("zM").await.unwrap();
    assert!(
        here(&harness).contains("▸ frontend  HTTP GET /dispatch  14 (✗1)"),
        "{}",
        harness.text()
    );
    assert!(
        here(&harness).contains("██████"),
        "a fold shows the critical work that it hides"
    );
    harness.keys("z2").await.unwrap();
    assert!(row(&harness, "FindNearest").contains("4 (✗1)"));
    harness.keys("e").await.unwrap();
    assert!(
        here(&harness).contains("GetDriver"),
        "a jump opens the folds over its span"
    );
    harness.keys("h").await.unwrap();
    assert!(
        here(&harness).contains("FindNearest"),
        "from a leaf to the parent"
    );
    harness.keys("hzR10j").await.unwrap();
    assert!(
        row(&harness, " 15/15").contains("15/15"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn alike_siblings_are_one_row_that_opens_in_place() {
    let trace = scenario::trace(
        "a: r 0..100\n  b: get 1..11\n  b: get 20..30 error msg=boom\n  b: get 31..33\n  b: get 34..60\n  b: get 61..62\n  b: put 70..80\n",
    );
    let mut harness = opened(trace).await;
    assert!(
        row(&harness, "×5 alike").contains("b  get  ×5 alike (✗1)"),
        "{}",
        harness.text()
    );
    harness.keys("j").await.unwrap();
    assert!(row(&harness, "longest 5").contains("26.0 ms"));
    assert!(
        row(&harness, "── b get").contains("median 10.0 ms"),
        "{}",
        harness.text()
    );
    harness.keys("J").await.unwrap();
    assert!(here(&harness).contains("put"), "{}", harness.text());
    harness.keys("Kl").await.unwrap();
    assert!(harness.text().contains(" 2/8"), "{}", harness.text());
    harness.keys("jjhh").await.unwrap();
    assert!(
        here(&harness).contains("▸ b  get  ×5"),
        "{}",
        harness.text()
    );
    harness.keys("e").await.unwrap();
    assert!(here(&harness).contains("b  get") && here(&harness).contains('✗'));
}

#[tokio::test]
async fn services_are_hidden_both_ways_and_come_back() {
    let mut harness = ride((120, 40)).await;
    harness.keys("3jxs").await.unwrap();
    assert!(!harness.text().contains("mysql  SQL"), "{}", harness.text());
    assert!(row(&harness, " waterfall").contains("without mysql: 1 span hidden"));
    harness.keys("xxggjxS").await.unwrap();
    assert!(
        row(&harness, "customer  HTTP GET").starts_with(" ▌ ▾ customer"),
        "what a hidden service called stands in its place\n{}",
        harness.text()
    );
    harness.keys("xxggxs").await.unwrap();
    assert!(harness.text().contains("that would leave no span"));
    harness.keys("/getdriver<Enter>&").await.unwrap();
    assert!(harness.text().contains(" 3/5"), "{}", harness.text());
    harness.keys("<Esc>").await.unwrap();
    assert!(harness.text().contains("/15"), "{}", harness.text());
}

#[tokio::test]
async fn statistics_count_what_is_in_sight() {
    let mut harness = ride((160, 40)).await;
    harness.keys("3jxsvs,s").await.unwrap();
    let said = row(&harness, "waterfall │");
    assert!(said.contains("without mysql: 1 span hidden"), "{said}");
    assert!(said.contains("by service"), "{said}");
    let first = |harness: &Harness| rows(harness)[4].clone();
    assert!(first(&harness).contains("route "), "{}", first(&harness));
    harness.keys("xx").await.unwrap();
    assert!(first(&harness).contains("mysql "), "{}", first(&harness));
    harness.keys("/getdriver<Enter>&").await.unwrap();
    assert!(first(&harness).contains("redis "), "{}", first(&harness));
}

#[tokio::test]
async fn the_ancestors_of_the_top_row_stay_in_view() {
    let calls: Vec<String> = (0..60)
        .map(|n| format!("    b: op{n} {n}..{}\n", n + 1))
        .collect();
    let text = format!("a: root 0..100\n  a: middle 0..90\n{}", calls.concat());
    let mut harness = opened(scenario::trace(&text)).await;
    harness.keys("G").await.unwrap();
    let shown = rows(&harness);
    let at = |part: &str| shown.iter().position(|row| row.contains(part));
    let (root, middle) = (at("a  root"), at("a  middle"));
    assert!(
        root.is_some() && middle == root.map(|at| at + 1),
        "{}",
        harness.text()
    );
    assert!(here(&harness).contains("op59"));
}

#[tokio::test]
async fn a_folded_call_names_who_answers_and_pills_tell_the_protocol() {
    let trace = scenario::trace(
        "a: GET 0..100 client http.request.method=GET http.status_code=503\n  b: GET /x 1..99 server\n    b: q 2..3 client peer.service=mysql\n",
    );
    let mut harness = opened(trace).await;
    assert!(row(&harness, "b → mysql  q").contains("b → mysql"));
    harness.keys("za").await.unwrap();
    assert!(
        here(&harness).contains("a → b / GET /x  2  503"),
        "{}",
        harness.text()
    );
}
