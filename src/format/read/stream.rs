//! A source that is read on, a chunk at a time.

use std::io::{self, ErrorKind, Read};

/// A source, and what the last read said of it.
pub(super) struct Stream<'a> {
    source: &'a mut dyn Read,
    /// It gave less than it was asked for: more may be long in coming.
    pub short: bool,
    /// It gives no more.
    pub ended: bool,
}

impl<'a> Stream<'a> {
    pub(super) fn new(source: &'a mut dyn Read) -> Self {
        Self {
            source,
            short: false,
            ended: false,
        }
    }

    /// Reads at most `chunk` bytes onto the end of a buffer; none if it was interrupted.
    ///
    /// # Errors
    /// If the source cannot be read; then it has ended.
    pub(super) fn read(&mut self, buffer: &mut Vec<u8>, chunk: usize) -> io::Result<()> {
        let from = buffer.len();
        buffer.resize(from + chunk, 0);
        let room = buffer.get_mut(from..).unwrap_or_default();
        let read = self.source.read(room);
        let count = read.as_ref().copied().unwrap_or(0);
        buffer.truncate(from + count);
        self.short = count < chunk;
        match read {
            Ok(count) => self.ended = count == 0,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                self.ended = true;
                return Err(error);
            }
        }
        Ok(())
    }
}
