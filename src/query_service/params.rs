//! Parameters of a query string, read as Jaeger reads them, with its error texts (which are
//! those of Go's `strconv` and `time`).

use crate::model::{Nanos, TraceId};

use super::answer::Refused;
use crate::traceql::tree::Literal;

/// Names and values in order; a name may repeat.
#[derive(Debug, Clone, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// The parameters of a request.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a name; an empty one counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        let first = self.0.iter().find(|(key, _)| key == name);
        first
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// All values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// An integer.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Refused> {
        let parse = |text: &str| integer(text).map_err(|why| unparsed(name, &why));
        self.get(name).map(parse).transpose()
    }

    /// A boolean, false if absent.
    pub fn flag(&self, name: &str) -> Result<bool, Refused> {
        self.get(name).map_or(Ok(false), |text| {
            boolean(text).map_err(|why| unparsed(name, &why))
        })
    }

    /// A duration in Go's form, its unit mandatory except for 0. Zero counts as absent.
    pub fn duration(&self, name: &str) -> Result<Option<Nanos>, Refused> {
        self.get(name).map_or(Ok(None), |text| {
            duration(text).map_err(|why| unparsed(name, &why))
        })
    }
}

/// A boolean as Go reads it, or its complaint.
pub fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        other => Err(format!(
            "strconv.ParseBool: parsing {other:?}: invalid syntax"
        )),
    }
}

/// A duration as Go reads it, nothing if it is zero; or its complaint.
pub fn duration(text: &str) -> Result<Option<Nanos>, String> {
    if text.parse::<f64>().is_ok_and(|number| number != 0.0) {
        return Err(format!("time: missing unit in duration {text:?}"));
    }
    let parsed = if text == "0" {
        Ok(0)
    } else {
        crate::text::parse_duration(text)
    };
    let nanos = parsed.map_err(|_| format!("time: invalid duration {text:?}"))?;
    Ok(Some(Nanos(nanos)).filter(|nanos| nanos.0 > 0))
}

/// Jaeger's words for a parameter that it cannot read.
pub fn unparsed(name: &str, why: &str) -> Refused {
    Refused::bad(format!("unable to parse param '{name}': {why}"))
}

/// A decimal integer, or Go's complaint.
pub fn integer(text: &str) -> Result<i64, String> {
    text.parse().map_err(|error: std::num::ParseIntError| {
        use std::num::IntErrorKind::{NegOverflow, PosOverflow};
        let why = match error.kind() {
            PosOverflow | NegOverflow => "value out of range",
            _ => "invalid syntax",
        };
        format!("strconv.ParseInt: parsing {text:?}: {why}")
    })
}

/// A number, or Go's complaint.
pub fn float(text: &str) -> Result<f64, String> {
    text.parse()
        .map_err(|_| format!("strconv.ParseFloat: parsing {text:?}: invalid syntax"))
}

/// A trace id of 1 to 32 hex digits, or Jaeger's complaint.
pub fn trace_id(text: &str) -> Result<TraceId, String> {
    if text.len() > 32 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(format!(
            "TraceID cannot be longer than 32 hex characters: {text}"
        ));
    }
    text.parse()
        .map_err(|_| format!("strconv.ParseUint: parsing {text:?}: invalid syntax"))
}

/// A TraceQL string.
pub fn quoted(text: &str) -> String {
    Literal::Text(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(name: &str, value: &str) -> Params {
        Params::new(vec![(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn complaints_are_gos() {
        let why = |refused: Result<Option<Nanos>, Refused>| refused.unwrap_err().message;
        assert_eq!(
            why(params("minDuration", "12").duration("minDuration")),
            r#"unable to parse param 'minDuration': time: missing unit in duration "12""#
        );
        assert_eq!(
            params("d", "1h30m").duration("d"),
            Ok(Some(Nanos(5_400_000_000_000)))
        );
        assert_eq!(params("d", "0").duration("d"), Ok(None));
        assert!(
            params("raw", "maybe")
                .flag("raw")
                .unwrap_err()
                .message
                .ends_with("invalid syntax")
        );
        assert_eq!(
            integer("9223372036854775808").unwrap_err(),
            "strconv.ParseInt: parsing \"9223372036854775808\": value out of range"
        );
    }
}
