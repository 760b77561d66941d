//! Cutting, and that nothing is lost by it.

use super::*;
use crate::format::read::decoders::Cut;
use proptest::prelude::*;

fn cut(text: &str, cut: Cut, pace: Pace) -> Vec<Text> {
    let mut source = text.as_bytes();
    let mut pieces = Pieces::new(&mut source, 8 << 20, cut);
    let mut all = Vec::new();
    while let Ok(Some(piece)) = pieces.next(pace, Vec::new) {
        all.push(piece);
    }
    all
}

fn pieces(text: &str, only_lists: bool) -> Vec<String> {
    let lists = if only_lists {
        Cut::Lists
    } else {
        Cut::Elements
    };
    let all = cut(text, lists, Pace::AtOnce);
    all.into_iter()
        .map(|piece| String::from_utf8(piece.bytes).unwrap())
        .collect()
}

#[test]
fn a_large_element_is_cut_within_and_what_is_behind_it_is_sought_ahead() {
    let spans: Vec<String> = (0..40_000)
        .map(|id| format!(r#"{{"spanID":"{id:060x}","processID":"p1"}}"#))
        .collect();
    let processes = r#"{"p1":{"serviceName":"shop"}}"#;
    let text = format!(
        r#"{{"data":[{{"traceID":"1","spans":[{}],"processes":{processes},"warnings":null}},{{"traceID":"2"}}]}}"#,
        spans.join(",")
    );
    let within = crate::format::read::decoders::of(crate::format::Format::JaegerJson).cut;
    let all = cut(&text, within, Pace::Steadily);
    assert!(all.len() > 3, "{}", all.len());
    let mut found = 0;
    for (index, piece) in all.iter().enumerate() {
        let document: serde_json::Value = serde_json::from_slice(&piece.bytes).unwrap();
        for trace in document["data"].as_array().unwrap() {
            found += trace["spans"].as_array().map_or(0, Vec::len);
        }
        let sought = piece.sought.as_ref().and_then(|behind| behind.get());
        let goes_on = index + 1 < all.len() && found > 0;
        assert_eq!(
            sought.map(Vec::as_slice),
            goes_on.then_some(processes.as_bytes())
        );
        let text = &text.as_bytes()[piece.piece.offset as usize..];
        assert!(text.starts_with(&piece.bytes[piece.piece.prefix..][..20]));
    }
    assert_eq!(found, spans.len());
}

#[test]
fn documents_and_elements_are_cut_apart() {
    assert_eq!(
        pieces("{\"a\":[1,2]}\n{}", false),
        ["{\"a\":[1,2]}", "\n{}"]
    );
    assert_eq!(
        pieces(
            r#"{"total":2,"data":[{"x":[1,2],"s":"],[\\\""}, {"y":1}],"z":[1,2]}"#,
            false
        ),
        [
            r#"{"total":2,"data":[{"x":[1,2],"s":"],[\\\""}]}"#,
            r#"{"total":2,"data":[ {"y":1}],"z":[1,2]}"#
        ]
    );
    assert_eq!(
        pieces("[{\"a\":1},{\"b\":2}]", false),
        ["[{\"a\":1}]", "[{\"b\":2}]"]
    );
    assert_eq!(
        pieces("[{\"a\":1},{\"b\":2}]", true),
        ["[{\"a\":1},{\"b\":2}]"]
    );
    assert_eq!(pieces("[[{}],[{}]]", true), ["[[{}]]", "[[{}]]"]);
    assert_eq!(
        pieces(r#"{"spans":[{},{}],"data":[1,2]}"#, false),
        [
            r#"{"spans":[{},{}],"data":[1]}"#,
            r#"{"spans":[{},{}],"data":[2]}"#
        ]
    );
}

#[test]
fn a_broken_line_ends_at_its_end() {
    let text = "{\"a\":[{\"b\":\"cut of\n{\"c\":1}\n{\"d\":[{\n{\"e\":1},\n{\"f\":2}]}";
    let found = pieces(text, false);
    assert_eq!(found[0], "{\"a\":[{\"b\":\"cut of");
    assert_eq!(found[1], "\n{\"c\":1}");
}

proptest! {
    #[test]
    fn nothing_is_lost(lists in prop::collection::vec(prop::collection::vec("[a-z\"\\\\\n{}\\[\\],]{0,5}", 0..4), 0..5), wrap: bool) {
        let mut text = String::new();
        for list in &lists {
            let document = if wrap { serde_json::json!({"data": list, "x": [1, 2]}) } else { serde_json::json!(list) };
            text.push_str(&document.to_string());
        }
        let mut found = Vec::new();
        for piece in pieces(&text, false) {
            for document in serde_json::Deserializer::from_str(&piece).into_iter::<serde_json::Value>() {
                let document = document.unwrap();
                let list = if wrap { &document["data"] } else { &document };
                found.extend(list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()));
            }
        }
        prop_assert_eq!(found, lists.concat());
    }
}

#[test]
fn spans_of_one_trace_stay_together_unless_they_are_too_many() {
    let groups = Cut::Groups("traceId");
    let span = |trace: usize, id: usize| {
        format!(
            r#"{{"traceId":"{trace:x}","id":"{id:x}","tags":{{"x":"{}"}}}}"#,
            "y".repeat(400)
        )
    };
    let spans = |count: usize, of: fn(usize) -> usize| -> Vec<String> {
        (0..count).map(|id| span(of(id), id + 1)).collect()
    };
    let ids = |piece: &Text| -> Vec<(String, String)> {
        let document: serde_json::Value = serde_json::from_slice(&piece.bytes).unwrap();
        let lists = document.as_array().unwrap().iter();
        let spans = lists.flat_map(|item| item.as_array().cloned().unwrap_or(vec![item.clone()]));
        let text = |span: &serde_json::Value, key: &str| span[key].as_str().unwrap().to_owned();
        spans
            .map(|span| (text(&span, "traceId"), text(&span, "id")))
            .collect()
    };
    // Seven spans a trace, in one flat list.
    let all = cut(
        &format!("[{}]", spans(20_000, |id| id / 7).join(",")),
        groups,
        Pace::Steadily,
    );
    assert!(all.len() > 5, "{}", all.len());
    let pieces: Vec<_> = all.iter().map(ids).collect();
    assert_eq!(pieces.iter().map(Vec::len).sum::<usize>(), 20_000);
    for pair in pieces.windows(2) {
        assert_ne!(
            pair[0].last().unwrap().0,
            pair[1][0].0,
            "a trace in two pieces"
        );
    }
    // One trace, alone and as one of two lists.
    let one = spans(30_000, |_| 7).join(",");
    for text in [format!("[{one}]"), format!("[[{one}],[{}]]", span(8, 1))] {
        let all = cut(&text, groups, Pace::Steadily);
        assert!((3..6).contains(&all.len()), "{}", all.len());
        let read = all.iter().map(|piece| ids(piece).len()).sum::<usize>();
        assert!(read >= 30_000, "{read}");
    }
}

#[test]
fn what_is_too_large_costs_its_document() {
    let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(9 << 20));
    let text = format!("{{\"b\":1}}\n{large}\n {large}\n{{\"c\":2}}\n");
    let mut source = text.as_bytes();
    let mut pieces = Pieces::new(&mut source, 8 << 20, Cut::Elements);
    let (mut read, mut told) = (Vec::new(), Vec::new());
    loop {
        match pieces.next(Pace::Steadily, Vec::new) {
            Ok(Some(text)) => read.push((text.piece.lines, text.bytes.trim_ascii().to_owned())),
            Ok(None) => break,
            Err(failure) => told.push(failure.message),
        }
    }
    assert_eq!(told, ["more than 8 MiB in which there is nowhere to cut"]);
    read.retain(|(_, bytes)| !bytes.is_empty());
    let expected = [(0, &b"{\"b\":1}"[..]), (3, b"{\"c\":2}")];
    assert_eq!(read, expected.map(|(line, bytes)| (line, bytes.to_owned())));
}
