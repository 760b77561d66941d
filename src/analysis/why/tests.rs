//! Why lines of small traces, word for word.

use std::fmt::Write as _;

use super::*;
use crate::analysis::critical_path;
use crate::model::scenario;

const RIDE: &str = "\
frontend: GET /dispatch 0..739 server
  frontend: GET /customer 0..301 client
    customer: GET /customer 1..300 server
      mysql: SELECT 2..300 client +2:Waiting_for_lock +151:Acquired_lock
  driver: FindNearest 302..506 server
    redis: GetDriver 304..344 client
    redis: GetDriver 344..384 client error msg=timeout
    redis: GetDriver 384..424 client
    redis: GetDriver 424..464 client
    redis: GetDriver 464..504 client
  route: GET /route 510..739 server
";

fn told(text: &str) -> Why {
    let trace = scenario::trace(text);
    let path = critical_path(&trace);
    why(&trace, &path, None, Charset::Unicode)
}

#[test]
fn the_line_says_who_has_the_time() {
    let why = told(RIDE);
    let expected = "40 % of 739 ms is mysql SELECT, own work; 149 ms of it waits for a lock \
                    · route 31 % · redis 27 % · rest 2 %";
    assert_eq!(why.line.as_str(), expected);
    let texts: Vec<&str> = why
        .findings
        .iter()
        .map(|finding| finding.text.as_str())
        .collect();
    let expected = [
        "mysql SELECT has 40 % of the time, 298 ms in 1 span, own work",
        "route GET /route has 31 % of the time, 229 ms in 1 span, own work",
        "redis GetDriver has 27 % of the time, 200 ms in 5 spans, own work",
        "5 calls of redis GetDriver below driver FindNearest, one after another: 27 % of the time",
        "mysql SELECT waits 149 ms for a lock",
        "redis GetDriver failed 1 of 5 times: timeout, driver FindNearest went on",
        "frontend GET /customer, driver FindNearest and route GET /route run one after another \
         below frontend GET /dispatch: side by side, if none needs the other, they would save up \
         to 433 ms",
    ];
    assert_eq!(texts, expected);
    assert_eq!(why.findings[0].evidence, Evidence::Spans(vec![3]));
}

#[test]
fn a_failed_trace_says_so_first() {
    let why = told("a: r 0..10 server error\n  b: s 1..9 error msg=boom\n");
    assert_eq!(
        why.line.as_str(),
        "failed: b s: boom · 80 % of 10.0 ms is b s, own work · a 20 %"
    );
    assert_eq!(
        why.findings[0].text.as_str(),
        "b s failed: boom, and with it a r"
    );
}

#[test]
fn where_no_operation_leads_a_service_does() {
    let mut text = String::from("a: r 0..100\n");
    for n in 0..50 {
        _ = writeln!(text, "  s{}: op{n} {}..{}", n % 2, n * 2, n * 2 + 2);
    }
    let why = told(&text);
    assert_eq!(
        why.line.as_str(),
        "50 % of 100 ms is s0, in many operations · s1 50 %"
    );
    assert_eq!(why.findings, []);
}

#[test]
fn a_root_that_ends_long_before_its_trace_is_not_what_is_explained() {
    let why = told("a: r 0..10\n  b: later 9..80\n    c: job 70..100\n");
    assert_eq!(
        why.line.as_str(),
        "61 % of 100 ms is b later, beyond its root · c job 30 % · a r 9 % · its root took 10.0 ms"
    );
    assert_eq!(
        why.findings[0].text.as_str(),
        "b later runs 61.0 ms of the 100 ms that the trace takes, 61 %"
    );
    assert_eq!(why.findings[0].evidence, Evidence::Spans(vec![1]));
    let idle = told("a: r 0..0\n  b: poll 60..70 consumer\n  b: poll 95..100 consumer\n");
    assert_eq!(
        idle.line.as_str(),
        "85 % of 100 ms no span runs, 60.0 ms of it before b poll · b poll 15 % · its root took 0"
    );
    assert_eq!(idle.findings[0].evidence, Evidence::Spans(vec![1]));
    let later = "a: r 0..10\n  b: later 9..15\n";
    assert!(told(later).line.as_str().starts_with("90 % of 10.0 ms is"));
}

#[test]
fn calls_by_any_name_are_told_apart_from_work() {
    let text = "a: r 0..100 internal\n  a: Cart/Get 0..90 internal\n    b: grpc.Cart/Get 70..80 internal\n";
    let why = told(text);
    let expected = "80 % of 100 ms is a Cart/Get, between it and b · b 10 % · other a 10 %";
    assert_eq!(why.line.as_str(), expected);
    let mixed = "a: get 0..100 server\n  a: get 10..60 client\n    b: x 20..30 server\n";
    assert!(
        told(mixed)
            .line
            .as_str()
            .contains("a get, 40.0 ms of it between it and b"),
        "{}",
        told(mixed).line
    );
}

#[test]
fn clocks_that_differ_do_not_accuse_the_wrong_one() {
    let text = "a: get 60..160 server\n  a: post 65..155 client\n    b: post 0..88 server\n      b: sql 2..80\n";
    let why = told(text);
    assert_eq!(
        why.line.as_str(),
        "with clocks corrected, 78 % of 100 ms is b sql, own work · a 12 % · other b 10 % \
         · they differ by up to 65.0 ms"
    );
    assert_eq!(why.findings[0].evidence, Evidence::Spans(vec![3]));
    let last = why.findings.last().unwrap();
    assert_eq!(last.kind, FindingKind::ClockSkew);
    let hardly = told("a: get 10..110\n  b: post 9..50\n");
    assert!(
        hardly.line.as_str().starts_with("60 % of 100 ms is"),
        "{}",
        hardly.line
    );
}

#[test]
fn a_fragment_is_explained_and_said_to_be_one() {
    let why = told("a: x 0..10 parent=99\n");
    assert_eq!(
        why.line.as_str(),
        "all of 10.0 ms is a x, own work · the root is missing: this is of what is left"
    );
    assert_eq!(
        told("a: x 0..10\n").line.as_str(),
        "all of 10.0 ms is a x, own work"
    );
}

#[test]
fn the_shape_of_calls_is_told_in_sentences() {
    let text = "a: r 0..6000\n  b: get 0..1000 client error key=1\n  b: get 1500..2500 client error key=1\n  \
                b: get 4000..4200 client key=1\n  c: put 4200..5990 client\n    d: handle 5800..5990 server\n";
    let findings = told(text).findings;
    let all: Vec<&str> = findings
        .iter()
        .map(|finding| finding.text.as_str())
        .collect();
    for expected in [
        "b get was tried 3 times below a r, with growing pauses: the last attempt succeeded, \
         4.00 s went by before it",
        "1.50 s of a r lie between two calls, and no span or event tells of them",
        "1.60 s between c and d handle, which worked 190 ms: the network, or a queue before it",
        "b get failed after 1.00 s, as if a limit of 1.00 s ran out",
    ] {
        assert!(all.contains(&expected), "{expected} in {all:#?}");
    }
}
