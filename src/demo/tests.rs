use std::sync::OnceLock;

use super::ride::ms;
use super::*;
use crate::model::{SpanId, SpanRef, TraceId, Value};

/// The story of seed 1, told once for all tests.
fn frozen_first() -> &'static [Block] {
    static TOLD: OnceLock<Vec<Block>> = OnceLock::new();
    TOLD.get_or_init(|| frozen(1))
}

/// Durations and failures of what a predicate picks.
struct Alike {
    durations: Vec<Nanos>,
    failed: usize,
}

impl Alike {
    fn of(blocks: &[Block], picks: impl Fn(SpanRef<'_>) -> bool) -> Self {
        let spans = || {
            blocks
                .iter()
                .flat_map(Block::spans)
                .filter(|&span| picks(span))
        };
        let mut durations: Vec<_> = spans().map(SpanRef::duration).collect();
        durations.sort();
        Self {
            durations,
            failed: spans().filter(|span| span.is_error()).count(),
        }
    }

    fn len(&self) -> usize {
        self.durations.len()
    }

    fn ms(&self, share: f64) -> f64 {
        let at = (self.len() as f64 * share) as usize;
        self.durations
            .get(at)
            .map_or(f64::NAN, |duration| duration.0 as f64 / 1e6)
    }

    fn mean(&self) -> f64 {
        self.durations.iter().copied().sum::<Nanos>().0 as f64 / 1e6 / self.len() as f64
    }

    fn failing(&self) -> f64 {
        self.failed as f64 / self.len() as f64
    }
}

fn named<'a>(service: &'a str, operation: &'a str) -> impl Fn(SpanRef<'_>) -> bool + 'a {
    move |span| span.service() == service && span.operation() == operation
}

fn version(span: SpanRef<'_>) -> Option<Value<'_>> {
    span.resource().attributes().get("service.version")
}

#[test]
fn the_store_begins_to_fail_after_eight_tenths() {
    let blocks = frozen_first();
    let failure = FROZEN_NOW - Nanos(LENGTH.0 / 5);
    let asked = named("redis", "GetDriver");
    let before = Alike::of(blocks, |span| asked(span) && span.end() < failure);
    let after = Alike::of(blocks, |span| {
        asked(span) && span.start() > failure + ms(3000.0)
    });
    assert!(before.len() > 30_000 && after.len() > 9_000);
    assert!(before.failing() < 0.002, "{}", before.failing());
    assert!(
        (0.20..0.22).contains(&after.failing()),
        "{}",
        after.failing()
    );
}

#[test]
fn one_version_of_driver_is_slower() {
    let blocks = frozen_first();
    let find = named("driver", "FindNearest");
    let of = |wanted| {
        Alike::of(blocks, |s| {
            find(s) && version(s) == Some(Value::Str(wanted))
        })
    };
    let (old, new) = (of("1.3.9"), of("1.4.0"));
    assert!((180.0..260.0).contains(&old.ms(0.95)), "{}", old.ms(0.95));
    assert!((750.0..950.0).contains(&new.ms(0.95)), "{}", new.ms(0.95));
    assert!(
        (400..500).contains(&new.len()),
        "one in four since the deploy: {}",
        new.len()
    );
    let deploy = FROZEN_NOW - Nanos(LENGTH.0 / 2);
    let early = |s: SpanRef<'_>| version(s) == Some(Value::Str("1.4.0")) && s.start() < deploy;
    assert_eq!(Alike::of(blocks, early).len(), 0);
}

#[test]
fn queries_queue_for_the_lock_until_it_is_mended() {
    let blocks = frozen_first();
    let select = Alike::of(blocks, named("mysql", "SQL SELECT"));
    let dispatch = Alike::of(blocks, named("frontend", "HTTP GET /dispatch"));
    let share = select.mean() / dispatch.mean();
    assert!((0.35..0.45).contains(&share), "mysql has {share} of a ride");
    assert!(select.ms(0.95) > 2.5 * 180.0, "some wait for others");
    let waits = |span: SpanRef<'_>| {
        span.events()
            .any(|e| e.name().starts_with("Waiting for lock behind 3"))
    };
    assert!(Alike::of(blocks, waits).len() > 20);
    let fixes = Fixes {
        no_mutex: true,
        query_delay: Nanos::from_millis(20),
        route_workers: 10,
    };
    let settings = Settings {
        fixes,
        ..Settings::default()
    };
    let mended = [Story::new(settings, Time(0)).until(Time(0) + LENGTH)];
    assert!(Alike::of(&mended, named("mysql", "SQL SELECT")).ms(0.95) < 30.0);
    let mended = Alike::of(&mended, named("frontend", "HTTP GET /dispatch"));
    assert!(
        mended.ms(0.5) < dispatch.ms(0.5) / 2.0,
        "{}",
        mended.ms(0.5)
    );
}

