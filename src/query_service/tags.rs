//! Tempo's API for what can be asked: attributes by scope, and their values.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use crate::model::Kind;
use crate::traceql::tree::{Body as Asks, FieldExpr, Literal, SetExpr, Stage};
use crate::traceql::{Attribute, Census, Intrinsic, Scope, Type, Vocabulary, parse};

use super::QueryService;
use super::answer::{self, Refused};
use super::params::Params;
use super::tempo::{self, unsigned};

type Asked = Query<Vec<(String, String)>>;
type Answer = Result<Response<Body>, Response<Body>>;

/// The scopes that Tempo tells apart.
const SCOPES: [Scope; 5] = [
    Scope::Resource,
    Scope::Span,
    Scope::Event,
    Scope::Link,
    Scope::Instrumentation,
];

/// All names of attributes, whatever their scope.
pub async fn names(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let scopes = scopes(&params).map_err(tempo::refused)?;
    let census = census(&service, &params).await?;
    let mut names: BTreeSet<String> = scopes
        .iter()
        .flat_map(|&scope| census.keys(scope))
        .map(|seen| seen.key)
        .collect();
    if params.get("scope") == Some("intrinsic") {
        names = Intrinsic::all().flat_map(Intrinsic::names).collect();
    }
    let names: Vec<String> = names
        .into_iter()
        .take(limit(&params).map_err(tempo::refused)?)
        .collect();
    Ok(told(&json!({ "tagNames": names, "metrics": {} })))
}

/// The names of attributes by scope; those of the spans that a query asks for, if one is given.
pub async fn names_by_scope(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let wanted = scopes(&params).map_err(tempo::refused)?;
    let census = census(&service, &params).await?;
    let most = limit(&params).map_err(tempo::refused)?;
    let mut scopes = Vec::new();
    for scope in wanted {
        let mut keys: Vec<String> = census
            .keys(scope)
            .into_iter()
            .map(|seen| seen.key)
            .collect();
        keys.sort();
        keys.truncate(most);
        if !keys.is_empty() {
            scopes.push(json!({ "name": scope.name(), "tags": keys }));
        }
    }
    if matches!(params.get("scope"), None | Some("intrinsic" | "none")) {
        let names: BTreeSet<String> = Intrinsic::all().flat_map(Intrinsic::names).collect();
        scopes.push(json!({ "name": "intrinsic", "tags": names }));
    }
    Ok(told(&json!({ "scopes": scopes, "metrics": {} })))
}

/// The values of a name in any scope, as text.
pub async fn values(
    State(service): State<QueryService>,
    Path(name): Path<String>,
    Query(asked): Asked,
) -> Answer {
    let params = Params::new(asked);
    let attribute = attribute(&name).unwrap_or_else(|| Attribute::keyed(Scope::Any, name));
    let census = census(&service, &params).await?;
    let values: BTreeSet<String> = seen(&census, &attribute)
        .into_iter()
        .map(|value| match value {
            Literal::Text(text) => text,
            other => other.to_string(),
        })
        .collect();
    let values: Vec<String> = values
        .into_iter()
        .take(limit(&params).map_err(tempo::refused)?)
        .collect();
    Ok(told(&json!({ "tagValues": values, "metrics": {} })))
}

/// The values of an attribute with their types, most frequent first.
pub async fn typed_values(
    State(service): State<QueryService>,
    Path(name): Path<String>,
    Query(asked): Asked,
) -> Answer {
    let params = Params::new(asked);
    let Some(attribute) = attribute(&name) else {
        let message = format!(
            "please provide a valid tagName: {name} is no attribute: write span.{name}, resource.{name} or .{name}"
        );
        return Err(tempo::refused(Refused::bad(message)));
    };
    let census = census(&service, &params).await?;
    let value = |value: Literal| {
        let kind = match value.value_type() {
            Type::Status | Type::Kind => "keyword",
            Type::Int => "int",
            Type::Float => "float",
            Type::Bool => "bool",
            Type::Duration => "duration",
            Type::Any | Type::Nil | Type::Text => "string",
        };
        let text = match value {
            Literal::Text(text) => text,
            other => other.to_string(),
        };
        json!({ "type": kind, "value": text })
    };
    let values = seen(&census, &attribute).into_iter();
    let values: Vec<Value> = values
        .take(limit(&params).map_err(tempo::refused)?)
        .map(value)
        .collect();
    Ok(told(&json!({ "tagValues": values, "metrics": {} })))
}

fn told(value: &Value) -> Response<Body> {
    answer::json(StatusCode::OK, value)
}

/// What the spans have that `start`, `end` and `q` leave.
async fn census(service: &QueryService, params: &Params) -> Result<Arc<Census>, Response<Body>> {
    let cancel = CancellationToken::new();
    let _guard = cancel.clone().drop_guard();
    let window = tempo::seconds(params).map_err(tempo::refused)?;
    // Clients that know of no condition yet send an empty filter.
    let asked = params.get("q").filter(|text| *text != "{}");
    let query = asked.and_then(complete_part);
    let census = if window.is_none() && query.is_none() {
        service.backend.vocabulary(cancel).await
    } else {
        let query = query.unwrap_or_default();
        service.backend.vocabulary_of(query, window, cancel).await
    };
    let census = census.map_err(|error| tempo::refused(error.into()))?;
    Ok(census.unwrap_or_default())
}

