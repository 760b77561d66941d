//! Regular expressions of queries: anchored at both ends, `.` matches line breaks too, bounded
//! in size. Both Tempo's and this engine's have linear time and no back-references.

use regex::{Regex, RegexBuilder};

/// Bytes that a compiled expression may take.
const SIZE_LIMIT: usize = 1 << 20;

/// Compiles `pattern`.
///
/// # Errors
/// One line on what is wrong with it.
pub fn compile(pattern: &str) -> Result<Regex, String> {
    let build = |text: &str| {
        RegexBuilder::new(text)
            .size_limit(SIZE_LIMIT)
            .dfa_size_limit(SIZE_LIMIT)
            .nest_limit(100)
            .dot_matches_new_line(true)
            .build()
    };
    // Alone first: a stray parenthesis must not close the anchors' group.
    build(pattern)
        .and_then(|_| build(&format!(r"\A(?:{pattern})\z")))
        .map_err(|error| brief(&error))
}

fn brief(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or("");
            last.strip_prefix("error: ").unwrap_or(last).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchored_and_bounded() {
        let regex = compile("a|b.").unwrap();
        assert!(regex.is_match("a") && regex.is_match("b\n"));
        assert!(!regex.is_match("ab") && !regex.is_match("xa"));
        assert_eq!(compile("(").unwrap_err(), "unclosed group");
        assert!(compile(")(").is_err());
        assert_eq!(compile(r"\w{500}{50}").unwrap_err(), "it is too large");
        assert!(compile(&"(".repeat(5000)).is_err());
    }
}
