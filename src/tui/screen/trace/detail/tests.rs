//! What is told of spans, and how it folds.

use super::*;
use crate::model::{Notes, scenario};
use crate::tui::screen::trace::links::BackLinks;

const ROOM: Room = Room {
    width: 100,
    height: 7,
};

fn tell(trace: &Trace, span: usize) -> Detail {
    let mut detail = Detail::default();
    let back = BackLinks::of(trace);
    let known = Known {
        trace,
        explained: None,
        finding: None,
        back: &back,
        notes: &Notes::of(trace),
        charset: Charset::Unicode,
        range: None,
    };
    detail.tell(&known, Some(span));
    detail
}

fn shop() -> Trace {
    scenario::trace("shop: GET 0..100 error msg=boom n=7 k=v +3:lock res.host=a\n")
}

/// Key and value of each line.
fn told(detail: &Detail, trace: &Trace) -> Vec<(String, String)> {
    let lines = detail.lines(trace, ROOM);
    let words = |line: &Line| (line.key.to_string(), format!("{}{}", line.word, line.value));
    lines.list.iter().map(words).collect()
}

fn to(detail: &mut Detail, trace: &Trace, wanted: impl Fn(&Line) -> bool) {
    let at = detail.lines(trace, ROOM).list.iter().position(wanted);
    detail.list.follow(at.expect("a line like that"));
}

#[test]
fn sections_have_a_heading_and_fold_to_a_preview() {
    let trace = shop();
    let detail = tell(&trace, 0);
    let lines = detail.lines(&trace, ROOM);
    let headings: Vec<_> = lines.list.iter().filter_map(|line| line.heading).collect();
    assert_eq!(
        headings,
        [
            ("status", 1),
            ("attributes", 2),
            ("events", 1),
            ("resource", 2),
            ("scope", 1),
            ("times", 5),
            ("ids", 4)
        ]
    );
    let resource = lines
        .list
        .iter()
        .find(|line| line.section == Section::Resource);
    assert_eq!(
        resource.unwrap().value.as_str(),
        "service.name shop · host a"
    );
}

#[test]
fn a_section_opens_in_place() {
    let trace = shop();
    let mut detail = tell(&trace, 0);
    to(&mut detail, &trace, |line| {
        line.section == Section::Resource
    });
    detail.fold(None, &trace, ROOM);
    let line = detail.line(&trace, ROOM).unwrap();
    let whole = detail.whole(&trace, &line).unwrap();
    assert_eq!(
        (whole.key.as_ref(), whole.text().as_ref()),
        ("service.name", "shop")
    );
    assert_eq!(whole.json(), r#"{"key":"service.name","value":"shop"}"#);
    detail.fold(Some(true), &trace, ROOM);
    assert!(
        detail
            .lines(&trace, ROOM)
            .folded
            .contains(&Section::Resource)
    );
}

#[test]
fn json_is_a_tree_that_folds() {
    let trace = scenario::trace(
        "a: r 0..9 body={\"items\":[1,2,3,4,5,6,7,8,9,10,11,12],\"customer\":{\"name\":\"x\"},\"n\":1}\n",
    );
    let mut detail = tell(&trace, 0);
    let lines: Vec<String> = told(&detail, &trace)
        .into_iter()
        .take(5)
        .map(|line| line.1)
        .collect();
    let wanted = [
        "{",
        "\"items\":[ … 12 items ]",
        "\"customer\":{ … 1 item }",
        "\"n\":1",
        "}",
    ];
    assert_eq!(lines, wanted);
    to(&mut detail, &trace, |line| {
        line.word.as_str() == "\"items\":"
    });
    detail.fold(Some(false), &trace, ROOM);
    assert!(told(&detail, &trace).iter().any(|line| line.1 == "12"));
    detail.list.follow(detail.list.cursor() + 3);
    detail.fold(Some(true), &trace, ROOM);
    assert!(
        !told(&detail, &trace).iter().any(|line| line.1 == "12"),
        "what holds it folds"
    );
}

#[test]
fn the_filter_keeps_what_has_the_text() {
    let trace = shop();
    let mut detail = tell(&trace, 0);
    detail.filter.insert_str("SHO");
    detail.narrowed();
    assert_eq!(
        told(&detail, &trace),
        [("service.name".to_owned(), "shop".to_owned())]
    );
    detail.filter.insert_str("xyz");
    detail.narrowed();
    assert!(told(&detail, &trace).is_empty());
}

#[test]
fn narrow_panes_have_headings_of_their_own() {
    let trace = shop();
    let detail = tell(&trace, 0);
    let lines = detail.lines(
        &trace,
        Room {
            width: 50,
            height: 9,
        },
    );
    assert_eq!((lines.x, lines.list[0].heading), (5, Some(("status", 1))));
    assert!(lines.list[0].value.as_str().is_empty());
    assert_eq!(lines.list[1].key.as_str(), "error");
}
