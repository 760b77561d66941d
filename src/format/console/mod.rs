//! What the console exporters of OpenTelemetry's SDKs print, one span after another, with
//! whatever else the application printed between them.
//!
//! | SDK | form |
//! |---|---|
//! | Python `ConsoleSpanExporter` | JSON over many lines, ids with `0x` |
//! | JavaScript `ConsoleSpanExporter` | `util.inspect` of Node, which is no JSON |
//! | Go `stdouttrace` | JSON, on one line or indented |
//! | Java `logging-otlp` | OTLP JSON behind the prefix of a log line |
//! | Java `LoggingSpanExporter` | a log line with name, ids, kind and attributes, but no times |
//!
//! Several may stand in one log, as the output of `docker compose` has them: each document is
//! recognised for itself. Text that is none of them is passed over, and its lines are counted.

mod go;
mod inspect;
mod java;
mod javascript;
mod python;

use super::draft::Draft;
use super::findings::Findings;
use super::json::JsonReader;
use super::otlp;
use super::output::Output;
use super::problem::{Problem, Reason};
use super::walk::Walk;
use crate::model::{BlockBuilder, PairIx, ResourceFields, ResourceIx, ScopeFields, ScopeIx, Sym};

/// Decodes one document of a console. What is no span is counted as lines of other text.
///
/// # Errors
/// The problem that ended the reading of the document.
pub fn decode(text: &[u8], out: Output<'_>) -> Result<(), Problem> {
    match Dialect::of(text) {
        Some(Dialect::Python) => walk(text, Dialect::Python, out),
        Some(Dialect::Go) => walk(text, Dialect::Go, out),
        Some(Dialect::Otlp) => otlp::json::decode(text, out),
        Some(Dialect::JavaScript) => javascript::decode(text, out),
        Some(Dialect::JavaLine) => {
            java::decode(text, out);
            Ok(())
        }
        None => {
            out.findings.other_lines += super::findings::line_ends(text.trim_ascii_end()) + 1;
            Ok(())
        }
    }
}

/// What the spans of a document need beside themselves.
#[derive(Debug, Default)]
pub(super) struct Parts {
    draft: Draft,
    pairs: Vec<PairIx>,
    resource: Vec<PairIx>,
    resource_schema: Sym,
    scope: Scope,
}

#[derive(Debug, Default)]
struct Scope {
    name: Sym,
    version: Sym,
    schema_url: Sym,
    attributes: Vec<PairIx>,
}

type Console<'a, 'b> = Walk<'a, 'b, Parts>;

/// Decodes a document of JSON.
fn walk(text: &[u8], dialect: Dialect, out: Output<'_>) -> Result<(), Problem> {
    Walk::new(text, out, Parts::default()).documents(|walk| {
        walk.span(|walk| {
            match dialect {
                Dialect::Go => walk.go()?,
                _ => walk.python()?,
            }
            let (resource, scope) = walk.state.place(walk.out.builder);
            Ok(walk.state.draft.add(resource, scope, walk.out.builder))
        })
    })
}

impl Parts {
    /// The resource and the scope of the span at hand.
    fn place(&self, builder: &mut BlockBuilder) -> (ResourceIx, ScopeIx) {
        let resource = builder.resource(ResourceFields {
            attributes: &self.resource,
            schema_url: self.resource_schema,
            dropped: 0,
        });
        let scope = builder.scope(ScopeFields {
            name: self.scope.name,
            version: self.scope.version,
            attributes: &self.scope.attributes,
            schema_url: self.scope.schema_url,
            dropped: 0,
        });
        (resource, scope)
    }
}

/// Who printed a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Python,
    JavaScript,
    Go,
    Otlp,
    JavaLine,
}

impl Dialect {
    /// Who printed a document, from its beginning.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let inner = match text.split_first()? {
            (b'{', inner) => inner.trim_ascii_start(),
            (b'\'', _) => return java::is_span(text).then_some(Self::JavaLine),
            _ => return None,
        };
        match inner.first()? {
            b'"' => Self::of_json(text),
            _ => javascript::is_span(text).then_some(Self::JavaScript),
        }
    }

    fn of_json(text: &[u8]) -> Option<Self> {
        let mut json = JsonReader::new(text);
        json.enter_object().ok()?;
        let mut has_context = false;
        while let Ok(Some(key)) = json.next_key() {
            match &*key {
                "SpanContext" => return Some(Self::Go),
                "context" => has_context = true,
                "kind" | "parent_id" | "start_time" if has_context => return Some(Self::Python),
                "resourceSpans" | "scopeSpans" | "resourceLogs" | "scopeLogs"
                | "resourceMetrics" | "scopeMetrics" => return Some(Self::Otlp),
                _ => {}
            }
            json.skip().ok()?;
        }
        None
    }

    /// Who it is, in words.
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::Python => "spans as Python's ConsoleSpanExporter prints them",
            Self::JavaScript => "spans as JavaScript's ConsoleSpanExporter prints them",
            Self::Go => "spans as Go's stdouttrace prints them",
            Self::Otlp => "OTLP JSON among other lines, as Java's logging-otlp prints it",
            Self::JavaLine => "lines of Java's LoggingSpanExporter",
        }
    }
}

/// Says that a console held other text too, once.
pub(super) fn report_other_lines(findings: &mut Findings) {
    let lines = findings.other_lines;
    if lines == 0 {
        return;
    }
    let mut place = findings.place_in_bytes(0, String::new());
    place.offset = None;
    let lines = crate::text::plural(lines, "line");
    findings.report(Problem {
        place,
        reason: Reason::Unsupported,
        message: format!("{lines} of other text between the spans, passed over"),
        spans: 0,
    });
}

#[cfg(test)]
mod tests;
