//! Columns of the waterfall, between names and bars: what every span has, and any attribute.

use std::collections::HashMap;

use crate::model::{Nanos, SpanRef, Trace, Value};
use crate::text::{self, Charset, Shown};
use crate::tui::theme::Token;

use super::Open;

/// Spans that are looked at to know how wide a column is and which attributes there are.
const SAMPLE: usize = 2_000;
/// Columns of a column at most, and at least.
const WIDTH: (u16, u16) = (4, 24);

/// What a column shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Column {
    Own,
    Share,
    Critical,
    Start,
    Kind,
    Status,
    Children,
    SpanId,
    /// An attribute of the span, else of its resource, its scope, an event or a link.
    Attribute(String),
}

/// The names of columns, each as it is kept; none if one of them is none. `none` is no column.
pub fn columns<'a>(names: impl Iterator<Item = &'a str>) -> Option<Vec<String>> {
    let names = names
        .map(str::trim)
        .filter(|name| !matches!(*name, "" | "none"));
    names
        .map(|name| Some(Column::named(name)?.name()))
        .collect()
}

/// What stands in a cell.
pub struct Cell {
    pub text: Shown<'static>,
    pub token: Token,
}

impl Column {
    /// Those that every span has.
    pub const FIXED: [Self; 8] = [
        Self::Own,
        Self::Share,
        Self::Critical,
        Self::Start,
        Self::Kind,
        Self::Status,
        Self::Children,
        Self::SpanId,
    ];

    /// Its name, as it is kept: attributes begin with a dot.
    pub fn name(&self) -> String {
        match self {
            Self::Own => "own".to_owned(),
            Self::Share => "share".to_owned(),
            Self::Critical => "critical".to_owned(),
            Self::Start => "start".to_owned(),
            Self::Kind => "kind".to_owned(),
            Self::Status => "status".to_owned(),
            Self::Children => "children".to_owned(),
            Self::SpanId => "id".to_owned(),
            Self::Attribute(key) => format!(".{key}"),
        }
    }

    /// What it shows, for who chooses.
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::Own => "own time",
            Self::Share => "share of the trace's time",
            Self::Critical => "time on the critical path",
            Self::Start => "from the trace's start",
            Self::Kind => "kind",
            Self::Status => "status",
            Self::Children => "direct children",
            Self::SpanId => "span id",
            Self::Attribute(_) => "",
        }
    }

    /// The column of a name.
    pub fn named(name: &str) -> Option<Self> {
        if let Some(key) = name.strip_prefix('.').filter(|key| !key.is_empty()) {
            return Some(Self::Attribute(key.to_owned()));
        }
        Self::FIXED.into_iter().find(|column| column.name() == name)
    }

    /// Its head: of a key what tells it from others, its end.
    pub fn head(&self, width: u16, charset: Charset) -> Shown<'static> {
        let name = match self {
            Self::Attribute(key) => Shown::new(key).into_owned(),
            fixed => Shown::from(fixed.name()),
        };
        let room = usize::from(width);
        if name.width() <= room {
            return name;
        }
        let last = name
            .as_str()
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_owned();
        let last = Shown::from(last);
        if last.width() <= room && !last.as_str().is_empty() {
            last
        } else {
            name.cut_middle(room, charset)
        }
    }

    /// Whether its cells end at the right.
    pub fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Own | Self::Share | Self::Critical | Self::Start | Self::Children
        )
    }

    /// What it shows of a span.
    pub fn cell(&self, open: &Open, span: usize) -> Cell {
        let (trace, s) = (&open.trace, open.trace.span(span));
        let time = |nanos: Nanos| Shown::from(text::duration(nanos.0, open.charset));
        let (text, token) = match self {
            Self::Own => (time(trace.self_time(span)), Token::Text),
            Self::Share => {
                let share = text::share(trace.duration_of(span).0, trace.duration().0);
                (Shown::from(share), Token::Text)
            }
            Self::Critical => match open.explained.as_ref().map(|e| e.path.time_of(span)) {
                Some(nanos) if nanos.0 > 0 => (time(nanos), Token::Text),
                _ => (Shown::new("-"), Token::Faint),
            },
            Self::Start => {
                let from = trace.start_of(span).since(trace.start());
                (Shown::from(format!("+{}", time(from))), Token::Text)
            }
            Self::Kind => (Shown::new(s.kind().name()), Token::Muted),
            Self::Status if s.is_error() => (Shown::new("error"), Token::Error),
            Self::Status => (Shown::new(s.status().name()), Token::Muted),
            Self::Children => {
                let children = trace.children(span).take(10_000).count();
                let token = if children == 0 {
                    Token::Faint
                } else {
                    Token::Text
                };
                (Shown::from(text::count_short(children as u64)), token)
            }
            Self::SpanId => (Shown::from(s.span_id().to_string()), Token::Muted),
            Self::Attribute(key) => return attribute(open, span, key),
        };
        Cell { text, token }
    }

    /// How wide it is: its widest cell, as far as a sample of spans tells.
    pub fn width(&self, open: &Open) -> u16 {
        *open.columns.get(self.clone(), || {
            let own = self.head(WIDTH.1, open.charset).width().min(14);
            let cells = sample(&open.trace).map(|span| self.cell(open, span).text.width());
            let widest = cells.max().unwrap_or(0).max(own) as u16;
            widest.clamp(WIDTH.0, WIDTH.1)
        })
    }
}

