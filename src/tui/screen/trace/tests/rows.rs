//! What stands on the rows of the waterfall beside a span's name: guides, signs, links, what is
//! hidden.

use super::*;
use crate::model::{SpanId, Sym};

#[tokio::test]
async fn guides_lead_from_parents_to_their_later_children() {
    let harness = ride((120, 40)).await;
    let guides = |part: &str| {
        let row = row(&harness, part);
        let name = row.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
        row[..name].matches('│').count()
    };
    assert_eq!(guides("mysql  SQL"), 1, "{}", harness.text());
    assert_eq!(guides("GetDriver"), 2, "{}", harness.text());
    assert_eq!(guides("route  HTTP GET /route  "), 1, "{}", harness.text());
    let last = rows(&harness)
        .into_iter()
        .rfind(|row| row.contains("route  HTTP GET /route"));
    assert!(!last.unwrap().contains('│'), "{}", harness.text());
}

#[tokio::test]
async fn signs_and_summaries_tell_what_sort_of_call_it_is() {
    let trace = scenario::trace(
        "shop: root 0..100 server http.method=GET http.route=/cart http.status_code=200
  shop: q 1..9 client db.system=mysql db.operation=SELECT db.sql.table=cart
  shop: cart.Cart/Add 10..19 client rpc.system=grpc rpc.service=cart.Cart rpc.method=Add
  shop: send 20..29 producer messaging.system=kafka messaging.operation=publish messaging.destination.name=orders
  shop: ask 30..39 client gen_ai.operation.name=chat gen_ai.request.model=pointer-1
  shop: plain 40..49
",
    );
    let harness = show(trace, (160, 40)).await;
    for told in [
        "shop / root  GET /cart 200",
        "shop ≡ q  SELECT cart mysql",
        "shop ⇄ cart.Cart/Add  grpc",
        "shop ⇢ send  publish orders kafka",
        "shop ✦ ask  pointer-1",
        "shop  plain",
    ] {
        assert!(harness.text().contains(told), "{told}\n{}", harness.text());
    }
}

#[tokio::test]
async fn links_out_and_in_stand_on_their_rows() {
    let mut builder = BlockBuilder::new();
    scenario::add(&mut builder, TraceId(1), "a: first 0..10\n");
    scenario::add(&mut builder, TraceId(2), "b: other 0..10\n");
    scenario::add(
        &mut builder,
        TraceId(1),
        "a: root 0..50 id=9\n  a: second 20..30 id=2\n",
    );
    builder.link(TraceId(1), SpanId(1), &[], Sym::EMPTY, 0, 0);
    builder.link(TraceId(2), SpanId(1), &[], Sym::EMPTY, 0, 0);
    let traces = Trace::all_of(&[Arc::new(builder.finish())]);
    let trace = traces.into_iter().find(|trace| trace.id() == TraceId(1));
    let harness = opened(trace.unwrap()).await;
    assert!(
        row(&harness, "a  second").contains("second »2"),
        "{}",
        harness.text()
    );
    assert!(
        row(&harness, "a  first").contains("first «"),
        "{}",
        harness.text()
    );
}

#[tokio::test]
async fn who_answers_a_folded_call_has_its_part_of_the_bar() {
    let trace = scenario::trace(
        "r: root 0..200\n  a: call 0..100 client\n    b: answer 30..70 server\n      c: deep 30..70\n  r: long 0..190\n",
    );
    let mut harness = opened(trace).await;
    harness.keys("jza").await.unwrap();
    let bar = here(&harness);
    assert!(bar.contains("a → b  answer"), "{bar}");
    let (own, inner) = (bar.find('▄'), bar.find('━'));
    assert!(own < inner && inner < bar.rfind('▄'), "{bar}");
    let hues = |harness: &Harness| {
        let (buffer, y) = (harness.buffer(), row_at(harness, "a → b"));
        let cells = (50..110).filter_map(|x| buffer.cell((x, y)));
        let drawn = cells.filter(|cell| cell.symbol() != " " && !cell.symbol().is_ascii());
        drawn.map(|cell| cell.fg).collect::<Vec<_>>()
    };
    let mut hues = hues(&harness);
    hues.dedup();
    assert_eq!(
        hues.len(),
        3,
        "the caller's, the answering service's, the caller's"
    );
    assert_eq!(hues[0], hues[2]);
}

fn row_at(harness: &Harness, part: &str) -> u16 {
    let rows = rows(harness);
    rows.iter().position(|row| row.contains(part)).unwrap() as u16
}

