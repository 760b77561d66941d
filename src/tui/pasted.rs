//! What people paste: a trace id, a W3C `traceparent`, a line of a log with either in it.

use crate::model::TraceId;

/// The first trace id in a text: of a `traceparent`, else 32 hexadecimal digits in a row, with or
/// without hyphens as a UUID has them, else 16 (as 64-bit ids of Zipkin and Jaeger are).
pub fn trace_id(text: &str) -> Option<TraceId> {
    let words = || text.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    let parent = words().find_map(traceparent);
    let of_length = |digits: usize| {
        words()
            .map(|word| word.replace('-', ""))
            .find(|word| word.len() == digits)
            .and_then(|word| id(&word))
    };
    let runs = |digits: usize| {
        text.split(|c: char| !c.is_ascii_hexdigit())
            .filter(move |run| run.len() == digits)
            .find_map(id)
    };
    parent
        .or_else(|| runs(32))
        .or_else(|| of_length(32))
        .or_else(|| runs(16))
}

/// `00-<32 digits>-<16 digits>-<2 digits>`, W3C Trace Context.
fn traceparent(word: &str) -> Option<TraceId> {
    let parts: Vec<&str> = word.split('-').collect();
    match parts[..] {
        [version, trace, span, flags]
            if (version.len(), trace.len(), span.len(), flags.len()) == (2, 32, 16, 2) =>
        {
            id(trace)
        }
        _ => None,
    }
}

fn id(digits: &str) -> Option<TraceId> {
    digits.parse().ok().filter(|id: &TraceId| !id.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_what_people_paste() {
        let want = TraceId(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c);
        for text in [
            "0af7651916cd43dd8448eb211c80319c",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "2026-11-03 ERROR span=b7ad6b7169203331 trace_id=0af7651916cd43dd8448eb211c80319c failed",
            "0af76519-16cd-43dd-8448-eb211c80319c\n",
            "{\"traceId\":\"0AF7651916CD43DD8448EB211C80319C\"}",
        ] {
            assert_eq!(trace_id(text), Some(want), "{text}");
        }
        assert_eq!(
            trace_id("b7ad6b7169203331"),
            Some(TraceId(0xb7ad_6b71_6920_3331))
        );
        for text in [
            "",
            "hello",
            "00000000000000000000000000000000",
            "0af7651916cd43dd8448eb211c80319c0",
        ] {
            assert_eq!(trace_id(text), None, "{text}");
        }
    }
}
