//! Writing traces in a format that was named.

use std::io;

use super::chrome::ChromeWriter;
use super::jaeger::{JaegerWriter, Precision};
use super::zipkin::ZipkinWriter;
use super::{Format, otlp, table};
use crate::model::{Note, Notes, Trace};
use crate::text::plural;

/// Why traces were not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The format is read only.
    #[error("{} can be read, but not written", .0.name())]
    ReadOnly(Format),
    /// The target did not take them.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What a format had no place for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Notes on spans.
    pub notes: u64,
    /// Log records.
    pub logs: u64,
}

impl LeftOut {
    /// Counts what is left out of a trace.
    pub fn count(&mut self, format: Format, trace: &Trace) {
        if format != Format::OtlpJson {
            let logs = trace.logs().filter(|log| !Note::is(*log));
            self.logs += logs.count() as u64;
        }
        if format == Format::Csv {
            self.notes += Notes::of(trace).iter().count() as u64;
        }
    }

    /// What is left out, in words; none if nothing is.
    pub fn words(self) -> Option<String> {
        let counted = [(self.notes, "note"), (self.logs, "log record")];
        let some = counted.iter().filter(|(count, _)| *count > 0);
        let words: Vec<String> = some.map(|(count, what)| plural(*count, what)).collect();
        (!words.is_empty()).then(|| words.join(" and "))
    }
}

/// Writes traces in a format, each with its spans in depth-first order.
pub fn write<'a>(
    format: Format,
    out: &mut dyn io::Write,
    traces: impl Iterator<Item = &'a Trace> + Clone,
) -> Result<(), WriteError> {
    let mut writer = Writer::begin(format, out)?;
    writer.traces(traces)?;
    writer.finish()
}

/// Writes traces in a format as they come.
pub struct Writer<'w>(Kind<'w>);

