//! What is worked out about a trace beside the interface when it opens.

use std::ops::Range;

use crate::analysis::{self, Alike, CriticalPath, Evidence, Standing, Trends, critical_path};
use crate::model::{Nanos, Trace};
use crate::text::{Charset, Shown};
use crate::tui::phrase::Phrase;
use crate::tui::theme::Token;
use crate::tui::widget::waterfall::Work;

/// The critical path, the work of every span, and what stands out.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Own and critical work of every span.
    pub work: Work,
    /// The critical path.
    pub path: CriticalPath,
    /// Spans on the critical path before each position; one more entry than spans.
    critical_before: Vec<u32>,
    /// What stands out, in one line.
    pub why: Phrase,
    /// What stands out, each with the spans that show it.
    pub findings: Vec<Finding>,
    /// How all operations of the source fare, where it can tell.
    alike: Option<Trends>,
}

/// One thing that stands out.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// In words.
    pub text: Shown<'static>,
    /// The spans that show it, most telling first.
    pub spans: Vec<usize>,
}

/// Works out what is to be said of a trace, beside the other spans of its operations where they
/// are known. Linear in its spans but for a sort.
pub fn explain(trace: &Trace, alike: Option<Trends>, charset: Charset) -> Explained {
    let path = critical_path(trace);
    let known = alike.as_ref().map(|alike| alike as &dyn Alike);
    let why = analysis::why(trace, &path, known, charset);
    let findings = why
        .findings
        .into_iter()
        .filter_map(|finding| match finding.evidence {
            Evidence::Spans(spans) => Some(Finding {
                text: finding.text,
                spans,
            }),
            Evidence::Operation(_) | Evidence::Call { .. } => None,
        });
    let work = path
        .sections()
        .iter()
        .map(|section| (section.span, section.from, section.to));
    Explained {
        work: Work::new(trace, work),
        critical_before: counted((0..trace.len()).map(|span| path.time_of(span))),
        why: phrase(&why.line, path.doubt().is_some(), charset),
        path,
        findings: findings.collect(),
        alike,
    }
}

/// How many spans before each position have a time.
fn counted(times: impl Iterator<Item = Nanos>) -> Vec<u32> {
    let counts = times.scan(0, |before, time| {
        *before += u32::from(time.0 > 0);
        Some(*before)
    });
    std::iter::once(0).chain(counts).collect()
}

/// The line with its first part, the answer, strong.
fn phrase(line: &Shown<'_>, doubtful: bool, charset: Charset) -> Phrase {
    let token = if doubtful {
        Token::Doubt
    } else {
        Token::Strong
    };
    let between = analysis::between(charset);
    match line.as_str().split_once(between) {
        Some((answer, rest)) => {
            Phrase::of(token, answer.to_owned()).and(Token::Text, format!("{between}{rest}"))
        }
        None if line.as_str().is_empty() => Phrase::of(Token::Muted, "nothing stands out"),
        None => Phrase::of(token, line.as_str().to_owned()),
    }
}

impl Explained {
    /// Whether any span of a range was on the critical path.
    pub fn touches(&self, spans: Range<usize>) -> bool {
        let before = |span: usize| self.critical_before.get(span);
        before(spans.start) < before(spans.end)
    }

    /// How a span stands among all of its operation, if there are enough to tell.
    pub fn standing(&self, span: usize, trace: &Trace) -> Option<Standing> {
        let s = trace.span(span);
        let alike = self.alike.as_ref()?.alike(s.service(), s.operation())?;
        analysis::standing(alike, trace.duration_of(span))
    }

    /// Whether a span had at least a tenth of the trace's time on the critical path.
    pub fn is_telling(&self, span: usize, trace: &Trace) -> bool {
        let time = self.path.time_of(span);
        time.0 > 0 && time.0 >= trace.duration().0 / 10
    }
}
