//! What a painter wrote, kept to be looked at.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// What was written.
#[derive(Default, Clone)]
pub struct Tape(pub Rc<RefCell<Vec<u8>>>);

impl Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