/// As much of a query that is being written as is one: whole conditions joined by `&&`. Nothing
/// where that is not so: Tempo passes over what it cannot read.
fn complete_part(text: &str) -> Option<String> {
    if crate::traceql::Query::parse(text).is_ok() {
        return Some(text.to_owned());
    }
    let open = text.trim().trim_end_matches('}');
    let ends = open.rmatch_indices("&&").map(|(at, _)| at);
    let parts = [open.len()].into_iter().chain(ends.take(MOST_CONDITIONS));
    let closed = parts.filter_map(|end| Some(format!("{} }}", open.get(..end)?)));
    let mut readable = closed.filter(|part| crate::traceql::Query::parse(part).is_ok());
    readable.next()
}

/// Conditions of an unfinished query that are tried to be left out.
const MOST_CONDITIONS: usize = 16;

/// The scopes that are asked for.
fn scopes(params: &Params) -> Result<Vec<Scope>, Refused> {
    match params.get("scope") {
        None | Some("none") => Ok(SCOPES.into()),
        Some("intrinsic") => Ok(Vec::new()),
        Some(name) => match SCOPES.into_iter().find(|scope| scope.name() == name) {
            Some(scope) => Ok(vec![scope]),
            None => Err(Refused::bad(format!("invalid scope: {name}"))),
        },
    }
}

fn limit(params: &Params) -> Result<usize, Refused> {
    let limit = unsigned(params, "limit")?;
    Ok(limit.filter(|&n| n > 0).map_or(usize::MAX, |n| n as usize))
}

/// The attribute that a name in a path is, written as in a query.
fn attribute(name: &str) -> Option<Attribute> {
    let tree = parse(&format!("{{ {name} != nil }}")).ok()?;
    let Asks::Spans(pipeline) = tree.body else {
        return None;
    };
    let Stage::Spans(SetExpr::Filter(Some(field))) = &pipeline.stages.first()?.value else {
        return None;
    };
    match &field.value {
        FieldExpr::Exists { field, .. } => match &field.value {
            FieldExpr::Attribute(attribute) => Some(attribute.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// The values of an attribute: those that a status and a kind can have, and of others those
/// that occur.
fn seen(census: &Census, attribute: &Attribute) -> Vec<Literal> {
    match attribute.value_type() {
        Type::Status => {
            use crate::model::Status::{Error, Ok, Unset};
            [Error, Ok, Unset].map(Literal::Status).into()
        }
        Type::Kind => Kind::ALL.map(Literal::Kind).into(),
        _ => {
            let seen = census.values(attribute).into_iter();
            seen.map(|seen| seen.value).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_service::metrics::tests::{asked, json_of, service};

    #[tokio::test]
    async fn attributes_and_values_are_told() {
        let (service, _folder) = service();
        let state = || State(service.clone());
        let none = || asked(&[]);
        let told = json_of(names_by_scope(state(), none()).await).await;
        let scopes: Vec<_> = told["scopes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| &s["name"])
            .collect();
        assert_eq!(scopes, ["resource", "span", "intrinsic"]);
        assert_eq!(told["scopes"][1]["tags"], json!(["n"]));
        let of = async |name: &str| {
            let answer = typed_values(state(), Path(name.to_owned()), none()).await;
            json_of(answer).await["tagValues"].clone()
        };
        let shop = json!([
            { "type": "string", "value": "shop" },
            { "type": "string", "value": "cart" },
        ]);
        assert_eq!(of("resource.service.name").await, shop);
        assert_eq!(
            of("span.n").await[0],
            json!({ "type": "int", "value": "1" })
        );
        assert_eq!(
            of("status").await[0],
            json!({ "type": "keyword", "value": "error" })
        );
        let wrong = typed_values(state(), Path("nothing.at.all".into()), none()).await;
        assert_eq!(
            wrong.map_err(|r| r.status()).unwrap_err(),
            StatusCode::BAD_REQUEST
        );
        let told = values_of(state(), "service.name").await;
        assert_eq!(told["tagValues"], json!(["cart", "shop"]));
    }

    #[tokio::test]
    async fn a_query_and_a_window_say_of_which_spans() {
        let (service, _folder) = service();
        let of = async |pairs: &[(&str, &str)]| {
            let name = Path("resource.service.name".to_owned());
            let answer = typed_values(State(service.clone()), name, asked(pairs)).await;
            let told = json_of(answer).await;
            let values = told["tagValues"].as_array().unwrap().clone();
            let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
            values.iter().map(text).collect::<Vec<_>>()
        };
        let query = r#"{ resource.service.name = "cart" }"#;
        assert_eq!(of(&[("q", query)]).await, ["cart"]);
        let unfinished = r#"{ resource.service.name = "cart" && span.n = }"#;
        assert_eq!(of(&[("q", unfinished)]).await, ["cart"]);
        assert_eq!(of(&[("q", "{ span.n = }")]).await.len(), 2);
        let first = of(&[("limit", "1")]).await;
        assert_eq!(first, ["shop"]);
        assert!(of(&[("start", "1"), ("end", "2")]).await.is_empty());
        let names = |pairs: &[(&str, &str)]| names_by_scope(State(service.clone()), asked(pairs));
        let told = json_of(names(&[("start", "1"), ("end", "2")]).await).await;
        assert_eq!(
            told["scopes"].as_array().unwrap().len(),
            1,
            "intrinsics are always there"
        );
        let wrong = names(&[("start", "2"), ("end", "1")]).await;
        assert_eq!(wrong.unwrap_err().status(), StatusCode::BAD_REQUEST);
    }

    async fn values_of(state: State<QueryService>, name: &str) -> Value {
        json_of(values(state, Path(name.to_owned()), asked(&[])).await).await
    }
}
