//! What is told of the span under the cursor: its lines, in sections that fold.

mod entries;
mod layout;
mod line;

use std::collections::BTreeSet;

use crate::analysis::Standing;
use crate::model::{Nanos, Trace};
use crate::text::{self, Charset, Shown};
use crate::tui::widget::list::List;
use crate::tui::widget::waterfall::{Bundle, Likeness};

use super::explain::Explained;
use super::together::Together;

pub use line::{Line, Link, Section, Tone};

use entries::{entries, longest};

/// The second pane.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    charset: Charset,
    /// Whether it is shown where it has room beside or below the tree.
    pub shown: bool,
    /// Where it stands.
    pub list: List,
    /// Heading of the pane: the span, its figures.
    pub title: Vec<Shown<'static>>,
    /// The lines under it.
    pub lines: Vec<Line>,
    folded: BTreeSet<Section>,
    entries: Vec<Line>,
    subject: Option<Subject>,
}

/// What the pane tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Span(usize),
    Bundle(usize, Likeness),
}

impl Default for Detail {
    fn default() -> Self {
        Self {
            charset: Charset::Unicode,
            shown: true,
            list: List::default(),
            title: Vec::new(),
            lines: Vec::new(),
            folded: BTreeSet::from([
                Section::Resource,
                Section::Scope,
                Section::Times,
                Section::Ids,
            ]),
            entries: Vec::new(),
            subject: None,
        }
    }
}

impl Detail {
    /// A pane whose own words are written in that character set.
    pub fn new(charset: Charset) -> Self {
        Self {
            charset,
            ..Self::default()
        }
    }

    /// Tells another span, or the same one with more known of it.
    pub fn tell(&mut self, trace: &Trace, span: Option<usize>, explained: Option<&Explained>) {
        self.about(span.map(Subject::Span));
        self.entries = span
            .map(|span| entries(trace, span, self.charset))
            .unwrap_or_default();
        self.title = span
            .map(|span| title(trace, span, explained, self.charset))
            .unwrap_or_default();
        self.fold();
    }

    /// Tells spans that share a row.
    pub fn tell_bundle(&mut self, trace: &Trace, bundle: &Bundle, together: &Together) {
        self.about(Some(Subject::Bundle(bundle.first, bundle.likeness)));
        self.entries = longest(trace, together, self.charset);
        self.title = bundle_title(trace, bundle, together, self.charset);
        self.fold();
    }

    fn about(&mut self, subject: Option<Subject>) {
        if subject != self.subject {
            self.list = List::default();
        }
        self.subject = subject;
    }

    /// Folds or opens the section of the cursor's line.
    pub fn toggle(&mut self) {
        let Some(section) = self.lines.get(self.list.cursor()).map(|line| line.section) else {
            return;
        };
        if !self.folded.remove(&section) {
            self.folded.insert(section);
        }
        self.fold();
        let first = self
            .lines
            .iter()
            .position(|line| line.section == section)
            .unwrap_or(0);
        self.list.follow(first);
    }

    /// The first line of the next or previous section.
    pub fn section(&self, forward: bool) -> Option<usize> {
        let cursor = self.list.cursor();
        let heads = || {
            self.lines
                .iter()
                .enumerate()
                .filter(|(_, line)| line.heading.is_some())
                .map(|(at, _)| at)
        };
        if forward {
            heads().find(|&at| at > cursor)
        } else {
            heads().rfind(|&at| at < cursor)
        }
    }

    /// The line under the cursor.
    pub fn line(&self) -> Option<&Line> {
        self.lines.get(self.list.cursor())
    }

    /// Whether a section shows its first line only.
    pub fn is_folded(&self, section: Section) -> bool {
        self.folded.contains(&section)
    }

    fn fold(&mut self) {
        self.lines.clear();
        for group in self.entries.chunk_by(|a, b| a.section == b.section) {
            let Some((first, rest)) = group.split_first() else {
                continue;
            };
            let mut head = Line {
                heading: Some((first.section.title(), group.len())),
                ..first.clone()
            };
            if self.folded.contains(&first.section) {
                head.value = preview(group, self.charset);
                head.key = Shown::default();
                self.lines.push(head);
                continue;
            }
            self.lines.push(head);
            self.lines.extend_from_slice(rest);
        }
    }
}

fn preview(group: &[Line], charset: Charset) -> Shown<'static> {
    let parts: Vec<String> = group
        .iter()
        .take(8)
        .map(|line| format!("{} {}", line.key, line.value))
        .collect();
    Shown::from(parts.join(crate::analysis::between(charset)))
}

