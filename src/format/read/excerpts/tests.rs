use super::*;

fn documents(text: &str) -> (Vec<(String, u64, u64)>, u64) {
    let mut source = text.as_bytes();
    let mut excerpts = Excerpts::new(&mut source);
    let mut found = Vec::new();
    while let Ok(Some((document, piece))) = excerpts.next() {
        let text = String::from_utf8(document).unwrap();
        found.push((text, piece.offset, piece.lines));
    }
    (found, excerpts.other_lines)
}

#[test]
fn documents_are_found_among_other_lines() {
    let (found, others) =
        documents("hello {x}\nINFO: {\"a\":1}\n{\n  \"b\": 2\nnoise\n  ,\"c\": 3\n}\nbye\n");
    assert_eq!(
        found,
        [
            ("{\"a\":1}\n".to_owned(), 16, 1),
            ("{\n  \"b\": 2\n     \n  ,\"c\": 3\n}\n".to_owned(), 24, 2),
        ]
    );
    assert_eq!(others, 3);
}

#[test]
fn prefixes_of_lines_are_blanked() {
    let text = "web-1 10:01 | {\nweb-1 10:02 |   a: 1\nother | x\nweb-1 10:03 | }\n";
    let (found, others) = documents(text);
    let (document, offset, line) = &found[0];
    assert_eq!((*offset, *line, others), (14, 0, 1));
    assert_eq!(
        document.split_whitespace().collect::<Vec<_>>(),
        ["{", "a:", "1", "}"]
    );
    assert_eq!(document.len(), text.len() - 14);
}

#[test]
fn what_breaks_off_ends_where_the_next_begins() {
    let (found, others) = documents("{\n  a: 1,\n{\n  b: 2\n}\n{\n  c");
    let texts: Vec<&str> = found.iter().map(|(text, ..)| text.as_str()).collect();
    assert_eq!(texts, ["{\n  a: 1,\n", "{\n  b: 2\n}\n", "{\n  c"]);
    assert_eq!(others, 0);
    let (found, others) = documents("func main() {\nx\ny\nz\nq\nINFO: {\"a\":1}\n");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0.as_str(), others), ("{\"a\":1}\n", 5));
}
