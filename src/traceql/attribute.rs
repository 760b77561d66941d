//! What a query can ask a span for: intrinsics and attributes by scope.

use super::types::Type;

/// Where an attribute is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// `.key`: the span, then its resource, then its instrumentation scope.
    Any,
    /// `span.key`.
    Span,
    /// `resource.key`.
    Resource,
    /// `event.key`: one event at a time.
    Event,
    /// `link.key`: one link at a time.
    Link,
    /// `instrumentation.key`: the instrumentation scope.
    Instrumentation,
    /// `tag.key`, an extension: Jaeger's meaning, the value compared as text and looked for in
    /// span, scope, resource, events and links, each term for itself.
    Tag,
}

impl Scope {
    /// All of them, in the order in which completion offers them.
    pub const ALL: [Self; 7] = [
        Self::Span,
        Self::Resource,
        Self::Event,
        Self::Link,
        Self::Instrumentation,
        Self::Tag,
        Self::Any,
    ];

    /// The word before the dot; empty for [`Scope::Any`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Span => "span",
            Self::Resource => "resource",
            Self::Event => "event",
            Self::Link => "link",
            Self::Instrumentation => "instrumentation",
            Self::Tag => "tag",
        }
    }

    /// The scope that a word before a dot names.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// A property that every span, trace, event, link or instrumentation scope has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table below says what each is")]
pub enum Intrinsic {
    Name,
    Duration,
    Status,
    StatusMessage,
    Kind,
    SpanId,
    ParentId,
    ChildCount,
    TraceId,
    TraceDuration,
    RootName,
    RootService,
    EventName,
    EventTime,
    LinkTraceId,
    LinkSpanId,
    InstrumentationName,
    InstrumentationVersion,
    NestedSetLeft,
    NestedSetRight,
    NestedSetParent,
}

/// One line of the table of intrinsics.
struct Entry {
    intrinsic: Intrinsic,
    /// Words before and after the colon.
    scoped: (&'static str, &'static str),
    /// The older name without a scope.
    bare: Option<&'static str>,
    /// Whether the older name is the one to print.
    prefers_bare: bool,
    kind: Type,
}

const fn entry(
    intrinsic: Intrinsic,
    scoped: (&'static str, &'static str),
    bare: Option<&'static str>,
    prefers_bare: bool,
    kind: Type,
) -> Entry {
    Entry {
        intrinsic,
        scoped,
        bare,
        prefers_bare,
        kind,
    }
}

/// The intrinsics of Tempo 3.0 in the order in which completion offers them.
static TABLE: [Entry; 21] = {
    use Intrinsic as I;
    [
        entry(I::Name, ("span", "name"), Some("name"), true, Type::Text),
        entry(
            I::Status,
            ("span", "status"),
            Some("status"),
            true,
            Type::Status,
        ),
        entry(
            I::Duration,
            ("span", "duration"),
            Some("duration"),
            true,
            Type::Duration,
        ),
        entry(I::Kind, ("span", "kind"), Some("kind"), true, Type::Kind),
        entry(
            I::StatusMessage,
            ("span", "statusMessage"),
            Some("statusMessage"),
            true,
            Type::Text,
        ),
        entry(
            I::TraceDuration,
            ("trace", "duration"),
            Some("traceDuration"),
            false,
            Type::Duration,
        ),
        entry(
            I::RootName,
            ("trace", "rootName"),
            Some("rootName"),
            false,
            Type::Text,
        ),
        entry(
            I::RootService,
            ("trace", "rootService"),
            Some("rootServiceName"),
            false,
            Type::Text,
        ),
        entry(I::TraceId, ("trace", "id"), None, false, Type::Text),
        entry(I::SpanId, ("span", "id"), None, false, Type::Text),
        entry(I::ParentId, ("span", "parentID"), None, false, Type::Text),
        entry(
            I::ChildCount,
            ("span", "childCount"),
            None,
            false,
            Type::Int,
        ),
        entry(I::EventName, ("event", "name"), None, false, Type::Text),
        entry(
            I::EventTime,
            ("event", "timeSinceStart"),
            None,
            false,
            Type::Duration,
        ),
        entry(I::LinkTraceId, ("link", "traceID"), None, false, Type::Text),
        entry(I::LinkSpanId, ("link", "spanID"), None, false, Type::Text),
        entry(
            I::InstrumentationName,
            ("instrumentation", "name"),
            None,
            false,
            Type::Text,
        ),
        entry(
            I::InstrumentationVersion,
            ("instrumentation", "version"),
            None,
            false,
            Type::Text,
        ),
        entry(
            I::NestedSetParent,
            ("", ""),
            Some("nestedSetParent"),
            true,
            Type::Int,
        ),
        entry(
            I::NestedSetLeft,
            ("", ""),
            Some("nestedSetLeft"),
            true,
            Type::Int,
        ),
        entry(
            I::NestedSetRight,
            ("", ""),
            Some("nestedSetRight"),
            true,
            Type::Int,
        ),
    ]
};

