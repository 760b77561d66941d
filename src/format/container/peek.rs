//! A source whose first bytes can be looked at before it is read.

use std::io::{self, Read};

/// Bytes that are looked at: enough for every signature, and for the first keys of a document.
const HEAD: usize = 64 << 10;
/// A first line of text is enough: more might not come before somebody has seen it.
const LINE: usize = 64;

/// A source with its first bytes at hand.
pub struct Peeked<'a> {
    head: Vec<u8>,
    next: usize,
    /// What ended the head early; told when the head has been read.
    failure: Option<io::Error>,
    rest: Box<dyn Read + 'a>,
}

impl<'a> Peeked<'a> {
    /// Reads the head of `rest`.
    pub fn new(mut rest: Box<dyn Read + 'a>) -> Self {
        let mut head = vec![0; HEAD];
        let (mut length, mut failure) = (0, None);
        while let Some(room) = head.get_mut(length..).filter(|room| !room.is_empty()) {
            match rest.read(room) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
            if is_line(head.get(..length).unwrap_or_default()) {
                break;
            }
        }
        head.truncate(length);
        Self {
            head,
            next: 0,
            failure,
            rest,
        }
    }

    /// The first bytes.
    pub fn head(&self) -> &[u8] {
        &self.head
    }
}

fn is_line(head: &[u8]) -> bool {
    head.len() >= LINE && matches!(head.first(), Some(b'{' | b'[')) && head.contains(&b'\n')
}

impl Read for Peeked<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut head = self.head.get(self.next..).unwrap_or_default();
        if head.is_empty() {
            return match self.failure.take() {
                Some(error) => Err(error),
                None => self.rest.read(room),
            };
        }
        let count = head.read(room)?;
        self.next += count;
        Ok(count)
    }
}
