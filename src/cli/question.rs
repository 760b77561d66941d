//! What is searched for: TraceQL, or Jaeger's form as flags, which writes TraceQL.

use clap::Args;

use crate::model::Nanos;
use crate::traceql::form::Lasts;
use crate::traceql::{Form, parse, words};

use super::Failure;
use super::args::nanos;

/// A question about traces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Question")]
pub struct QuestionArgs {
    /// TraceQL, as in '{ status = error }', or plain words; without it, every trace
    #[arg(value_name = "TRACEQL")]
    pub query: Option<String>,
    /// A span of this service
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// with this operation
    #[arg(long, value_name = "NAME")]
    pub operation: Option<String>,
    /// with this tag, compared as text in span, resource, scope, events and links; repeatable
    #[arg(long = "tag", value_name = "KEY=VALUE")]
    pub tags: Vec<String>,
    /// that took at least this long
    #[arg(long, value_name = "DURATION", value_parser = nanos)]
    pub min_duration: Option<u64>,
    /// and at most this long
    #[arg(long, value_name = "DURATION", value_parser = nanos)]
    pub max_duration: Option<u64>,
}

impl QuestionArgs {
    /// The question in TraceQL.
    pub fn traceql(&self) -> Result<String, Failure> {
        let form = self.form()?;
        match &self.query {
            None => Ok(form.to_tree().to_string()),
            Some(query) if form == Form::default() => in_traceql(query),
            Some(_) => Err(Failure::usage(
                "TraceQL and the flags of the form do not mix: write the flags' conditions into the query",
            )),
        }
    }

    fn form(&self) -> Result<Form, Failure> {
        let tags = self.tags.iter().map(|tag| {
            let halves = tag.split_once('=').filter(|(key, _)| !key.is_empty());
            let owned = halves.map(|(key, value)| (key.to_owned(), value.to_owned()));
            owned.ok_or_else(|| {
                Failure::Usage(format!(
                    "--tag {tag}: write it like --tag http.status_code=500"
                ))
            })
        });
        Ok(Form {
            service: self.service.clone().unwrap_or_default(),
            operation: self.operation.clone().unwrap_or_default(),
            tags: tags.collect::<Result<_, _>>()?,
            span: Lasts {
                at_least: self.min_duration.map(Nanos),
                at_most: self.max_duration.map(Nanos),
            },
            ..Form::default()
        })
    }
}

/// TraceQL goes to the backend as it is; plain words become TraceQL.
fn in_traceql(query: &str) -> Result<String, Failure> {
    if parse(query).is_ok() {
        return Ok(query.to_owned());
    }
    let query = query.to_owned();
    match words::read(&query, &()) {
        Ok(tree) => Ok(tree.to_string()),
        Err(error) => Err(Failure::Query {
            error: Box::new(error),
            query,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_writes_traceql() {
        let mut args = QuestionArgs::default();
        assert_eq!(args.traceql().unwrap(), "{ }");
        args.service = Some("a \"b\"".into());
        args.tags = vec!["http.status_code=500".into(), "odd key=x=y".into()];
        args.min_duration = Some(1_500_000_000);
        assert_eq!(
            args.traceql().unwrap(),
            r#"{ resource.service.name = `a "b"` && tag.http.status_code = "500" && tag."odd key" = "x=y" && duration >= 1500ms }"#
        );
        args.query = Some("{ status = error }".into());
        assert!(args.traceql().is_err());
    }

    #[test]
    fn a_tag_needs_a_key() {
        let args = QuestionArgs {
            tags: vec!["=500".into()],
            ..QuestionArgs::default()
        };
        assert!(args.traceql().is_err());
    }
}
