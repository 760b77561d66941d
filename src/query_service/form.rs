//! Jaeger's search form, which both of its APIs ask with: what it means in TraceQL.

use std::collections::BTreeMap;

use axum::http::StatusCode;

use crate::backend::{SearchRequest, Sort, Window};
use crate::model::Nanos;
use crate::traceql::{Attribute, Scope};

use super::adjust::NO_SERVICE;
use super::answer::Refused;
use super::params::{Params, quoted};

/// More traces than any client asks for; beyond it Jaeger refuses too.
const MOST: i64 = 100_000;

/// Tags that must all be found, compared as text.
pub type Tags = BTreeMap<String, String>;

/// The fields that are filled in. One span must have all of them.
#[derive(Debug, Clone, Default)]
pub struct Form<'p> {
    /// The service, by the name that Jaeger has for it.
    pub service: Option<&'p str>,
    /// The operation.
    pub operation: Option<&'p str>,
    /// The shortest duration of the span.
    pub least: Option<Nanos>,
    /// The longest.
    pub most: Option<Nanos>,
    /// Its tags.
    pub tags: Tags,
}

impl Form<'_> {
    /// The search for at most `limit` traces.
    ///
    /// # Errors
    /// A limit that Jaeger would not take.
    pub fn request(&self, window: Window, limit: i64) -> Result<SearchRequest, Refused> {
        if !(1..=MOST).contains(&limit) {
            let message = "search depth must be greater than 0 and less than max traces".to_owned();
            return Err(Refused {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                message,
            });
        }
        Ok(SearchRequest {
            query: format!("{{ {} }}", self.terms().join(" && ")),
            window: Some(window),
            limit: limit as usize,
            sort: Sort::Newest,
        })
    }

    fn terms(&self) -> Vec<String> {
        let mut terms = Vec::new();
        if let Some(service) = self.service {
            terms.push(by_service(service));
        }
        if let Some(operation) = self.operation {
            terms.push(format!("name = {}", quoted(operation)));
        }
        for (length, sign) in [(self.least, ">="), (self.most, "<=")] {
            if let Some(length) = length {
                terms.push(format!("duration {sign} {}ns", length.0));
            }
        }
        for (key, value) in &self.tags {
            let tag = Attribute::keyed(Scope::Tag, key.clone());
            terms.push(format!("{tag} = {}", quoted(value)));
        }
        terms
    }
}

/// Jaeger names what gave no name; the store keeps it as it came.
pub fn by_service(name: &str) -> String {
    let named = format!("resource.service.name = {}", quoted(name));
    if name == NO_SERVICE {
        format!("({named} || !(resource.service.name != nil))")
    } else {
        named
    }
}

/// `tag=key:value`, and `tags={"key":"value"}`, which wins.
pub fn tags(params: &Params) -> Result<Tags, Refused> {
    let mut tags = BTreeMap::new();
    for tag in params.all("tag") {
        let (key, value) = tag.split_once(':').ok_or_else(|| {
            Refused::bad(format!(
                "malformed 'tag' parameter, expecting key:value, received: {tag}"
            ))
        })?;
        tags.insert(key.to_owned(), value.to_owned());
    }
    for json in params.all("tags") {
        tags.extend(tag_map(json).map_err(|why| {
            Refused::bad(format!(
                "malformed 'tags' parameter, cannot unmarshal JSON: {why}"
            ))
        })?);
    }
    Ok(tags)
}

/// `{"key":"value"}`, or what is wrong with it.
pub fn tag_map(json: &str) -> Result<Tags, String> {
    serde_json::from_str(json).map_err(|error| not_a_string(json, &error))
}

/// Go's complaint about a value of the wrong type, ours about everything else.
fn not_a_string(json: &str, error: &serde_json::Error) -> String {
    let values: Result<BTreeMap<String, serde_json::Value>, _> = serde_json::from_str(json);
    let kind = values.ok().and_then(|values| {
        values.into_values().find_map(|value| match value {
            serde_json::Value::Number(_) => Some("number"),
            serde_json::Value::Bool(_) => Some("bool"),
            serde_json::Value::Array(_) => Some("array"),
            serde_json::Value::Object(_) => Some("object"),
            serde_json::Value::String(_) | serde_json::Value::Null => None,
        })
    });
    kind.map_or_else(
        || error.to_string(),
        |kind| format!("json: cannot unmarshal {kind} into Go value of type string"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;
    use crate::traceql::Query;

    #[test]
    fn every_form_is_a_query() {
        let window = Window {
            from: Time(1),
            to: Time(2),
        };
        for service in [None, Some("a \"b\""), Some(NO_SERVICE)] {
            let form = Form {
                service,
                operation: Some("GET /"),
                least: Some(Nanos(5)),
                most: None,
                tags: Tags::from([("a.b c".to_owned(), "\\".to_owned())]),
            };
            let alone = Form {
                service,
                ..Form::default()
            };
            for form in [form, alone] {
                let query = form.request(window, 5).unwrap().query;
                assert!(Query::parse(&query).is_ok(), "{query}");
            }
        }
        assert!(Form::default().request(window, 0).is_err());
    }
}