#[tokio::test]
async fn hidden_services_leave_a_row_that_shows_them_again() {
    let mut harness = ride((120, 40)).await;
    harness.keys("e").await.unwrap();
    harness.keys("xs").await.unwrap();
    let left = row(&harness, "hidden (✗1)");
    assert!(
        left.contains("▸ redis  4 hidden (✗1)"),
        "{}",
        harness.text()
    );
    harness.keys("xSl").await.unwrap();
    assert!(
        row(&harness, "redis  GetDriver").contains("redis"),
        "{}",
        harness.text()
    );
    harness.keys("exS").await.unwrap();
    assert!(
        row(&harness, "redis  4 hidden").contains("(✗1)"),
        "leaves have nobody to stand in their place\n{}",
        harness.text()
    );
    harness.keys("xx").await.unwrap();
    assert!(harness.text().contains("/15"), "{}", harness.text());
}

#[tokio::test]
async fn siblings_fold_together() {
    let mut harness = ride((120, 40)).await;
    harness.keys("jzj").await.unwrap();
    assert!(harness.text().contains(" 2/6"), "{}", harness.text());
    assert!(
        here(&harness).contains("frontend → customer"),
        "{}",
        harness.text()
    );
    harness.keys("zj").await.unwrap();
    assert!(harness.text().contains(" 2/15"), "{}", harness.text());
}

#[tokio::test]
async fn events_outside_of_the_time_shown_are_counted() {
    let mut harness = ride((120, 40)).await;
    harness.keys("3j").await.unwrap();
    assert!(
        row(&harness, "Acquired").contains("+151"),
        "{}",
        harness.text()
    );
    harness.keys("+++<lt><lt><lt><lt><lt><lt>").await.unwrap();
    assert!(!harness.text().contains("Waiting"), "{}", harness.text());
    assert!(
        row(&harness, "outside of the time shown").contains("1 event"),
        "{}",
        harness.text()
    );
    harness.keys("0").await.unwrap();
    assert!(harness.text().contains("Waiting"), "{}", harness.text());
}

#[tokio::test]
async fn folds_are_undone_and_done_again_as_zoom_is() {
    let mut harness = ride((120, 40)).await;
    let body = |harness: &Harness| rows(harness)[1..30].join("\n");
    let open = body(&harness);
    harness.keys("zM").await.unwrap();
    let folded = body(&harness);
    harness.keys("zrjf").await.unwrap();
    harness.keys("uu").await.unwrap();
    assert_eq!(body(&harness), folded);
    harness.keys("u").await.unwrap();
    assert_eq!(body(&harness), open);
    harness.keys("<C-r>").await.unwrap();
    assert_eq!(body(&harness), folded);
    harness.keys("zR3jxs").await.unwrap();
    assert!(harness.text().contains("without mysql"));
    harness.keys("u").await.unwrap();
    assert!(here(&harness).contains("mysql"), "{}", harness.text());
    harness.keys("9u").await.unwrap();
    harness.keys("uuuu").await.unwrap();
    assert!(harness.text().contains("nothing to undo"));
}

#[tokio::test]
async fn what_a_fold_hides_is_told_before_the_name_is() {
    let trace = scenario::trace(
        "checkout-service-v2: r 0..100\n  payment-service: CapturePaymentOfOrder 0..90 client\n    \
         ledger-service: CapturePayment 1..89 server\n      a: x 2..3 error\n      a: y 4..5\n",
    );
    let mut harness = show(trace, (80, 24)).await;
    harness.keys("jzc").await.unwrap();
    assert!(here(&harness).contains("  3 (✗1)"), "{}", harness.text());
}

#[tokio::test]
async fn several_rows_fit_and_what_takes_no_time_is_seen() {
    let text = "a: r 0..1000\n  b: x 100..200\n  b: y 250..300\n  b: z 400..400\n";
    let mut harness = opened(scenario::trace(text)).await;
    harness.keys("j2f").await.unwrap();
    assert!(row(&harness, " waterfall").contains("200 ms from +100 ms"));
    harness.keys("2jf").await.unwrap();
    assert!(row(&harness, " waterfall").contains("10.0 ms from +395 ms"));
    harness.keys("f++++").await.unwrap();
    let ruler = &rows(&harness)[5];
    assert!(ruler.contains("400.2 ms"), "{ruler}");
}

#[tokio::test]
async fn to_the_parent_and_its_first_child_folds_stay_open() {
    let mut harness = ride((120, 40)).await;
    harness.keys("3j2[p").await.unwrap();
    assert!(here(&harness).contains("▾ frontend  HTTP GET: /customer"));
    harness.keys("]p").await.unwrap();
    assert!(here(&harness).contains("▾ customer  HTTP GET /customer"));
    harness.keys("2]c").await.unwrap();
    assert!(
        here(&harness).contains("driver  FindNearest"),
        "{}",
        harness.text()
    );
    harness.keys("3]l").await.unwrap();
    assert!(
        here(&harness).contains("redis  GetDriver"),
        "{}",
        harness.text()
    );
}
