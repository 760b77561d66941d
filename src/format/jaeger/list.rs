//! Values that may be null, lists of strings, lists of tags.

use std::borrow::Cow;
use std::fmt::Display;

use super::issue::Issue;
use super::tag::{Tag, Tags};
use crate::format::json::{JsonReader, JsonResult};
use crate::format::problem::Reason;

/// A value that may be null.
pub(super) fn optional<'a, T>(
    json: &mut JsonReader<'a>,
    read: impl FnOnce(&mut JsonReader<'a>) -> JsonResult<T>,
) -> JsonResult<Option<T>> {
    if json.take_null()? {
        Ok(None)
    } else {
        read(json).map(Some)
    }
}

/// A list of strings, or null. What is no string in it is left out.
pub(super) fn strings<'a>(json: &mut JsonReader<'a>) -> JsonResult<Vec<Cow<'a, str>>> {
    let mut strings = Vec::new();
    json.each(|json, _| {
        strings.extend(json.attempt(JsonReader::string)?.ok());
        Ok(())
    })?;
    Ok(strings)
}

impl<'a> Tags<'a> {
    /// Appends a list of tags; what is no tag in it is left out and noted.
    pub(super) fn list(
        &mut self,
        json: &mut JsonReader<'a>,
        path: &dyn Display,
        tags: &mut Vec<Tag<'a>>,
        issues: &mut Vec<Issue>,
    ) -> JsonResult<()> {
        json.each(|json, index| {
            let at = json.position();
            let path = || format!("{path}[{index}]");
            match json.attempt(|json| self.read(json))? {
                Ok((tag, problem)) => {
                    tags.push(tag);
                    issues.extend(problem.map(|message| Issue {
                        at,
                        path: path(),
                        reason: Reason::WrongType,
                        message,
                    }));
                }
                Err(error) => issues.push(Issue::of_json(error, path())),
            }
            Ok(())
        })
    }
}
