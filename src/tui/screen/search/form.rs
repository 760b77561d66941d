//! The query as a form, with Jaeger's fields. Form and query line edit one syntax tree: what the
//! form cannot show, it keeps as it is.

use crate::text::{Charset, Clock, duration, parse_duration};
use crate::traceql::operator::Compare;
use crate::traceql::tree::Literal;
use crate::traceql::{Attribute, Intrinsic, Scope};
use crate::tui::keymap::Action;
use crate::tui::widget::input::Input;

use super::terms::{Term, query, terms, word, words};
use super::window::Span;

/// The fields, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Service,
    Operation,
    Attributes,
    SpanLeast,
    SpanMost,
    TraceLeast,
    TraceMost,
    Time,
    Limit,
}

impl Field {
    pub const ALL: [Self; 9] = [
        Self::Service,
        Self::Operation,
        Self::Attributes,
        Self::SpanLeast,
        Self::SpanMost,
        Self::TraceLeast,
        Self::TraceMost,
        Self::Time,
        Self::Limit,
    ];

    /// What stands before it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Operation => "operation",
            Self::Attributes => "attributes",
            Self::SpanLeast => "span lasts",
            Self::TraceLeast => "trace lasts",
            Self::SpanMost | Self::TraceMost => "",
            Self::Time => "time",
            Self::Limit => "limit",
        }
    }

    /// What an empty field means.
    pub fn empty(self) -> &'static str {
        match self {
            Self::Service | Self::Operation => "any",
            Self::Attributes => "error=true k=\"a b\"",
            _ => "",
        }
    }
}

/// The most traces that may be asked for at once, as Jaeger has it.
pub const MOST: usize = 1_500;

/// The form while it is open.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    inputs: [Input; 9],
    focus: usize,
    /// Terms of the query that no field shows.
    kept: Vec<Term>,
    /// What is wrong, said below the fields.
    pub fault: Option<String>,
}

/// What the form asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub query: String,
    pub span: Span,
    pub limit: usize,
}

impl Form {
    /// The form of a query. Returns `None` if it says more than a form can.
    pub fn of(asked: &Asked, clock: &Clock) -> Option<Self> {
        let mut form = Self {
            inputs: std::array::from_fn(|_| Input::default()),
            focus: 0,
            kept: Vec::new(),
            fault: None,
        };
        let mut attributes = Vec::new();
        for term in terms(&asked.query)? {
            match form.field_of(&term) {
                Some((field, text)) => form.input_mut(field).set(text.clone(), text.len()),
                None => match tag(&term) {
                    Some(text) => attributes.push(text),
                    None => form.kept.push(term),
                },
            }
        }
        for (field, text) in [
            (Field::Attributes, attributes.join(" ")),
            (Field::Time, asked.span.words(clock)),
            (Field::Limit, asked.limit.to_string()),
        ] {
            form.input_mut(field).set(text.clone(), text.len());
        }
        Some(form)
    }

    /// The field that shows a term, if it is still empty, and how.
    fn field_of(&self, term: &Term) -> Option<(Field, String)> {
        let (field, text) = match (&term.attribute, term.op, &term.value) {
            (attribute, Compare::Equal, Literal::Text(text))
                if *attribute == Attribute::service() =>
            {
                (Field::Service, text.clone())
            }
            (Attribute::Intrinsic(Intrinsic::Name), Compare::Equal, Literal::Text(text)) => {
                (Field::Operation, text.clone())
            }
            (Attribute::Intrinsic(Intrinsic::Duration), op, Literal::Duration(nanos)) => (
                limit_of(op, Field::SpanLeast, Field::SpanMost)?,
                exact(*nanos)?,
            ),
            (Attribute::Intrinsic(Intrinsic::TraceDuration), op, Literal::Duration(nanos)) => (
                limit_of(op, Field::TraceLeast, Field::TraceMost)?,
                exact(*nanos)?,
            ),
            _ => return None,
        };
        self.input(field).text().is_empty().then_some((field, text))
    }

    /// What a field holds.
    pub fn input(&self, field: Field) -> &Input {
        &self.inputs[field as usize]
    }

    fn input_mut(&mut self, field: Field) -> &mut Input {
        &mut self.inputs[field as usize]
    }

    /// The field with the cursor.
    pub fn focus(&self) -> Field {
        Field::ALL
            .get(self.focus)
            .copied()
            .unwrap_or(Field::Service)
    }

    /// Puts the cursor into a field.
    pub fn focus_on(&mut self, field: Field) {
        self.focus = field as usize;
    }

    /// Editing and going from field to field. Returns false for any other action.
    pub fn act(&mut self, action: Action) -> bool {
        let fields = Field::ALL.len();
        match action {
            Action::NextField => self.focus = (self.focus + 1) % fields,
            Action::PreviousField => self.focus = (self.focus + fields - 1) % fields,
            action => {
                let focus = self.focus();
                return self.input_mut(focus).act(action);
            }
        }
        true
    }

    /// Types a character into the field with the cursor.
    pub fn typed(&mut self, c: char) {
        self.fault = None;
        let focus = self.focus();
        self.input_mut(focus).insert(c);
    }

