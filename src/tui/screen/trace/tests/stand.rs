//! What `yc` copies opens exactly what was seen.

use super::*;
use crate::tui::session::standing::Standing;

/// The flags of a copied command as a standing. None of the words here holds a quote of its own.
fn read(command: &str) -> Standing {
    let mut standing = Standing::default();
    let mut quoted = command.split('\'');
    let mut words: Vec<String> = Vec::new();
    while let Some(plain) = quoted.next() {
        words.extend(plain.split_whitespace().map(str::to_owned));
        words.extend(quoted.next().map(str::to_owned));
    }
    let flags = words.iter().filter_map(|word| word.strip_prefix("--"));
    for flag in flags {
        let (key, value) = flag.split_once('=').unwrap_or((flag, ""));
        standing.set(key, value).unwrap();
    }
    standing
}

async fn again(trace: Trace, command: &str) -> Harness {
    let id = trace.id();
    let mut setup = Setup::plain(
        Clock::frozen(scenario::EPOCH.0 + 1_000_000_000),
        Depth::Truecolor,
        Charset::Unicode,
    );
    setup.standing = Some(read(command));
    let backend = Fixed::new(vec![trace]).with_trends();
    Harness::start(
        setup,
        Arc::new(backend),
        Arc::new(Alone),
        Some(id),
        (120, 40),
    )
    .await
}

/// The screen without the hint row, which says what was copied.
fn seen(harness: &Harness) -> Vec<String> {
    let mut rows = rows(harness);
    rows.pop();
    rows
}

#[tokio::test]
async fn a_copied_command_opens_exactly_this() {
    for keys in [
        "",
        "e",
        "4jzaf",
        "zM",
        "z2jjzo",
        "3jxsj",
        "xxggjxS",
        "5jxoj",
        "5jxd",
        "/getdriver<Enter>n",
        "/getdriver<Enter>&",
        "/{ status = error }<Enter>&&",
        "evf",
        "vfssI2j",
        "wvt",
        "vtsd",
        "vs,s,isd",
        "vtsnsn3j",
        "wvs",
        "ve2j",
        "vi",
        "wvj",
        "wvg",
        "c]cf",
        "ze",
        "ejf++>zg",
        "vfjjf",
        "vfs2jfI",
        "vgsj",
        "vgss",
        "vjj<Enter>j<Enter>jj",
        "wvjs",
        "vjsj<Enter>3j",
        "i",
        "j<Enter>jj",
        "j<Enter>zajjza",
        "e<Enter>/redis<Enter>j",
        "zR12jzt",
    ] {
        let mut harness = ride((120, 40)).await;
        harness.keys(keys).await.unwrap();
        let was = seen(&harness);
        harness.keys("yc").await.unwrap();
        let command = harness.copied.pop().unwrap();
        assert!(
            command.starts_with("vizsla fixed 0000000000000000000000005ce0a510"),
            "{command}"
        );
        let harness = again(scenario::trace(RIDE), &command).await;
        assert_eq!(seen(&harness), was, "after {keys}, by {command}");
    }
}

#[tokio::test]
async fn folds_of_a_large_trace_are_told_in_few_words() {
    let calls: Vec<String> = (0..2_000)
        .map(|n| {
            format!(
                "  a: op{n} {n}..{}\n    b: in 0..1\n    b: on 1..2\n",
                n + 1
            )
        })
        .collect();
    let text = format!("a: r 0..3000\n{}", calls.concat());
    let mut harness = opened(scenario::trace(&text)).await;
    harness.keys("5jzo3jyc").await.unwrap();
    let command = harness.copied.pop().unwrap();
    assert!(command.len() < 400, "{command}");
    let was = seen(&harness);
    let harness = again(scenario::trace(&text), &command).await;
    assert_eq!(seen(&harness), was, "{command}");
}

#[tokio::test]
async fn rows_that_are_no_spans_own_and_how_far_one_scrolled_are_told() {
    let calls: Vec<String> = (0..80)
        .map(|n| format!("  b: op{} {n}..{}\n", n / 10, n + 1))
        .collect();
    let text = format!("a: r 0..100\n{}  c: lost 5..6 parent=77\n", calls.concat());
    for keys in [
        "3j",
        "3jzR50jzt",
        "vt70jzz",
        "vtsd30jzt",
        "vj60jzt",
        "G",
        "G3k<Enter>j",
    ] {
        let mut harness = opened(scenario::trace(&text)).await;
        harness.keys(keys).await.unwrap();
        let was = seen(&harness);
        harness.keys("yc").await.unwrap();
        let command = harness.copied.pop().unwrap();
        let harness = again(scenario::trace(&text), &command).await;
        assert_eq!(seen(&harness), was, "after {keys}, by {command}");
    }
}
