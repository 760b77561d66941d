//! Large documents, read in pieces.

use super::*;

#[test]
fn many_lines_come_in_several_blocks_and_places_stay_right() {
    let mut lines: Vec<String> = (1..=40_000).map(line).collect();
    lines[30_000] = line(1).replace("\"01\"", "{}");
    let text = lines.join("\n");
    let (kept, _) = read_bytes(text.as_bytes());
    assert_eq!(kept.ids().len(), 39_999);
    assert!(kept.blocks.len() > 2 && kept.blocks[0].len() < 4_000);
    let place = &kept.problems[0].place;
    assert_eq!(
        (place.line, place.path.as_str()),
        (Some(30_001), "resourceSpans[0].scopeSpans[0].spans[0]")
    );
    let column = lines[..30_000]
        .iter()
        .map(|line| line.len() + 1)
        .sum::<usize>()
        + lines[30_000].find("{}").unwrap();
    assert_eq!(place.offset, Some(column as u64));
}

#[test]
fn one_large_document_comes_in_several_blocks() {
    let batches: Vec<String> = (1..=20_000)
        .map(|id| line(id)[18..].strip_suffix("]}").unwrap().to_owned())
        .collect();
    let text = format!("{{\"resourceSpans\": [\n{}\n] }}", batches.join(",\n"));
    let (kept, _) = read_bytes(text.as_bytes());
    assert_eq!(kept.messages(), [""; 0]);
    assert_eq!(kept.ids(), (1..=20_000).collect::<Vec<_>>());
    assert!(kept.blocks.len() > 1);
}

fn jaeger_trace(spans: usize) -> String {
    let span = |id: usize| {
        let process = id % 3;
        format!(
            r#"{{"traceID":"1","spanID":"{:x}","operationName":"{:070}","processID":"p{process}"}}"#,
            id + 1,
            0
        )
    };
    let spans: Vec<_> = (0..spans).map(span).collect();
    let processes = r#""processes":{"p0":{"serviceName":"s0"},"p1":{"serviceName":"s1"}}"#;
    let spans = spans.join(",");
    format!(r#"{{"data":[{{"traceID":"1","spans":[{spans}],{processes}}}],"total":0}}"#)
}

#[test]
fn a_large_trace_of_jaeger_is_read_in_pieces_and_knows_its_processes() {
    let text = jaeger_trace(60_000);
    let read_within = |limits: Limits| {
        let options = ReadOptions {
            limits,
            ..ReadOptions::default()
        };
        let mut kept = Kept::default();
        let inputs = read("in", &mut text.as_bytes(), &options, &mut kept);
        assert_eq!(inputs[0].spans, 60_000);
        kept
    };
    let services = |kept: &Kept| {
        let mut counts = BTreeMap::<String, usize>::new();
        for block in &kept.blocks {
            for row in 0..block.len() {
                let service = block.span(row as u32).service().to_owned();
                *counts.entry(service).or_default() += 1;
            }
        }
        counts
    };
    let kept = read_within(Limits::default());
    assert!(kept.blocks.len() > 1);
    assert!(kept.ids().into_iter().eq(1..=60_000));
    let counts = services(&kept);
    let thirds = ["", "s0", "s1"].map(|name| (name.to_owned(), 20_000));
    assert_eq!(counts, BTreeMap::from(thirds));
    let missing = kept.messages();
    assert!(
        missing
            .iter()
            .all(|line| line.contains("no process \"p2\""))
    );
    assert!(!missing.is_empty());
}

#[test]
fn what_breaks_off_in_a_large_trace_costs_what_is_behind() {
    let text = jaeger_trace(60_000);
    let (kept, _) = read_bytes(&text.as_bytes()[..text.len() / 2]);
    let found = kept.ids().len();
    assert!((29_000..31_000).contains(&found), "{found}");
    let truncated = |problem: &&Problem| problem.reason == Reason::Truncated;
    assert_eq!(kept.problems.iter().filter(truncated).count(), 1);
    assert!(kept.problems.len() < 10, "{:?}", kept.messages());
}