    /// What the fields ask for; else the field that is wrong, and why.
    pub fn asked(&self, clock: &Clock) -> Result<Asked, (Field, String)> {
        let mut terms = Vec::new();
        let text =
            |field: Field| Some(self.input(field).text().trim()).filter(|text| !text.is_empty());
        terms.extend(text(Field::Service).map(Term::service));
        terms.extend(text(Field::Operation).map(Term::operation));
        for word in words(text(Field::Attributes).unwrap_or_default()) {
            let (key, value) = word.split_once('=').unwrap_or((&word, "true"));
            terms.push(Term::tag(key, value));
        }
        let lengths = [
            (Field::SpanLeast, Intrinsic::Duration, Compare::GreaterEqual),
            (Field::SpanMost, Intrinsic::Duration, Compare::LessEqual),
            (
                Field::TraceLeast,
                Intrinsic::TraceDuration,
                Compare::GreaterEqual,
            ),
            (
                Field::TraceMost,
                Intrinsic::TraceDuration,
                Compare::LessEqual,
            ),
        ];
        for (field, intrinsic, op) in lengths {
            let Some(text) = text(field) else { continue };
            let nanos = parse_duration(text).map_err(|error| (field, error.to_string()))?;
            terms.push(Term::intrinsic(
                intrinsic,
                op,
                Literal::Duration(nanos as i64),
            ));
        }
        terms.extend(self.kept.iter().cloned());
        let time = text(Field::Time).unwrap_or_default();
        let span = Span::parse(time, clock)
            .ok_or_else(|| (Field::Time, "write 1h, 13:52 to 14:02, or all".to_owned()))?;
        let limit = text(Field::Limit)
            .unwrap_or("20")
            .parse()
            .ok()
            .filter(|limit| (1..=MOST).contains(limit));
        let limit = limit.ok_or_else(|| (Field::Limit, format!("1 to {MOST}")))?;
        Ok(Asked {
            query: query(terms),
            span,
            limit,
        })
    }

    /// How many terms of the query no field shows.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }
}

fn limit_of(op: Compare, least: Field, most: Field) -> Option<Field> {
    match op {
        Compare::GreaterEqual => Some(least),
        Compare::LessEqual => Some(most),
        _ => None,
    }
}

/// A duration as a field shows it, if that reads back as the same; else `None`.
fn exact(nanos: i64) -> Option<String> {
    let nanos = u64::try_from(nanos).ok()?;
    let short: String = duration(nanos, Charset::Ascii).split(' ').collect();
    let plain = [
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "us"),
        (1, "ns"),
    ];
    let whole = plain
        .into_iter()
        .find(|(unit, _)| nanos > 0 && nanos.is_multiple_of(*unit));
    let text = whole.map_or(short, |(unit, name)| format!("{}{name}", nanos / unit));
    (parse_duration(&text).ok() == Some(nanos)).then_some(text)
}

fn tag(term: &Term) -> Option<String> {
    match (&term.attribute, term.op, &term.value) {
        (
            Attribute::Keyed {
                scope: Scope::Tag,
                key,
            },
            Compare::Equal,
            Literal::Text(value),
        ) => Some(word(key, value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock::frozen(1_795_356_131_000_000_000)
    }

    fn round_trip(query: &str) -> Option<String> {
        let asked = Asked {
            query: query.to_owned(),
            span: Span::minutes(60),
            limit: 20,
        };
        let back = Form::of(&asked, &clock())?.asked(&clock()).unwrap();
        assert_eq!((back.span, back.limit), (asked.span, asked.limit));
        Some(back.query)
    }

    #[test]
    fn what_the_form_shows_reads_back_as_the_same_query() {
        for query in [
            "{ }",
            r#"{ resource.service.name = "frontend" && name = "GET /" }"#,
            r#"{ tag.error = "true" && tag.k = `a "b"` && duration >= 500ms && trace:duration <= 2s }"#,
            r#"{ resource.service.name = "a" && resource.service.name = "b" }"#,
            r#"{ duration >= 1s && span.x > 3 }"#,
        ] {
            assert_eq!(round_trip(query).as_deref(), Some(query));
        }
        for query in [
            "{ } | count() > 2",
            "{ a = 1 || b = 2 }",
            "{ status = error } >> { }",
        ] {
            assert_eq!(round_trip(query), None, "{query}");
        }
    }

    #[test]
    fn a_field_that_is_wrong_is_named() {
        let asked = Asked {
            query: "{ }".into(),
            span: Span::minutes(60),
            limit: 20,
        };
        let mut form = Form::of(&asked, &clock()).unwrap();
        form.focus_on(Field::SpanLeast);
        form.typed('x');
        assert_eq!(form.asked(&clock()).unwrap_err().0, Field::SpanLeast);
        form.act(Action::EraseBack);
        form.focus_on(Field::Limit);
        form.typed('0');
        form.typed('0');
        assert_eq!(form.asked(&clock()).unwrap_err().0, Field::Limit);
    }
}