#[test]
fn a_seed_tells_the_same_story_in_any_steps() {
    let end = Time(0) + ms(60_000.0);
    let tell = |seed, step: f64| {
        let mut story = Story::new(
            Settings {
                seed,
                ..Settings::default()
            },
            Time(0),
        );
        let mut spans = Vec::new();
        let mut now = Time(0);
        while now < end {
            now = (now + ms(step)).min(end);
            let block = story.until(now);
            spans.extend(
                block
                    .spans()
                    .map(|s| (s.trace_id(), s.span_id(), s.start(), s.end())),
            );
        }
        spans
    };
    let whole = tell(7, 60_000.0);
    assert_eq!(whole, tell(7, 333.0));
    assert_ne!(whole, tell(8, 60_000.0));
    assert!(whole.len() > 5_000);
}

#[test]
fn traces_are_whole_and_counted() {
    let settings = Settings {
        traces: Some(40),
        ..Settings::default()
    };
    let mut story = Story::new(settings, Time(0));
    let block = story.until(Time(0) + LENGTH);
    assert!(story.is_over());
    assert_eq!(block.trace_ids().len(), 40);
    let ids: Vec<_> = block.spans().map(|s| (s.trace_id(), s.span_id())).collect();
    for span in block.spans().filter(|span| !span.parent_id().is_zero()) {
        assert!(
            ids.contains(&(span.trace_id(), span.parent_id())),
            "{}",
            span.operation()
        );
    }
    let failing = block
        .spans()
        .filter(|s| version(*s) == Some(Value::Str("1.4.0")))
        .count();
    assert!(failing > 0, "a shorter story has the same turns");
}

#[test]
fn a_ride_can_be_ordered() {
    let mut story = Story::new(Settings::default(), Time(0));
    story.until(Time(0) + ms(10_000.0));
    story.outcomes();
    let caller = Context {
        trace_id: TraceId(7),
        span_id: SpanId(9),
    };
    let root = story.order(CUSTOMERS[1], Time(0) + ms(10_000.0), Some(caller));
    assert_eq!(root.trace_id, caller.trace_id);
    let block = story.until(Time(0) + ms(20_000.0));
    let span = block.spans().find(|span| span.span_id() == root.span_id);
    assert_eq!(span.map(SpanRef::parent_id), Some(caller.span_id));
    let outcome = story
        .outcomes()
        .into_iter()
        .find(|outcome| outcome.root == root);
    assert!(outcome.is_some_and(|outcome| outcome.driver.is_some()));
}

#[test]
fn links_lead_from_billing_to_rides() {
    let mut story = Story::new(Settings::default(), Time(0));
    let block = story.until(Time(0) + ms(30_000.0));
    let sent: Vec<_> = block
        .spans()
        .filter(|s| s.operation() == "send rides")
        .collect();
    let links: Vec<_> = block.spans().flat_map(SpanRef::links).collect();
    assert!(links.len() > 60);
    for link in links {
        assert!(
            sent.iter()
                .any(|s| (s.trace_id(), s.span_id()) == (link.trace_id(), link.span_id()))
        );
    }
}
