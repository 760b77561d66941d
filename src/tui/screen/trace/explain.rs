//! What is worked out about a trace beside the interface when it opens.

use std::ops::Range;
use std::sync::Arc;

use crate::analysis::{self, Alike, CriticalPath, Evidence, Standing, Trends, critical_path_until};
use crate::model::{Cancellation, Trace};
use crate::text::{Charset, Shown};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::theme::Token;

use super::overview::Overview;

/// So many of the spans that show a finding are kept: nobody visits more, and a trace of a
/// million spans may have a million that show it.
const SHOWN: usize = 10_000;

/// The critical path, and what stands out.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The critical path.
    pub path: Arc<CriticalPath>,
    /// What stands out, in one line.
    pub why: Phrase,
    /// What stands out, each with the spans that show it.
    pub findings: Vec<Finding>,
    /// The same at a glance.
    pub overview: Arc<Overview>,
    /// How all operations of the source fare, where it can tell.
    alike: Option<Arc<Trends>>,
}

/// One thing that stands out.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// In words.
    pub text: Shown<'static>,
    /// The spans that show it, most telling first.
    pub spans: Vec<usize>,
    /// How many there are.
    pub of: usize,
}

/// Works out what is to be said of a trace, beside the other spans of its operations where they
/// are known. Linear in its spans but for a sort. Of no use once it is cancelled.
pub fn explain(
    trace: &Trace,
    alike: Option<Trends>,
    how: (Charset, &Cancellation<'_>),
) -> Explained {
    outline(trace, alike, how.1).with_findings(trace, how)
}

/// The critical path alone: a hundredth of the work, with which most can be drawn.
pub fn outline(trace: &Trace, alike: Option<Trends>, cancellation: &Cancellation<'_>) -> Explained {
    let path = critical_path_until(trace, cancellation);
    Explained {
        why: Phrase::of(Token::Muted, "looking for what stands out"),
        path: Arc::new(path),
        findings: Vec::new(),
        overview: Arc::default(),
        alike: alike.map(Arc::new),
    }
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
    /// The same, with what stands out.
    pub fn with_findings(&self, trace: &Trace, how: (Charset, &Cancellation<'_>)) -> Self {
        let charset = how.0;
        let known = self.alike.as_deref().map(|alike| alike as &dyn Alike);
        let why = analysis::why_until(trace, &self.path, known, how);
        let findings = why
            .findings
            .into_iter()
            .filter_map(|finding| match finding.evidence {
                Evidence::Spans(mut spans) => {
                    let of = spans.len();
                    spans.truncate(SHOWN);
                    spans.shrink_to_fit();
                    Some(Finding {
                        text: finding.text,
                        spans,
                        of,
                    })
                }
                Evidence::Operation(_) | Evidence::Call { .. } => None,
            });
        Self {
            why: phrase(&why.line, self.path.doubt().is_some(), charset),
            findings: findings.collect(),
            overview: Arc::new(Overview::of(trace, &self.path)),
            ..self.clone()
        }
    }

    /// Whether another one is of the same path: it may know more of what stands out.
    pub fn is_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.path, &other.path)
    }

    /// Whether any span of a range was on the critical path.
    pub fn touches(&self, spans: Range<usize>) -> bool {
        self.path.touches(spans)
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
