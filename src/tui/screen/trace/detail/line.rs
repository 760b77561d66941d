//! One line of the detail, and the section it stands in.

use crate::model::TraceId;
use crate::text::Shown;

/// A part of the detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Longest,
    Warnings,
    Status,
    Attributes,
    Events,
    Logs,
    Links,
    Resource,
    Scope,
    Times,
    Ids,
}

impl Section {
    pub fn title(self) -> &'static str {
        match self {
            Self::Longest => "longest",
            Self::Warnings => "warnings",
            Self::Status => "status",
            Self::Attributes => "attributes",
            Self::Events => "events",
            Self::Logs => "logs",
            Self::Links => "links",
            Self::Resource => "resource",
            Self::Scope => "scope",
            Self::Times => "times",
            Self::Ids => "ids",
        }
    }
}

/// What a line is about, for its look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Number,
    Failed,
    Doubt,
}

/// One line: a heading with its first entry, or a further entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The section it belongs to.
    pub section: Section,
    /// The heading, on a section's first line: title and number of entries.
    pub heading: Option<(&'static str, usize)>,
    /// An attribute's key, an event's time.
    pub key: Shown<'static>,
    /// The value, or a preview of all entries of a folded section.
    pub value: Shown<'static>,
    /// What is copied: key and value as they are.
    pub raw: (String, String),
    /// Its look.
    pub tone: Tone,
    /// Where Enter leads.
    pub link: Option<Link>,
}

/// Where a line leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// To a span of this trace.
    Span(usize),
    /// To another trace.
    Trace(TraceId),
}
