//! The query as a form, with Jaeger's fields: the text of each field while it is edited. What the
//! fields mean is the query language's [`Form`](crate::traceql::Form), so that form and query line
//! edit one syntax tree.

use crate::model::Nanos;
use crate::text::{Charset, Clock, duration, parse_duration};
use crate::traceql::form::{Lasts, When};
use crate::traceql::{self, logfmt};
use crate::tui::keymap::Action;
use crate::tui::widget::input::Input;

use super::window;

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

    /// What an empty field means, or how it is written.
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

/// What a search asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub query: String,
    pub when: When,
    pub limit: usize,
}

/// The form while it is open.
#[derive(Debug, Clone, PartialEq)]
pub struct FormInputs {
    inputs: [Input; 9],
    focus: usize,
    /// What is wrong, said below the fields.
    pub fault: Option<String>,
}

impl FormInputs {
    /// The form of a query. Returns `None` if it says more than a form can.
    pub fn of(asked: &Asked, clock: &Clock) -> Option<Self> {
        let tree = traceql::parse(&asked.query).ok()?;
        let form = traceql::Form::default().with_tree(&tree)?;
        let length = |nanos: Option<Nanos>| nanos.map(exact).unwrap_or_default();
        let texts = [
            form.service,
            form.operation,
            logfmt::print(&form.tags),
            length(form.span.at_least),
            length(form.span.at_most),
            length(form.trace.at_least),
            length(form.trace.at_most),
            window::words(asked.when, clock),
            asked.limit.to_string(),
        ];
        Some(Self {
            inputs: texts.map(Input::new),
            focus: 0,
            fault: None,
        })
    }

    /// What a field holds.
    pub fn input(&self, field: Field) -> &Input {
        &self.inputs[field as usize]
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

    /// Editing and going from field to field; `rest` is what the proposal in the field would add,
    /// which going on takes. Returns false for any other action.
    pub fn act(&mut self, action: Action, rest: &str) -> bool {
        let fields = Field::ALL.len();
        match action {
            Action::NextField => {
                self.inputs[self.focus].insert_str(rest);
                self.focus = (self.focus + 1) % fields;
            }
            Action::PreviousField => self.focus = (self.focus + fields - 1) % fields,
            action => return self.inputs[self.focus].act(action),
        }
        true
    }

    /// Types a character into the field with the cursor.
    pub fn typed(&mut self, c: char) {
        self.fault = None;
        self.inputs[self.focus].insert(c);
    }

    /// What the fields ask for; else the field that is wrong, and why.
    pub fn asked(&self, clock: &Clock) -> Result<Asked, (Field, String)> {
        let text = |field: Field| self.input(field).text().trim();
        let length = |field: Field| match text(field) {
            "" => Ok(None),
            text => parse_duration(text)
                .map(|nanos| Some(Nanos(nanos)))
                .map_err(|error| (field, error.to_string())),
        };
        let lasts = |at_least, at_most| {
            Ok(Lasts {
                at_least: length(at_least)?,
                at_most: length(at_most)?,
            })
        };
        let tags = logfmt::parse(text(Field::Attributes))
            .map_err(|error| (Field::Attributes, error.to_string()))?;
        let when = window::parse(text(Field::Time), clock)
            .ok_or_else(|| (Field::Time, "write 1h, 13:52 to 14:02, or all".to_owned()))?;
        let limit = match text(Field::Limit) {
            "" => Some(20),
            text => text.parse().ok().filter(|limit| (1..=MOST).contains(limit)),
        };
        let limit = limit.ok_or_else(|| (Field::Limit, format!("1 to {MOST}")))?;
        let form = traceql::Form {
            service: text(Field::Service).to_owned(),
            operation: text(Field::Operation).to_owned(),
            tags,
            span: lasts(Field::SpanLeast, Field::SpanMost)?,
            trace: lasts(Field::TraceLeast, Field::TraceMost)?,
            when,
            limit,
        };
        Ok(Asked {
            query: form.to_tree().to_string(),
            when,
            limit,
        })
    }
}

/// A duration that reads back as the same: `500ms`, `1500ms`, `90s`.
fn exact(length: Nanos) -> String {
    let units = [
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "us"),
        (1, "ns"),
    ];
    let whole = units
        .into_iter()
        .find(|(unit, _)| length.0 > 0 && length.0.is_multiple_of(*unit));
    whole.map_or_else(
        || duration(length.0, Charset::Ascii),
        |(unit, name)| format!("{}{name}", length.0 / unit),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock::frozen(1_795_356_131_000_000_000)
    }

    fn asked(query: &str) -> Asked {
        Asked {
            query: query.to_owned(),
            when: When::Last(Nanos(3_600_000_000_000)),
            limit: 20,
        }
    }

    #[test]
    fn what_the_form_shows_reads_back_as_the_same_query() {
        for query in [
            "{ }",
            r#"{ resource.service.name = "frontend" && name = "GET /" }"#,
            r#"{ tag.error = "true" && tag.k = `a "b"` && duration >= 500ms && trace:duration <= 1500ms }"#,
        ] {
            let form = FormInputs::of(&asked(query), &clock()).unwrap();
            assert_eq!(form.asked(&clock()), Ok(asked(query)), "{query}");
        }
        assert_eq!(FormInputs::of(&asked("{ } | count() > 2"), &clock()), None);
    }

    #[test]
    fn a_field_that_is_wrong_is_named() {
        let mut form = FormInputs::of(&asked("{ }"), &clock()).unwrap();
        form.focus_on(Field::SpanLeast);
        form.typed('x');
        assert_eq!(form.asked(&clock()).unwrap_err().0, Field::SpanLeast);
        form.act(Action::EraseBack, "");
        form.focus_on(Field::Limit);
        form.typed('0');
        form.typed('0');
        assert_eq!(form.asked(&clock()).unwrap_err().0, Field::Limit);
    }
}
