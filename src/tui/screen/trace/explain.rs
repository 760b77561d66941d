//! What is worked out about a trace beside the interface when it opens.

use std::ops::Range;

use crate::analysis::critical_path;
use crate::model::{Nanos, Trace};
use crate::text::Shown;
use crate::tui::phrase::Phrase;
use crate::tui::theme::Token;
use crate::tui::widget::waterfall::Work;

/// The critical path, the work of every span, and what stands out.
#[derive(Debug, Clone, Default)]
pub struct Explained {
    /// Own and critical work of every span.
    pub work: Work,
    /// How long each span was on the critical path.
    pub critical: Vec<Nanos>,
    /// What stands out, in one line.
    pub why: Phrase,
    /// What stands out, each with the spans that show it.
    pub findings: Vec<Finding>,
}

/// One thing that stands out.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// In words.
    pub text: Shown<'static>,
    /// The spans that show it, most telling first.
    pub spans: Vec<usize>,
}

/// Works out what is to be said of a trace. Linear in its spans but for a sort.
pub fn explain(trace: &Trace) -> Explained {
    let path = match critical_path(trace) {
        Ok(path) => path,
        Err(why) => {
            let none = Explained {
                work: Work::new(trace, std::iter::empty()),
                ..Explained::default()
            };
            return Explained {
                why: Phrase::of(Token::Doubt, why.to_string()),
                ..none
            };
        }
    };
    let sections = path
        .sections()
        .iter()
        .map(|section| (section.span, section.from, section.to));
    Explained {
        work: Work::new(trace, sections),
        critical: (0..trace.len()).map(|span| path.time_of(span)).collect(),
        why: Phrase::of(Token::Muted, "nothing stands out"),
        findings: Vec::new(),
    }
}

impl Explained {
    /// Whether any span of a range was on the critical path.
    pub fn touches(&self, spans: Range<usize>) -> bool {
        self.critical
            .get(spans)
            .is_some_and(|critical| critical.iter().any(|time| time.0 > 0))
    }

    /// Whether a span had at least a tenth of the trace's time on the critical path.
    pub fn is_telling(&self, span: usize, trace: &Trace) -> bool {
        self.critical
            .get(span)
            .is_some_and(|time| time.0 > 0 && time.0 >= trace.duration().0 / 10)
    }
}