fn attribute(open: &Open, span: usize, key: &str) -> Cell {
    let value = value(open.trace.span(span), key);
    let token = match value {
        Some(Value::Int(500..=599)) if key.ends_with("status_code") => Token::Error,
        Some(Value::Int(_) | Value::Double(_) | Value::Bool(_)) => Token::SyntaxNumber,
        _ => Token::SyntaxString,
    };
    let text = value.map(Value::to_text);
    let text = text.map(|text| Shown::start_of(&text, WIDTH.1.into()).into_owned());
    Cell {
        text: text.unwrap_or_default(),
        token,
    }
}

/// The value of a key, from where it is first found.
fn value<'a>(span: SpanRef<'a>, key: &str) -> Option<Value<'a>> {
    let shared = || {
        let resource = span.resource().attributes().get(key);
        resource.or_else(|| span.scope().attributes().get(key))
    };
    let event = || span.events().find_map(|event| event.attributes().get(key));
    let link = || span.links().find_map(|link| link.attributes().get(key));
    let own = span.attribute(key).or_else(shared);
    own.or_else(event).or_else(link)
}

/// Some spans of a trace, evenly, all if they are few.
fn sample(trace: &Trace) -> impl Iterator<Item = usize> {
    (0..trace.len()).step_by(trace.len().div_ceil(SAMPLE).max(1))
}

/// An attribute of spans.
pub struct Key {
    pub name: String,
    /// Of how many of the spans looked at.
    pub spans: usize,
    pub of: usize,
    /// A value of it.
    pub example: Shown<'static>,
}

/// The attributes of a trace's spans and resources, most frequent first.
pub fn keys(trace: &Trace) -> Vec<Key> {
    let mut found: HashMap<&str, (usize, usize)> = HashMap::new();
    let mut of = 0;
    for number in sample(trace) {
        of += 1;
        let span = trace.span(number);
        let all = span
            .attributes()
            .iter()
            .chain(span.resource().attributes().iter());
        for (key, _) in all {
            let count = found.entry(key).or_insert((0, number));
            count.0 += 1;
        }
    }
    let example = |key: &str, number: usize| {
        let text = value(trace.span(number), key)
            .map(Value::to_text)
            .unwrap_or_default();
        Shown::start_of(&text, 24)
            .into_owned()
            .cut(24, Charset::Unicode)
    };
    let mut keys: Vec<Key> = found
        .iter()
        .map(|(key, (spans, number))| Key {
            name: (*key).to_owned(),
            spans: (*spans).min(of),
            of,
            example: example(key, *number),
        })
        .collect();
    keys.sort_by(|a, b| b.spans.cmp(&a.spans).then_with(|| a.name.cmp(&b.name)));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn names_are_read_as_they_are_written() {
        for column in Column::FIXED
            .into_iter()
            .chain([Column::Attribute("a.b".into())])
        {
            assert_eq!(Column::named(&column.name()), Some(column));
        }
        assert_eq!(Column::named("."), None);
        assert_eq!(Column::named("unknown"), None);
        let both = columns("own, .http.route".split(',')).unwrap();
        assert_eq!(both, ["own", ".http.route"]);
        assert_eq!(columns(["none"].into_iter()), Some(Vec::new()));
        assert_eq!(columns(["http.route"].into_iter()), None);
    }

    #[test]
    fn attributes_are_offered_by_how_many_have_them() {
        let trace = scenario::trace("a: r 0..9 rare=1 k=v res.host=h\n  a: x 1..2 k=w\n");
        let keys = keys(&trace);
        let told: Vec<_> = keys
            .iter()
            .map(|key| (key.name.as_str(), key.spans))
            .collect();
        assert_eq!(
            told,
            [("k", 2), ("service.name", 2), ("host", 1), ("rare", 1)]
        );
        assert_eq!(keys[0].example.as_str(), "v");
    }

    #[test]
    fn a_head_keeps_what_tells_it_from_others() {
        let column = Column::Attribute("http.response.status_code".into());
        assert_eq!(column.head(12, Charset::Unicode).as_str(), "status_code");
        assert_eq!(column.head(6, Charset::Unicode).width(), 6);
    }
}
