//! Values without a name: headers whose grammar is like no other, ids in URLs, and lone tokens that
//! look like ids.

use super::Found;
use super::value::{self, Ids};

type Parse = fn(&str) -> Option<Ids>;

/// Grammars like no other.
#[rustfmt::skip]
const VALUES: [(&str, Parse); 8] = [
    ("a traceparent", value::traceparent),
    ("a trace id of X-Ray", value::xray),
    ("the value of X-Amzn-Trace-Id", value::amzn),
    ("the value of uber-trace-id", long_uber),
    ("the value of b3", value::b3),
    ("the value of X-Cloud-Trace-Context", cloud_with_span),
    ("the value of sw8", value::sw8),
    ("a transaction of Pinpoint", value::pinpoint),
];

/// Finds ids by how they look, the least mistakable first.
pub(super) fn find(text: &str, keep: &mut dyn FnMut(Found)) {
    let mut certain = |(trace_id, span_id): Ids, why| {
        keep(Found {
            trace_id,
            span_id,
            why,
            is_certain: true,
        });
    };
    for (why, parse) in VALUES {
        for ids in words(text).filter_map(parse) {
            certain(ids, why);
        }
    }
    for ids in words(text).filter_map(value::skywalking) {
        certain(ids, "a trace id of SkyWalking");
    }
    for ids in in_urls(text) {
        certain(ids, "a URL of a trace");
    }
    lone(text, keep);
}

/// Tokens of just as many digits as an id has.
fn lone(text: &str, keep: &mut dyn FnMut(Found)) {
    let all = text.trim();
    let mut token = |word: &str, ids: Option<Ids>, why| {
        if let Some((trace_id, span_id)) = ids {
            keep(Found {
                trace_id,
                span_id,
                why,
                is_certain: word == all,
            });
        }
    };
    for (digits, why) in [(32, "32 hexadecimal digits"), (16, "16 hexadecimal digits")] {
        for run in runs(text).filter(|run| run.len() == digits) {
            token(run, value::hex(run), why);
        }
        if digits == 32 {
            for word in words(text).filter(|word| word.len() == 36) {
                token(word, value::uuid(word), "a UUID");
            }
        }
    }
    for word in words(text) {
        token(word, value::base64(word), "16 bytes in base64");
    }
    // In a line of a log, a long number is a time more often than an id.
    let number = value::decimal(all).filter(|&number| number >= 1 << 32);
    let id = number.map(|number| (crate::model::TraceId(number.into()), None));
    token(all, id, "a number of 64 bits");
}

/// Words, without the quotes and brackets around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let around = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '\'' | ',' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '|'
            )
    };
    text.split(around).filter(|word| !word.is_empty())
}

/// Runs of hex digits that are no part of a longer word and no digest of something else.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut from = 0;
    text.split(move |c| !is_word(c)).filter(move |run| {
        let before = text.get(..from).unwrap_or_default();
        from += run.len();
        from += text
            .get(from..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        value::is_hex(run, 16..=32) && !is_digest(before)
    })
}

/// Whether what follows these words is a digest: of an image, a commit, a file.
fn is_digest(before: &str) -> bool {
    let before = before.trim_end_matches([' ', ':', '=', '"', '@']);
    let tail = before.len().saturating_sub(8);
    let tail = before.get(tail..).unwrap_or_default().to_ascii_lowercase();
    ["sha256", "sha1", "md5", "commit", "image", "digest", "etag"]
        .iter()
        .any(|word| tail.ends_with(word))
}

/// Ids in paths of URLs: `/trace/ID` of Jaeger and Datadog, `/traces/ID` of Zipkin, Tempo and X-Ray.
fn in_urls(text: &str) -> impl Iterator<Item = Ids> {
    let is_url = text.contains("://") || text.trim_start().starts_with('/');
    let paths = ["/trace/", "/traces/", ":traces/"]
        .into_iter()
        .filter(move |_| is_url);
    let rests = paths.flat_map(move |path| {
        text.match_indices(path)
            .filter_map(move |(at, _)| text.get(at + path.len()..))
    });
    rests.filter_map(|rest| {
        let ends = |c: char| !c.is_ascii_alphanumeric() && c != '-';
        let id = rest.split(ends).next()?;
        let number = || value::decimal(id).map(|id| (crate::model::TraceId(id.into()), None));
        let is_decimal = matches!(id.len(), 17..=20) && value::decimal(id).is_some();
        value::xray(id)
            .or_else(|| number().filter(|_| is_decimal))
            .or_else(|| value::hex(id))
    })
}

/// Without a name before it, four short numbers with colons are many things.
fn long_uber(text: &str) -> Option<Ids> {
    value::uber(text).filter(|_| text.len() >= 24)
}

/// Without a name before it, 32 digits are only that.
fn cloud_with_span(text: &str) -> Option<Ids> {
    value::cloud(text).filter(|_| text.contains('/'))
}
