//! One trace as an answer: Tempo's `TraceByIDResponse`.
//!
//! Its first field is the trace, a message like `TracesData`. It has no place for log records and
//! for how many spans were cut: they are added in fields that Tempo does not have and its clients
//! pass over, so that nothing is lost between two of us.

use std::io;
use std::sync::Arc;

use super::{Signal, proto, write};
use crate::format::findings::Findings;
use crate::format::output::Output;
use crate::format::problem::Problem;
use crate::format::protobuf::{Field, Message, put_bytes, put_number};
use crate::model::{BlockBuilder, Trace, TraceId};

/// Tempo's `Trace`.
const TRACE: u32 = 1;
/// Ours: a `LogsData`.
const LOGS: u32 = 1001;
/// Ours: how many spans of the trace were cut.
const SPANS_CUT: u32 = 1002;

/// The answer that tells `trace`; one that is not there is an empty one.
///
/// # Errors
/// None that writing to memory does not have.
pub fn write(trace: Option<&Trace>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    let Some(trace) = trace else {
        put_bytes(&mut body, TRACE, &[]);
        return Ok(body);
    };
    let (mut spans, mut logs) = (Vec::new(), Vec::new());
    write::proto(&mut spans, trace.spans())?;
    write::proto_logs(&mut logs, trace.logs())?;
    body.reserve(spans.len() + logs.len() + 32);
    put_bytes(&mut body, TRACE, &spans);
    if !logs.is_empty() {
        put_bytes(&mut body, LOGS, &logs);
    }
    put_number(&mut body, SPANS_CUT, trace.spans_cut());
    Ok(body)
}

/// The trace that an answer tells, if it tells that one; what is wrong with single spans is
/// reported.
///
/// # Errors
/// The answer is no such message.
pub fn read(body: &[u8], id: TraceId, findings: &mut Findings) -> Result<Option<Trace>, Problem> {
    let mut builder = BlockBuilder::new();
    let mut cut = 0;
    let mut answer = Message::new(body);
    while let Some((number, field)) = answer
        .field()
        .map_err(|error| findings.malformed(error.at, error.what))?
    {
        let (signal, message) = match (number, field) {
            (TRACE, Field::Bytes(message)) => (Signal::Traces, message),
            (LOGS, Field::Bytes(message)) => (Signal::Logs, message),
            (SPANS_CUT, Field::Varint(count)) => {
                cut = count;
                continue;
            }
            _ => continue,
        };
        proto::decode(signal, message.bytes(), Output::new(&mut builder, findings))?;
    }
    let traces = Trace::all_of(&[Arc::new(builder.finish())]);
    let found = traces.into_iter().find(|trace| trace.id() == id);
    Ok(found.map(|trace| trace.with_spans_cut(cut)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::otlp::json;
    use crate::model::scenario;

    const ID: TraceId = TraceId(0xca47);

    fn trace() -> Trace {
        let mut builder = BlockBuilder::new();
        scenario::add(
            &mut builder,
            ID,
            "
            shop: GET /cart 0..120 server
              cart: load 20..80 server error status=500
            ",
        );
        let logs = br#"{"resourceLogs":[{"scopeLogs":[{"scope":{"name":"log4j"},"logRecords":[
            {"traceId":"0000000000000000000000000000ca47","spanId":"0000000000000002","timeUnixNano":"7",
             "severityNumber":17,"severityText":"ERROR","body":{"stringValue":"no cart"},
             "attributes":[{"key":"n","value":{"intValue":"3"}}]}]}]}]}"#;
        let mut findings = Findings::of("logs");
        json::decode(logs, Output::new(&mut builder, &mut findings)).unwrap();
        let block = Arc::new(builder.finish());
        Trace::all_of(&[block]).remove(0).with_spans_cut(5)
    }

    fn told(trace: &Trace) -> String {
        let mut out = Vec::new();
        write::json(&mut out, trace.spans(), trace.logs()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_is_lost_on_the_way() {
        let sent = trace();
        assert_eq!((sent.len(), sent.logs().len()), (2, 1));
        let body = write(Some(&sent)).unwrap();
        let mut findings = Findings::of("the answer");
        let received = read(&body, ID, &mut findings).unwrap().unwrap();
        assert_eq!(told(&received), told(&sent));
        assert_eq!(received.warnings(), sent.warnings());
        assert!(findings.problems.is_empty());
    }

    #[test]
    fn a_trace_that_is_not_there_is_an_empty_one() {
        let body = write(None).unwrap();
        assert!(matches!(
            read(&body, ID, &mut Findings::of("the answer")),
            Ok(None)
        ));
        let page = read(b"<html>", ID, &mut Findings::of("the answer"));
        assert!(page.is_err());
    }
}
