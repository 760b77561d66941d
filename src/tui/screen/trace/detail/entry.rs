//! One thing that is told of a span, and the section it stands in.
//!
//! An entry holds the beginning of its value; all of it is fetched where it stands when it is
//! needed ([`Origin`]), so that a span with ten megabytes of text costs no more to pass than
//! another.

use crate::model::{SpanId, TraceId};
use crate::text::Shown;

/// A part of the detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Longest,
    Finding,
    Note,
    Warnings,
    Status,
    Call,
    Model,
    Conversation,
    Attributes,
    Events,
    Logs,
    Links,
    LinkedFrom,
    Below,
    Resource,
    Scope,
    Times,
    Ids,
}

impl Section {
    /// All of them, from top to bottom.
    pub const ALL: [Self; 18] = [
        Self::Longest,
        Self::Finding,
        Self::Note,
        Self::Warnings,
        Self::Status,
        Self::Call,
        Self::Model,
        Self::Conversation,
        Self::Attributes,
        Self::Events,
        Self::Logs,
        Self::Links,
        Self::LinkedFrom,
        Self::Below,
        Self::Resource,
        Self::Scope,
        Self::Times,
        Self::Ids,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Longest => "longest",
            Self::Finding => "finding",
            Self::Note => "note",
            Self::Warnings => "warnings",
            Self::Status => "status",
            Self::Call => "call",
            Self::Model => "model",
            Self::Conversation => "messages",
            Self::Attributes => "attributes",
            Self::Events => "events",
            Self::Logs => "logs",
            Self::Links => "links",
            Self::LinkedFrom => "linked from",
            Self::Below => "below it",
            Self::Resource => "resource",
            Self::Scope => "scope",
            Self::Times => "times",
            Self::Ids => "ids",
        }
    }

    /// Whether its entries have keys.
    pub fn has_keys(self) -> bool {
        !matches!(
            self,
            Self::Finding | Self::Note | Self::Warnings | Self::Links | Self::LinkedFrom
        )
    }
}

/// What an entry is about, for its look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Number,
    Failed,
    Doubt,
    Muted,
}

/// Where a line leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// To a span of this trace.
    Span(usize),
    /// To another trace, and there to a span.
    Trace(TraceId, SpanId),
    /// To what else links to a span: the source is asked.
    LinksTo(TraceId, SpanId),
}

/// Who has attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    Span,
    Resource,
    Scope,
    /// An event, by its place among the span's.
    Event(usize),
    /// A link, by its place among the span's.
    Link(usize),
    /// A log record, by its place among the trace's.
    Log(usize),
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The program's own words.
    Told(String),
    /// The attribute of that place.
    Attribute(Owner, usize),
    /// The span's status message.
    Message,
    /// An event's name.
    Event(usize),
    /// A log record's body.
    Log(usize),
    /// More entries of the section, which are told on demand.
    More,
}

/// One thing that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub section: Section,
    /// An attribute's key, an event's time.
    pub key: Shown<'static>,
    /// The beginning of the value.
    pub head: Shown<'static>,
    /// The bytes of all of it.
    pub bytes: usize,
    pub tone: Tone,
    pub origin: Origin,
    /// Where Enter leads.
    pub link: Option<Link>,
    /// Entries right behind it that belong to it: the attributes of an event.
    pub children: usize,
    /// What is told of those while they are folded away, and whether they are at first.
    pub brief: Option<Shown<'static>>,
    /// How far it is indented.
    pub depth: u16,
    /// It is read rather than looked up: its lines wrap.
    pub prose: bool,
    /// What stands at the end of its line.
    pub aside: Shown<'static>,
}

impl Entry {
    /// An entry of the program's own words.
    pub fn told(section: Section, key: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        Self {
            section,
            key: head(key),
            head: head(&value),
            bytes: value.len(),
            tone: Tone::Plain,
            origin: Origin::Told(value),
            link: None,
            children: 0,
            brief: None,
            depth: 0,
            prose: false,
            aside: Shown::default(),
        }
    }

    /// An entry whose value stands elsewhere and begins so.
    pub fn of(section: Section, key: &str, value: &str, origin: Origin) -> Self {
        Self {
            head: head(value),
            bytes: value.len(),
            origin,
            ..Self::told(section, key, "")
        }
    }
}

/// Columns of a value that an entry holds.
const HEAD: usize = 240;

/// As much of a text as a line can show.
pub fn head(text: &str) -> Shown<'static> {
    Shown::start_of(text, HEAD).into_owned()
}
