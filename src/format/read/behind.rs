//! What explains the elements of a list and stands behind them.
//!
//! Jaeger names the processes of a trace behind its spans. A large trace is cut between its spans;
//! its pieces wait for this, which is found while they are decoded.

use std::sync::{Arc, OnceLock};

use crate::format::json::{JsonReader, JsonResult};

/// The value of a member that stands behind a list, once it was found. Empty if there is none.
pub(super) type Behind = Arc<OnceLock<Vec<u8>>>;

/// The value of `key` among the members of an object from behind one of them, at whose end
/// `members` begins with a comma, to its closing bracket.
pub(super) fn value_of(key: &str, members: &[u8]) -> Vec<u8> {
    let members = members.trim_ascii_start();
    let members = members.strip_prefix(b",").unwrap_or(members);
    let object = [b"{", members, b"}"].concat();
    find(key, &object).ok().flatten().unwrap_or_default()
}

fn find(key: &str, object: &[u8]) -> JsonResult<Option<Vec<u8>>> {
    let mut json = JsonReader::new(object);
    json.enter_object()?;
    while let Some(name) = json.next_key()? {
        let value = json.skip()?;
        if name == key {
            return Ok(Some(value.to_vec()));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_among_those_behind_a_list() {
        let found = value_of("b", br#" ,"a":[1,"}"],"b":{"c":1},"d":null"#);
        assert_eq!(found, br#"{"c":1}"#);
        assert!(value_of("x", br#","a":1"#).is_empty());
        assert!(value_of("x", b",,").is_empty());
    }
}
