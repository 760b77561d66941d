//! Looking ahead, where a source can be read twice.
//!
//! Jaeger describes the processes of a trace behind its spans. In a file of one large trace they
//! stand at its very end, and no row could be shown before all of it was scanned. Searching for two
//! words is many times as fast as that, and going from field to field of a batch in protobuf too.

mod batch;

use std::io::{self, Read, Seek, SeekFrom};

use memchr::memmem::Finder;

use super::behind::value_of;
use crate::format::Format;
use crate::format::detect::{Framing, detect};

/// The start of a source, by which its format is recognised.
const HEAD: usize = 64 << 10;
/// Bytes read at a time.
const CHUNK: usize = 256 << 10;
/// In what is smaller than this nothing is long in coming.
const LEAST: u64 = 1 << 20;
/// What is larger than this takes too long to be read twice.
const MOST: u64 = 2 << 30;
/// The longest end of a source that is looked into.
const LONGEST_END: u64 = 4 << 20;

const SPANS: &[u8] = b"\"spans\"";
const PROCESSES: &[u8] = b"\"processes\"";

/// The text of the processes that a source of Jaeger's JSON describes behind its spans, or the
/// process of one in protobuf, if it holds one list of spans and one of processes: then these explain
/// all of the spans. Leaves the source at its start.
///
/// # Errors
/// If the source cannot be read.
pub fn look_ahead(source: &mut (impl Read + Seek)) -> io::Result<Option<Vec<u8>>> {
    let length = source.seek(SeekFrom::End(0))?;
    source.rewind()?;
    if !(LEAST..=MOST).contains(&length) {
        return Ok(None);
    }
    let found = find(source, length);
    source.rewind()?;
    found
}

fn find(source: &mut (impl Read + Seek), length: u64) -> io::Result<Option<Vec<u8>>> {
    let mut text = vec![0; HEAD];
    source.read_exact(&mut text)?;
    match detect(&text) {
        Ok(found) if found.format == Format::JaegerJson => in_json(source, length, text),
        Ok(found) if found.format == Format::JaegerProto => {
            batch::find(source, length, found.framing == Framing::Wrapped)
        }
        _ => Ok(None),
    }
}

/// The processes in a source that begins with `text`.
fn in_json(
    source: &mut (impl Read + Seek),
    length: u64,
    mut text: Vec<u8>,
) -> io::Result<Option<Vec<u8>>> {
    let (spans, processes) = (Finder::new(SPANS), Finder::new(PROCESSES));
    let begun = spans.find_iter(&text).count();
    if begun != 1 || processes.find(&text).is_some() {
        return Ok(None);
    }
    let mut at = HEAD as u64;
    let mut place = None;
    while at < length {
        // A word may stand across two chunks.
        let kept = text.len().min(PROCESSES.len() - 1);
        let from = text.len() - kept;
        text.copy_within(from.., 0);
        text.resize(kept + CHUNK, 0);
        let count = source.read(text.get_mut(kept..).unwrap_or_default())?;
        text.truncate(kept + count);
        if count == 0 {
            break;
        }
        // Of the shorter word all of what is kept might have been seen already.
        let again = kept.min(PROCESSES.len() - SPANS.len());
        let fresh = text.get(again..).unwrap_or_default();
        let mut met = processes.find_iter(&text);
        let first = met.next();
        if spans.find(fresh).is_some()
            || met.next().is_some()
            || (first.is_some() && place.is_some())
        {
            return Ok(None);
        }
        place = place.or(first.map(|first| at - kept as u64 + first as u64));
        at += count as u64;
    }
    let Some(place) = place.filter(|place| length - place <= LONGEST_END) else {
        return Ok(None);
    };
    source.seek(SeekFrom::Start(place))?;
    let mut end = Vec::new();
    source.take(LONGEST_END).read_to_end(&mut end)?;
    let value = value_of("processes", &end);
    Ok(Some(value).filter(|value| value.first() == Some(&b'{')))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn file(spans: usize, behind: &str) -> Vec<u8> {
        let span = r#"{"traceID":"1","spanID":"2","operationName":"x","processID":"p1","startTime":1,"duration":1}"#;
        let spans = vec![span; spans].join(",");
        format!(r#"{{"data":[{{"traceID":"1","spans":[{spans}],{behind}"#).into_bytes()
    }

    fn ahead(file: Vec<u8>) -> Option<String> {
        let mut source = Cursor::new(file);
        let found = look_ahead(&mut source).unwrap();
        assert_eq!(source.position(), 0);
        found.map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn the_processes_of_one_large_trace_are_found_at_its_end() {
        let processes = r#""processes":{"p1":{"serviceName":"a"}},"warnings":null}]}"#;
        let found = r#"{"p1":{"serviceName":"a"}}"#.to_owned();
        // Whatever stands across the ends of chunks.
        for spans in 12_000..12_060 {
            assert_eq!(ahead(file(spans, processes)).as_ref(), Some(&found));
        }
        assert_eq!(ahead(file(100, processes)), None);
    }

    #[test]
    fn the_process_of_one_large_batch_is_found_at_its_end() {
        use crate::format::protobuf::put_bytes;
        let mut batch = Vec::new();
        for _ in 0..30_000 {
            let span = [&[0x0a, 16][..], &[1; 16], &[0x12, 8], &[2; 8], &[0x28, 1]].concat();
            put_bytes(&mut batch, 1, &[&span[..], b"\x1a\x04work"].concat());
        }
        put_bytes(&mut batch, 2, b"\x0a\x04shop");
        let mut request = Vec::new();
        put_bytes(&mut request, 1, &batch);
        for (bytes, found) in [
            (batch.clone(), Some(&b"\x0a\x04shop"[..])),
            (request.clone(), Some(b"\x0a\x04shop")),
            (batch.repeat(2), None),
            (request.repeat(2), None),
            (batch[..batch.len() - 1].to_vec(), None),
        ] {
            let ahead = look_ahead(&mut Cursor::new(bytes)).unwrap();
            assert_eq!(ahead.as_deref(), found);
        }
    }

    #[test]
    fn what_may_explain_other_spans_explains_none() {
        let once = r#""processes":{"p1":{"serviceName":"a"}}}"#;
        for behind in [
            "\"warnings\":null}]}".to_owned(),
            "\"processes\":[]}]}".to_owned(),
            format!("{once},{{\"traceID\":\"2\",{once}]}}"),
            format!("{once},{{\"traceID\":\"2\",\"spans\":[]}}]}}"),
        ] {
            assert_eq!(ahead(file(12_000, &behind)), None, "{behind}");
        }
    }
}