enum Kind<'w> {
    OtlpJson(&'w mut dyn io::Write),
    OtlpProto(&'w mut dyn io::Write),
    Jaeger(JaegerWriter<'w>),
    Zipkin(ZipkinWriter<'w>),
    Chrome(ChromeWriter<'w>),
    Csv(&'w mut dyn io::Write),
    Markdown(&'w mut dyn io::Write, bool),
}

impl<'w> Writer<'w> {
    /// Begins to write.
    ///
    /// # Errors
    /// If the format is read only, or `out` takes nothing.
    pub fn begin(format: Format, out: &'w mut dyn io::Write) -> Result<Self, WriteError> {
        Ok(Self(match format {
            Format::OtlpJson => Kind::OtlpJson(out),
            Format::OtlpProto => Kind::OtlpProto(out),
            Format::JaegerJson => {
                let mut writer = JaegerWriter::new(out, Precision::Nanos);
                writer.begin();
                Kind::Jaeger(writer)
            }
            Format::ZipkinV2 => {
                let mut writer = ZipkinWriter::new(out);
                writer.begin();
                Kind::Zipkin(writer)
            }
            Format::Chrome => Kind::Chrome(ChromeWriter::new(out)),
            Format::Csv => {
                table::csv_header(out)?;
                Kind::Csv(out)
            }
            Format::Markdown => Kind::Markdown(out, false),
            _ => return Err(WriteError::ReadOnly(format)),
        }))
    }

    /// Writes some traces; of OTLP JSON, in a line of their own.
    pub fn traces<'a>(
        &mut self,
        traces: impl Iterator<Item = &'a Trace> + Clone,
    ) -> Result<(), WriteError> {
        match &mut self.0 {
            Kind::OtlpJson(out) => {
                let mut document = otlp::write::Document::new(*out);
                document.begin();
                for trace in traces.clone() {
                    document.spans(trace.spans())?;
                }
                document.finish(traces.flat_map(Trace::logs))?;
            }
            Kind::OtlpProto(out) => {
                for trace in traces {
                    otlp::write::noted_proto(*out, trace.spans(), &Notes::of(trace))?;
                }
            }
            Kind::Jaeger(writer) => {
                for trace in traces {
                    writer.noted_trace(trace.id(), trace.spans(), &Notes::of(trace))?;
                }
            }
            Kind::Zipkin(writer) => {
                for trace in traces {
                    let notes = Notes::of(trace);
                    for span in trace.spans() {
                        writer.noted_span(span, notes.on(span.span_id()))?;
                    }
                }
            }
            Kind::Chrome(writer) => {
                for trace in traces {
                    writer.trace(trace)?;
                }
            }
            Kind::Csv(out) => table::csv_lines(*out, traces)?,
            Kind::Markdown(out, begun) => {
                if std::mem::replace(begun, true) {
                    out.write_all(b"\n")?;
                }
                table::markdown(*out, traces)?;
            }
        }
        Ok(())
    }

    /// Writes what stands behind all traces.
    pub fn finish(self) -> Result<(), WriteError> {
        match self.0 {
            Kind::Jaeger(mut writer) => writer.finish(&[])?,
            Kind::Zipkin(mut writer) => writer.finish()?,
            Kind::Chrome(mut writer) => writer.finish()?,
            Kind::OtlpJson(_) | Kind::OtlpProto(_) | Kind::Csv(_) | Kind::Markdown(..) => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::sync::Arc;

    use super::*;
    use crate::format::{Problem, ReadOptions, Sink, read};
    use crate::model::{Block, Note, scenario};

    #[derive(Default)]
    struct Blocks(Vec<Arc<Block>>);

    impl Sink for Blocks {
        fn block(&mut self, block: Block) -> ControlFlow<()> {
            self.0.push(Arc::new(block));
            ControlFlow::Continue(())
        }

        fn problem(&mut self, problem: Problem) {
            panic!("{problem}");
        }
    }

    #[test]
    fn what_is_written_in_a_format_is_recognised_as_it_and_read_again() {
        let trace = scenario::trace(
            "shop: GET 0..120 server error n=5\n  cart: load 10..90 client +20:lock\n",
        );
        let outline = |trace: &Trace| {
            let spans = trace.spans().map(|span| {
                (
                    span.span_id(),
                    span.service().to_owned(),
                    span.start(),
                    span.kind(),
                    span.is_error(),
                )
            });
            spans.collect::<Vec<_>>()
        };
        // Chrome's slices have no ids.
        for format in Format::ALL.into_iter().filter(|&format| {
            format.is_writable() && format.is_readable() && format != Format::Chrome
        }) {
            let mut bytes = Vec::new();
            write(format, &mut bytes, [&trace].into_iter()).unwrap();
            let mut blocks = Blocks::default();
            let inputs = read(
                "in",
                &mut bytes.as_slice(),
                &ReadOptions::default(),
                &mut blocks,
            );
            assert_eq!(inputs[0].recognised.map(|found| found.format), Some(format));
            assert_eq!(
                outline(&Trace::all_of(&blocks.0)[0]),
                outline(&trace),
                "{format:?}"
            );
        }
        assert!(write(Format::ZipkinV1, &mut io::sink(), [&trace].into_iter()).is_err());
    }

    #[test]
    fn notes_go_with_the_formats_that_have_a_place_for_them() {
        let trace = scenario::trace("shop: GET 0..120 server\n  cart: load 10..90 +20:lock\n");
        let span = trace.span(1).span_id();
        let note = Note {
            time: scenario::EPOCH,
            text: "the lock | again, {\"as\": before}".to_owned(),
        };
        let mut notes = Notes::default();
        notes.put(span, note.clone());
        let trace = trace.with_notes(&notes);
        for format in [
            Format::OtlpJson,
            Format::OtlpProto,
            Format::JaegerJson,
            Format::ZipkinV2,
        ] {
            let mut bytes = Vec::new();
            write(format, &mut bytes, [&trace].into_iter()).unwrap();
            let mut blocks = Blocks::default();
            let options = ReadOptions::default();
            read("in", &mut bytes.as_slice(), &options, &mut blocks);
            let again = Trace::all_of(&blocks.0).remove(0);
            assert_eq!(Notes::of(&again).on(span), Some(&note), "{format:?}");
            assert_eq!(
                again.span(1).events().len(),
                1,
                "a note is no event: {format:?}"
            );
        }
        let mut left_out = LeftOut::default();
        left_out.count(Format::OtlpProto, &trace);
        assert_eq!(left_out.words(), None);
        left_out.count(Format::Csv, &trace);
        assert_eq!(left_out.words().as_deref(), Some("1 note"));
        let mut text = Vec::new();
        write(Format::Markdown, &mut text, [&trace].into_iter()).unwrap();
        assert!(String::from_utf8(text).unwrap().contains("the lock"));
    }
}
