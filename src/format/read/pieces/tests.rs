//! Cutting, and that nothing is lost by it.

use super::*;
use proptest::prelude::*;

fn pieces(text: &str, only_lists: bool) -> Vec<String> {
    let mut source = text.as_bytes();
    let mut pieces = Pieces::new(
        &mut source,
        1 << 20,
        if only_lists {
            Cut::Lists
        } else {
            Cut::Elements
        },
    );
    let mut all = Vec::new();
    while let Ok(Some((piece, _))) = pieces.next(true) {
        all.push(String::from_utf8(piece.to_vec()).unwrap());
    }
    all
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