impl Intrinsic {
    /// All of them, in the order in which completion offers them.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|entry| entry.intrinsic)
    }

    fn entry(self) -> &'static Entry {
        // The table holds every variant (tested), so the first line is never the answer by mistake.
        TABLE
            .iter()
            .find(|entry| entry.intrinsic == self)
            .unwrap_or(&TABLE[0])
    }

    /// The name to print: `name`, `trace:duration`.
    pub fn name(self) -> String {
        let entry = self.entry();
        match entry.bare {
            Some(bare) if entry.prefers_bare => bare.to_owned(),
            _ => format!("{}:{}", entry.scoped.0, entry.scoped.1),
        }
    }

    /// The type of its values.
    pub fn value_type(self) -> Type {
        self.entry().kind
    }

    /// The intrinsic with the older name `name`, without a scope.
    pub fn from_bare(name: &str) -> Option<Self> {
        let entry = TABLE.iter().find(|entry| entry.bare == Some(name))?;
        Some(entry.intrinsic)
    }

    /// The intrinsic written `scope:name`.
    pub fn from_scoped(scope: &str, name: &str) -> Option<Self> {
        let entry = TABLE
            .iter()
            .find(|entry| !scope.is_empty() && entry.scoped == (scope, name))?;
        Some(entry.intrinsic)
    }

    /// All names under which a query may write it, the one to print first.
    pub fn names(self) -> Vec<String> {
        let entry = self.entry();
        let mut names = vec![self.name()];
        if !entry.scoped.0.is_empty() {
            names.push(format!("{}:{}", entry.scoped.0, entry.scoped.1));
        }
        names.extend(entry.bare.map(str::to_owned));
        names.sort();
        names.dedup();
        names
    }

    /// The scope whose elements it is a property of, if those are several to a span.
    pub fn element_scope(self) -> Option<Scope> {
        match self {
            Self::EventName | Self::EventTime => Some(Scope::Event),
            Self::LinkTraceId | Self::LinkSpanId => Some(Scope::Link),
            _ => None,
        }
    }
}

/// What a field expression reads from a span.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attribute {
    /// A built-in property.
    Intrinsic(Intrinsic),
    /// An attribute by key.
    Keyed {
        /// Where to look.
        scope: Scope,
        /// The key, unquoted.
        key: String,
    },
}

impl Attribute {
    /// The attribute `key` of `scope`.
    pub fn keyed(scope: Scope, key: impl Into<String>) -> Self {
        Self::Keyed {
            scope,
            key: key.into(),
        }
    }

    /// `resource.service.name`.
    pub fn service() -> Self {
        Self::keyed(Scope::Resource, "service.name")
    }

    /// The type of its values; [`Type::Any`] if only the data knows.
    pub fn value_type(&self) -> Type {
        match self {
            Self::Intrinsic(intrinsic) => intrinsic.value_type(),
            Self::Keyed { .. } => Type::Any,
        }
    }

    /// [`Scope::Event`] or [`Scope::Link`], if it is a property of one of several.
    pub fn element_scope(&self) -> Option<Scope> {
        match self {
            Self::Intrinsic(intrinsic) => intrinsic.element_scope(),
            Self::Keyed { scope, .. } if matches!(scope, Scope::Event | Scope::Link) => {
                Some(*scope)
            }
            Self::Keyed { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_intrinsic() {
        for intrinsic in Intrinsic::all() {
            assert_eq!(intrinsic.entry().intrinsic, intrinsic);
            for name in intrinsic.names() {
                let found = match name.split_once(':') {
                    Some((scope, name)) => Intrinsic::from_scoped(scope, name),
                    None => Intrinsic::from_bare(&name),
                };
                assert_eq!(found, Some(intrinsic), "{name}");
            }
        }
        assert_eq!(Intrinsic::from_scoped("trace", "rootServiceName"), None);
    }
}
