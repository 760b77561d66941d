//! Which JSON it is: by the first keys that decide it, and where they stand.

use crate::format::console::Dialect;

use super::{Format, Framing, Recognised, Unrecognised};

/// Recognises JSON by its beginning.
pub(super) fn detect(text: &[u8]) -> Result<Recognised, Unrecognised> {
    let mut verdict = None;
    let mut seen_data = false;
    keys(text, |path, key| {
        seen_data |= path == "{" && key == "data";
        verdict = judge(path, key, text, seen_data);
        verdict.is_some()
    });
    match verdict {
        Some(Verdict::Read(format, why)) => Ok(Recognised {
            format,
            framing: match format {
                Format::Console => Framing::Excerpts,
                _ => Framing::Documents,
            },
            why,
        }),
        Some(Verdict::Other(what)) => Err(Unrecognised::unsupported(what)),
        None if is_empty(text) => Ok(Recognised {
            format: Format::OtlpJson,
            framing: Framing::Documents,
            why: "an empty document",
        }),
        None => Err(Unrecognised::unsupported(
            "JSON of no known format of traces",
        )),
    }
}

enum Verdict {
    Read(Format, &'static str),
    Other(&'static str),
}

/// What a key at a path tells, if it decides anything.
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn judge(path: &str, key: &str, text: &[u8], seen_data: bool) -> Option<Verdict> {
    use Verdict::{Other, Read};
    Some(match (path, key) {
        (
            "{" | "[{" | "{trace{" | "{result{" | "[{result{",
            "resourceSpans" | "resource_spans" | "resourceLogs" | "resource_logs"
            | "resourceMetrics" | "resource_metrics",
        ) => Read(Format::OtlpJson, "`resourceSpans` or its like"),
        ("{" | "{trace{", "batches") => Read(Format::OtlpJson, "`batches`, as Tempo answers"),
        (
            "{" | "[{",
            "scopeSpans"
            | "scope_spans"
            | "instrumentationLibrarySpans"
            | "scopeLogs"
            | "scope_logs",
        ) => Read(Format::OtlpJson, "`scopeSpans` without anything around"),
        ("{data[{" | "{data{", "traceID" | "spans" | "processes") => {
            Read(Format::JaegerJson, "`data` with traces, as Jaeger answers")
        }
        ("{" | "[{", "traceID" | "processes") => jaeger(text),
        ("{spans[{" | "[{spans[{", "operationName" | "references" | "processID" | "process") => {
            Read(Format::JaegerJson, "a bare trace of Jaeger")
        }
        ("{", "total" | "errors" | "limit" | "offset") if seen_data => {
            Read(Format::JaegerJson, "an answer of Jaeger")
        }
        ("{", "traceId") if holds(text, b"\"projectId\"") && holds(text, b"\"spanId\"") => Read(
            Format::CloudTrace,
            "`projectId`, as Google Cloud Trace has it",
        ),
        ("{" | "[{", "traceId")
            if holds(text, b"\"spanId\"") && holds(text, b"\"operationName\"") =>
        {
            Read(
                Format::JaegerJson,
                "`operationName`, as spans of Jaeger's model have it",
            )
        }
        ("[{" | "[[{" | "{", "traceId" | "localEndpoint" | "binaryAnnotations") => zipkin(text),
        ("{traces[{", "traceID" | "rootServiceName" | "rootTraceName" | "spanSet" | "spanSets") => {
            Read(
                Format::TempoSearch,
                "`traces` with their roots, as a Tempo search answers",
            )
        }
        ("{", "metrics") if holds(text, b"\"traces\"") => Read(
            Format::TempoSearch,
            "`traces` and `metrics`, as a Tempo search answers",
        ),
        ("{", "metrics") if holds(text, b"\"trace\"") => {
            Read(Format::OtlpJson, "`trace` and `metrics`, as Tempo answers")
        }
        ("{traces[{" | "{" | "[{", "projectId") | ("{traces[{", "traceId") => Read(
            Format::CloudTrace,
            "`projectId`, as Google Cloud Trace has it",
        ),
        ("{spans[{" | "{", "displayName") if holds(text, b"\"projects/") => Read(
            Format::CloudTrace,
            "`displayName` and names of projects, as Google Cloud Trace writes them",
        ),
        ("{", "traceEvents") if holds(text, b"\"API Type\"") => Read(
            Format::Pinpoint,
            "`traceEvents` with an `API Type`, as Pinpoint draws its timeline",
        ),
        ("{", "traceEvents") | ("{" | "[{" | "{traceEvents[{", "ph") => Read(
            Format::Chrome,
            "`traceEvents`, or a list of events with their phase `ph`",
        ),
        ("{", "Traces") | ("{Traces[{", "Segments") => {
            Read(Format::Xray, "`Traces`, as AWS X-Ray answers")
        }
        ("{", "TraceSummaries") => {
            Other("a list of AWS X-Ray that names traces; BatchGetTraces has their segments")
        }
        ("{", "format") if holds(text, b"\"json\"") && holds(text, b"\"version\"") => {
            Read(Format::Xray, "the header that the X-Ray daemon wants")
        }
        ("[[{" | "[{", "trace_id" | "span_id" | "meta" | "metrics" | "resource")
            if holds(text, b"\"span_id\"") && holds(text, b"\"resource\"") =>
        {
            Read(
                Format::DatadogJson,
                "lists of spans with `span_id` and `resource`, as Datadog's tracers send",
            )
        }
        ("{" | "[{", "trace_id") if holds(text, b"\"1-") && holds(text, b"\"start_time\"") => Read(
            Format::Xray,
            "a `trace_id` that begins with 1-, as in X-Ray segments",
        ),
        ("{" | "[{", "trace_id") => Other("spans or segments in a shape of their own"),
        ("{", "callStack" | "callStackIndex") => {
            Read(Format::Pinpoint, "`callStack`, as Pinpoint answers")
        }
        ("{" | "[{", "hits" | "_source" | "_index" | "responses") => Read(
            Format::Elastic,
            "`hits` or `_source`, as Elasticsearch and OpenSearch answer",
        ),
        ("{index{" | "{create{" | "{update{", "_index" | "_id") => {
            Read(Format::Elastic, "lines of a bulk request")
        }
        ("{metadata{", "service") | ("{m{", "se") => Read(
            Format::ElasticIntake,
            "`metadata` of a service, as agents of Elastic APM send",
        ),
        ("{transaction{" | "{span{" | "{error{", "trace_id" | "transaction_id") => Read(
            Format::ElasticIntake,
            "events with `trace_id`, as agents of Elastic APM send",
        ),
        ("{trace{" | "{transaction{" | "[{trace{" | "[{transaction{", "id")
        | ("{" | "[{", "trace.id" | "transaction.id" | "processor.event" | "data_stream") => Read(
            Format::Elastic,
            "documents with `trace.id`, as Elastic APM keeps them",
        ),
        ("{" | "[{" | "{data[{", "TraceId") => Read(
            Format::ClickHouse,
            "rows with `TraceId`, as ClickHouse has them",
        ),
        ("{", "SpanContext") => Read(Format::Console, Dialect::Go.why()),
        ("{context{", "trace_id") => Read(Format::Console, Dialect::Python.why()),
        ("{log{", "entries") => Other("an HTTP archive"),
        _ => return None,
    })
}

fn holds(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

/// A trace of Jaeger has spans, a document of Jaeger is one.
fn jaeger(text: &[u8]) -> Verdict {
    let is_document = holds(text, b"\"spanID\"")
        && holds(text, b"\"startTimeMillis\"")
        && !holds(text, b"\"processes\"")
        && !holds(text, b"\"spans\"");
    if is_document {
        Verdict::Read(
            Format::Elastic,
            "documents with `startTimeMillis`, as Jaeger keeps spans",
        )
    } else {
        Verdict::Read(Format::JaegerJson, "a bare trace or span of Jaeger")
    }
}

/// Version 2 speaks of `localEndpoint` and `tags`, version 1 of `endpoint` and `binaryAnnotations`.
fn zipkin(text: &[u8]) -> Verdict {
    let holds = |word| holds(text, word);
    if holds(b"\"spanId\"") && !holds(b"\"id\"") {
        Verdict::Read(
            Format::Elastic,
            "documents with `traceId` and `spanId`, as Data Prepper keeps spans",
        )
    } else if holds(b"\"binaryAnnotations\"")
        || (holds(b"\"endpoint\"") && !holds(b"\"localEndpoint\""))
    {
        Verdict::Read(
            Format::ZipkinV1,
            "spans with `traceId`, and `binaryAnnotations` or `endpoint`",
        )
    } else {
        Verdict::Read(
            Format::ZipkinV2,
            "spans with `traceId`, and no `binaryAnnotations`",
        )
    }
}

/// Brackets with nothing in them.
fn is_empty(text: &[u8]) -> bool {
    let rest: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .take(3)
        .collect();
    matches!(rest.as_slice(), b"{}" | b"[]")
}

/// Containers that are looked into.
const DEEPEST: usize = 6;

/// Calls `visit` with every key and the path to it, until it says that it has seen enough. A path
/// is the brackets that are open with the keys before them: `{data[{`.
fn keys(text: &[u8], mut visit: impl FnMut(&str, &str) -> bool) {
    let mut path = String::new();
    let mut levels: Vec<usize> = Vec::new();
    let mut depth = 0_usize;
    let mut last = "";
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => {
                depth += 1;
                if depth <= DEEPEST {
                    levels.push(path.len());
                    path.push_str(std::mem::take(&mut last));
                    path.push(char::from(byte));
                }
            }
            b'}' | b']' => {
                if depth <= DEEPEST {
                    path.truncate(levels.pop().unwrap_or(0));
                }
                depth = depth.saturating_sub(1);
            }
            b',' => last = "",
            b'"' => {
                let Some((string, behind)) = string(text, at) else {
                    return;
                };
                at = behind;
                let is_key = text
                    .get(at..)
                    .unwrap_or_default()
                    .iter()
                    .find(|byte| !byte.is_ascii_whitespace())
                    == Some(&b':');
                if is_key && depth <= DEEPEST {
                    last = string;
                    if visit(&path, string) {
                        return;
                    }
                }
            }
            _ => {}
        }
    }
}

/// The string whose opening quote stands before `from`, escapes and all, and where it ends.
fn string(text: &[u8], from: usize) -> Option<(&str, usize)> {
    let mut at = from;
    loop {
        match text.get(at)? {
            b'"' => {
                return Some((
                    std::str::from_utf8(text.get(from..at)?).unwrap_or(""),
                    at + 1,
                ));
            }
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}
