//! What the targets share: an input is read whole and in pieces, and both have to say the same.

use std::io::{self, Read};
use std::ops::ControlFlow;

use vizsla::format::{Format, Limits, Problem, ReadOptions, Sink, read};
use vizsla::model::{Block, Trace};

/// What was read.
#[derive(Default)]
struct Found {
    /// Trace, id, start and duration of each span, sorted.
    spans: Vec<(u128, u64, u64, u64)>,
    problems: Vec<String>,
}

impl Sink for Found {
    fn block(&mut self, block: Block) -> ControlFlow<()> {
        let key = |span: vizsla::model::SpanRef<'_>| {
            let ids = (span.trace_id().0, span.span_id().0);
            (ids.0, ids.1, span.start().0, span.duration().0)
        };
        self.spans.extend(block.spans().map(key));
        Trace::all_of(&[block.into()]);
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        assert!(!problem.message.is_empty());
        self.problems.push(problem.to_string());
    }
}

impl Found {
    /// What has to be the same. A timeline has no id: its beginning serves as one. Zipkin's reports of
    /// one span are one row only if they stand in one piece.
    fn same(mut self, format: Format) -> Vec<(u128, u64, u64, u64)> {
        let is_list = matches!(format, Format::ZipkinV1 | Format::ZipkinV2);
        for span in &mut self.spans {
            match format {
                Format::Chrome | Format::Perfetto | Format::Pinpoint => span.0 = 0,
                _ if is_list => (span.2, span.3) = (0, 0),
                _ => {}
            }
        }
        self.spans.sort_unstable();
        if is_list {
            self.spans.dedup();
        }
        self.spans
    }
}

/// A source that gives portions of odd sizes.
struct Dribble<'b> {
    rest: &'b [u8],
    next: usize,
}

impl Read for Dribble<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.next = self.next * 5 % 31 + 1;
        let count = self.next.min(room.len()).min(self.rest.len());
        let (given, rest) = self.rest.split_at(count);
        room[..count].copy_from_slice(given);
        self.rest = rest;
        Ok(count)
    }
}

/// Reads an input whole and in pieces, each as small as it can be cut. What is whole and sound says
/// the same both ways; of what is not, only that it upsets nothing.
pub fn whole_and_cut(bytes: &[u8], format: Option<Format>) {
    let limits = Limits { expanded_bytes: 1 << 24, message_bytes: 1 << 22, ..Limits::default() };
    let options = ReadOptions { format, limits, ..ReadOptions::default() };
    let mut whole = Found::default();
    read("fuzz", &mut &*bytes, &options, &mut whole);
    let mut cut = Found::default();
    let mut dribble = Dribble { rest: bytes, next: bytes.len() };
    read("fuzz", &mut dribble, &ReadOptions { live: true, ..options }, &mut cut);
    // What is recognised may depend on how much of it is there.
    if let Some(format) = format.filter(|_| whole.problems.is_empty()) {
        assert_eq!(cut.problems, [""; 0]);
        assert_eq!(cut.same(format), whole.same(format));
    }
}