/// The span in one line: name, then its figures.
fn title(
    trace: &Trace,
    number: usize,
    explained: Option<&Explained>,
    charset: Charset,
) -> Vec<Shown<'static>> {
    let span = trace.span(number);
    let figure = |nanos: Nanos| text::duration(nanos.0, charset);
    let from = trace.start_of(number).since(trace.start());
    let mut parts = vec![
        Shown::from(format!("{} {}", span.service(), span.operation())),
        Shown::from(format!(
            "{} from +{}",
            figure(trace.duration_of(number)),
            figure(from)
        )),
        Shown::from(format!("own {}", figure(trace.self_time(number)))),
    ];
    let critical = explained.map(|explained| explained.path.time_of(number));
    if let Some(critical) = critical.filter(|critical| critical.0 > 0) {
        let share = text::share(critical.0, trace.duration().0);
        parts.push(Shown::from(format!(
            "critical {}{}{share}",
            figure(critical),
            crate::analysis::between(charset)
        )));
    }
    let standing = explained.and_then(|explained| explained.standing(number, trace));
    if let Some(standing) = standing {
        parts.push(Shown::from(beside_its_like(&standing)));
    }
    if span.kind() != crate::model::Kind::Unspecified {
        parts.push(Shown::from(span.kind().name().to_owned()));
    }
    parts
}

/// How a span stands: `slower than 97 % of 3,600 like it`.
fn beside_its_like(standing: &Standing) -> String {
    let of = text::count(standing.of);
    let (slower, all) = ((standing.faster * 1e4) as u64, 10_000);
    if slower * 2 < all {
        let faster = text::share(all - slower, all);
        format!("no slower than {faster} of {of} like it")
    } else {
        format!("slower than {} of {of} like it", text::share(slower, all))
    }
}

/// Spans that share a row in one line.
fn bundle_title(
    trace: &Trace,
    bundle: &Bundle,
    together: &Together,
    charset: Charset,
) -> Vec<Shown<'static>> {
    let span = trace.span(bundle.first);
    let figure = |nanos: Nanos| text::duration(nanos.0, charset);
    let name = match bundle.likeness {
        Likeness::Alike => format!("{} {}", span.service(), span.operation()),
        Likeness::Chain => format!("{}, one below the other", span.service()),
    };
    let longest = together.longest.first();
    let longest = longest.map_or(Nanos(0), |&span| trace.duration_of(span));
    let mut parts = vec![
        Shown::from(name),
        Shown::from(text::plural(bundle.count.into(), "span")),
        Shown::from(format!(
            "{} from +{}",
            figure(together.to.since(together.from)),
            figure(together.from.since(trace.start()))
        )),
        Shown::from(format!("median {}", figure(together.median))),
        Shown::from(format!("longest {}", figure(longest))),
        Shown::from(format!("together {}", figure(together.sum))),
    ];
    if together.failed > 0 {
        parts.push(Shown::from(format!(
            "{} failed",
            text::count(together.failed as u64)
        )));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    fn told() -> Detail {
        let trace = scenario::trace("shop: GET 0..100 error msg=boom n=7 k=v +3:lock res.host=a\n");
        let mut detail = Detail::default();
        detail.tell(&trace, Some(0), None);
        detail
    }

    #[test]
    fn sections_have_a_heading_and_fold_to_a_preview() {
        let detail = told();
        let headings: Vec<_> = detail
            .lines
            .iter()
            .filter_map(|line| line.heading)
            .collect();
        assert_eq!(
            headings,
            [
                ("status", 1),
                ("attributes", 2),
                ("events", 1),
                ("resource", 2),
                ("scope", 1),
                ("times", 4),
                ("ids", 2)
            ]
        );
        let resource = detail
            .lines
            .iter()
            .find(|line| line.section == Section::Resource)
            .unwrap();
        assert_eq!(resource.value.as_str(), "service.name shop · host a");
    }

    #[test]
    fn a_section_opens_in_place() {
        let mut detail = told();
        let resource = detail
            .lines
            .iter()
            .position(|line| line.section == Section::Resource)
            .unwrap();
        detail.list.follow(resource);
        detail.toggle();
        assert_eq!(
            detail.line().unwrap().raw,
            ("service.name".to_owned(), "shop".to_owned())
        );
        assert_eq!(detail.section(false), Some(3));
    }
}
