//! A trace that grows while somebody reads in it: nothing of the place is lost.

use std::time::Duration;

use super::*;

/// What comes later: behind all that was there, within the time that the trace took before.
const LATER: &str = "\
  email: Send 600..700 client
    smtp: DATA 610..690 server error msg=greylisted
  email: Log 700..705
";

struct Growing {
    harness: Harness,
    backend: Arc<Fixed>,
    epoch: u64,
}

impl Growing {
    async fn of(trace: Trace) -> Self {
        let id = trace.id();
        let setup = Setup::plain(
            Clock::frozen(scenario::EPOCH.0 + 1_000_000_000),
            Depth::Truecolor,
            Charset::Unicode,
        );
        let backend = Arc::new(Fixed::new(vec![trace]).with_trends());
        let asked = Arc::clone(&backend);
        let size = (120, 40);
        let harness = Harness::start(setup, asked, Arc::new(Alone), Some(id), size).await;
        Self {
            harness,
            backend,
            epoch: 0,
        }
    }

    async fn grow(&mut self, trace: Trace) {
        self.backend.set(vec![trace]);
        self.epoch += 1;
        self.harness.send(Msg::Changed(self.epoch)).await;
        self.harness.advance(Duration::from_secs(2));
        self.harness.settle().await;
    }

    /// The screen without the hint row, which may say what was done last.
    fn seen(&self) -> Vec<String> {
        let mut rows = rows(&self.harness);
        rows.pop();
        rows
    }
}

#[tokio::test]
async fn whoever_reads_in_a_growing_trace_sees_what_is_seen_in_the_whole_one() {
    let mut wrong = Vec::new();
    let whole = || scenario::trace(&format!("{RIDE}{LATER}"));
    for keys in [
        "",
        "3j",
        "e<Enter>3j",
        "e<Enter>jza3jiki",
        "4jzaf",
        "zM",
        "zRz2jjzo",
        "3jxsj",
        "xxggjxS",
        "5jxo",
        "/getdriver<Enter>n",
        "/getdriver<Enter>&",
        "/getdriver<Enter>&&",
        "/redis",
        "ejf++>",
        "]l]l",
        "c",
        "wvf",
        "evf",
        "vfsI",
        "vfss",
        "vf2j<Enter>j",
        "vfjl",
        "evg",
        "vgs",
        "vgsslj",
        "vtsd",
        "vtsnsnG",
        "vt4jvw",
        "vs",
        "vs,s,i",
        "vs,ssc2j",
        "ve2j",
        "vesnj",
        "vij",
        "wvj<Enter>5j",
        "vjj<Enter>vt",
        "vfsIvt",
        "vfsIvtsdvs,svw",
    ] {
        let mut growing = Growing::of(scenario::trace(RIDE)).await;
        growing.harness.keys(keys).await.unwrap();
        growing.grow(whole()).await;
        let mut at_once = Growing::of(whole()).await;
        at_once.harness.keys(keys).await.unwrap();
        differ(&growing, &at_once, keys, "", &mut wrong);
        // What is not shown is not lost either.
        for more in ["vf", "vt", "vs", "ve", "vj", "vg", "vw"] {
            growing.harness.keys(more).await.unwrap();
            at_once.harness.keys(more).await.unwrap();
            differ(&growing, &at_once, keys, more, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_comes_above_moves_nothing_that_is_looked_at() {
    let calls: Vec<String> = (0..60)
        .map(|n| format!("  b: op{} {n}..{} id={:x}\n", n / 6, n + 1, n + 100))
        .collect();
    let calls = calls.concat();
    let root = "a: root 0..100 id=1\n";
    let early = "  c: early 0..1 id=a1\n    c: below 0..1 id=a2\n  b: op0 0..0 id=a3\n";
    let mut growing = Growing::of(scenario::trace(&format!("{root}{calls}"))).await;
    growing.harness.keys("zR40jztjj").await.unwrap();
    growing.harness.keys("<Enter>jjq").await.unwrap();
    let was = growing.seen();
    assert!(was.iter().any(|row| row.starts_with(" ▌")));
    growing
        .grow(scenario::trace(&format!("{root}{early}{calls}")))
        .await;
    let tree = |rows: &[String]| {
        let body = rows.iter().skip(6).take(20);
        body.map(|row| row.chars().take(48).collect())
            .collect::<Vec<String>>()
    };
    assert_eq!(tree(&growing.seen()), tree(&was));
    growing.harness.keys("gg").await.unwrap();
    let opened = row(&growing.harness, "×7");
    assert!(opened.contains("▾ b  op0"), "{opened}");
}

/// Notes the rows in which two screens differ.
fn differ(one: &Growing, other: &Growing, keys: &str, more: &str, wrong: &mut Vec<String>) {
    let pairs = one.seen().into_iter().zip(other.seen());
    let differing = pairs.filter(|(one, other)| one != other);
    wrong.extend(
        differing
            .map(|(one, other)| format!("after {keys}, grown, {more}:\n{one}\nat once:\n{other}")),
    );
}
