//! Where the time of the critical path went, and how many spans worked at the same time: what a
//! glance at all findings begins with.

use crate::analysis::{self, Concurrency, CriticalPath, concurrency};
use crate::model::{Nanos, Trace};
use crate::text::Shown;

/// So many parts of a bar are kept, the rest is one.
const PARTS: usize = 24;
/// Of more spans the work at once is not counted: sorting their ends would delay all findings.
const COUNTED: usize = 100_000;
/// Stretches that the time is cut into: more than a screen has columns.
const STRETCHES: usize = 512;

/// One part of the critical path.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    pub service: String,
    /// What it is called on its bar.
    pub name: Shown<'static>,
    pub time: Nanos,
    /// The span with most of it.
    pub span: usize,
}

/// The critical path by service and by operation, and the work over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overview {
    pub services: Vec<Part>,
    pub operations: Vec<Part>,
    /// How many spans worked in each stretch of the trace on average.
    pub busy: Vec<f32>,
    /// How many worked at most, at any instant; none where that was not counted.
    pub most: Option<u32>,
    /// And on average, while any did.
    pub mean: f64,
}

impl Overview {
    /// That of a trace. O(n log n).
    pub fn of(trace: &Trace, path: &CriticalPath) -> Self {
        let shares = analysis::shares(trace, path);
        let mut services: Vec<Part> = Vec::new();
        let mut operations: Vec<Part> = Vec::new();
        for share in shares.iter().filter(|share| share.time > Nanos(0)) {
            let Some(&span) = share.spans.first() else {
                continue;
            };
            let part = |name: String| Part {
                service: share.service.to_owned(),
                name: Shown::from_owned(name),
                time: share.time,
                span,
            };
            match services
                .iter_mut()
                .find(|part| part.service == share.service)
            {
                Some(part) => part.time = part.time + share.time,
                None => services.push(part(share.service.to_owned())),
            }
            operations.push(part(format!("{} {}", share.service, share.operation)));
        }
        services.sort_by_key(|part| std::cmp::Reverse(part.time));
        let counted = trace.len() <= COUNTED;
        let work = if counted {
            concurrency(trace)
        } else {
            Concurrency::default()
        };
        let busy = work.means(trace.start(), trace.end(), STRETCHES);
        Self {
            services: with_rest(services),
            operations: with_rest(operations),
            busy: busy.into_iter().map(|mean| mean as f32).collect(),
            most: counted.then(|| work.most()),
            mean: work.mean(),
        }
    }
}

/// The first parts, and all others as one.
fn with_rest(mut parts: Vec<Part>) -> Vec<Part> {
    let others = parts.split_off(parts.len().min(PARTS)).into_iter();
    parts.extend(others.reduce(|rest, other| Part {
        service: String::new(),
        name: "rest".into(),
        time: rest.time + other.time,
        ..rest
    }));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::critical_path;
    use crate::model::scenario;

    #[test]
    fn a_service_has_the_time_of_its_operations() {
        let trace = scenario::trace("a: r 0..100\n  b: x 0..40\n  b: y 40..70\n  c: z 70..95\n");
        let overview = Overview::of(&trace, &critical_path(&trace));
        let told = |parts: &[Part]| -> Vec<(String, u64, usize)> {
            let part = |p: &Part| (p.name.to_string(), p.time.0 / 1_000_000, p.span);
            parts.iter().map(part).collect()
        };
        let owned = |parts: &[(&str, u64, usize)]| -> Vec<(String, u64, usize)> {
            parts.iter().map(|p| (p.0.to_owned(), p.1, p.2)).collect()
        };
        let services = [("b", 70, 1), ("c", 25, 3), ("a", 5, 0)];
        assert_eq!(told(&overview.services), owned(&services));
        let operations = [
            ("b x", 40, 1),
            ("b y", 30, 2),
            ("c z", 25, 3),
            ("a r", 5, 0),
        ];
        assert_eq!(told(&overview.operations), owned(&operations));
        assert_eq!((overview.most, overview.busy.len()), (Some(1), STRETCHES));
    }
}
