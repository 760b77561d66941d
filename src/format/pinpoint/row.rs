//! Rows of `callStack`.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Method, Pinpoint};
use crate::format::decimal::decimal;
use crate::format::json::{JsonKind, JsonResult};
use crate::model::{BlockBuilder, SpanId, Status, Time, Value};

/// Titles of rows that are no methods, and the names that the semantic conventions have.
const TITLES: [(&str, &str); 7] = [
    ("SQL", "db.query.text"),
    ("SQL-BindValue", "db.query.bind_values"),
    ("http.status.code", "http.response.status_code"),
    ("http.url", "url.full"),
    ("http.method", "http.request.method"),
    ("REMOTE_ADDRESS", "client.address"),
    ("http.entity", "http.request.body"),
];

/// The cells of a row. Older versions write numbers as strings, newer ones as numbers.
struct Row<'r, 'a> {
    cells: &'r [Cow<'a, str>],
    columns: &'r HashMap<String, usize>,
}

impl Row<'_, '_> {
    fn text(&self, column: &str) -> &str {
        let cell = self
            .columns
            .get(column)
            .and_then(|&place| self.cells.get(place));
        cell.map(|cell| &**cell).unwrap_or_default()
    }

    fn is(&self, column: &str) -> bool {
        self.text(column) == "true"
    }

    fn number(&self, column: &str) -> Option<u64> {
        u64::try_from(decimal(self.text(column), 0)?).ok()
    }

    /// A time in milliseconds.
    fn time(&self, column: &str) -> Option<Time> {
        let nanos = decimal(self.text(column), 6)?;
        u64::try_from(nanos)
            .ok()
            .filter(|&nanos| nanos > 0)
            .map(Time)
    }

    /// What the row says as a span.
    fn method(&self, builder: &mut BlockBuilder) -> Method {
        let mut method = Method {
            application: self.text("applicationName").to_owned(),
            agent: self.text("agent").to_owned(),
            agent_name: self.text("agentName").to_owned(),
            service_type: self.text("applicationServiceType").to_owned(),
            is_client: self.text("apiType").to_ascii_uppercase().contains("CLIENT"),
            ..Method::default()
        };
        let draft = &mut method.draft;
        draft.span_id = SpanId(self.number("id").unwrap_or(0));
        draft.parent_id = SpanId(self.number("parentId").unwrap_or(0));
        draft.start = self.time("begin").unwrap_or_default();
        draft.end = self.time("end");
        draft.operation = builder.string(self.text("title"));
        if self.is("hasException") {
            draft.status = Status::Error;
        }
        for (column, key) in [
            ("apiType", "pinpoint.api_type"),
            ("arguments", "pinpoint.arguments"),
            ("simpleClassName", "code.namespace"),
            ("location", "code.file.path"),
        ] {
            let text = self.text(column);
            if !text.is_empty() {
                draft
                    .attributes
                    .push(builder.attribute(key, Value::Str(text)));
            }
        }
        let line = self.number("lineNumber").filter(|&line| line > 0);
        if let Some(line) = line.and_then(|line| i64::try_from(line).ok()) {
            draft
                .attributes
                .push(builder.attribute("code.line.number", Value::Int(line)));
        }
        method
    }

    /// Tells a method what a row below it says: an attribute, or an exception.
    fn tell(&self, method: &mut Method, builder: &mut BlockBuilder) {
        let (title, told) = (self.text("title"), self.text("arguments"));
        if self.is("hasException") {
            let pairs = [
                builder.attribute("exception.type", Value::Str(title)),
                builder.attribute("exception.message", Value::Str(told)),
            ];
            let name = builder.string("exception");
            let draft = &mut method.draft;
            draft.event(draft.start, name, &pairs, 0);
            draft.status = Status::Error;
            draft.message = builder.string(told);
            return;
        }
        let known = TITLES.iter().find(|(known, _)| *known == title);
        let key = known.map_or(title, |(_, name)| name);
        let value = match told.parse() {
            Ok(code) if key == "http.response.status_code" => Value::Int(code),
            _ => Value::Str(told),
        };
        method.draft.attributes.push(builder.attribute(key, value));
    }
}

impl Pinpoint<'_, '_> {
    /// A row: a method, or something about the method that it stands below.
    pub(super) fn row(&mut self) -> JsonResult<()> {
        let mut cells = Vec::new();
        self.json.enter_array()?;
        while self.json.next_item()? {
            cells.push(match self.json.peek()? {
                JsonKind::Array | JsonKind::Object => {
                    self.json.skip()?;
                    Cow::Borrowed("")
                }
                _ => self.json.scalar_text()?.unwrap_or_default(),
            });
        }
        let columns = std::mem::take(&mut self.state.columns);
        let row = Row {
            cells: &cells,
            columns: &columns,
        };
        if columns.is_empty() {
            self.state.unexplained += 1;
        } else if row.is("isMethod") {
            let method = row.method(self.out.builder);
            self.state.method(method);
        } else {
            let parent = row.number("parentId");
            let index = parent.and_then(|parent| self.state.known.get(&parent));
            let method = index.and_then(|&index| self.state.methods.get_mut(index));
            if let Some(method) = method {
                row.tell(method, self.out.builder);
            }
        }
        self.state.columns = columns;
        Ok(())
    }
}
