//! Passing over the inside of an element, where nothing is cut: most of a file.

use super::Scanner;
use crate::format::read::scan::{bracket, quote_escape_or_line};

impl Scanner {
    /// Passes over the inside of the element at hand, as far as nothing in it can matter: up to
    /// where it ends, a list in it begins, a line may break off, or more bytes have to be there.
    /// What is there is left to who looks at each token.
    pub(super) fn skim(&mut self, buffer: &[u8]) {
        let Some(within) = self.levels.last().map(|level| level.depth + 1) else {
            return;
        };
        if self.depth < within {
            return;
        }
        let (mut at, mut depth, mut in_string) = (self.scanned, self.depth, self.in_string);
        while let Some(rest) = buffer.get(at..) {
            let next = if in_string {
                quote_escape_or_line(rest)
            } else {
                bracket(rest)
            };
            let Some(skipped) = next else {
                at = buffer.len();
                break;
            };
            at += skipped;
            let mut length = 1;
            match buffer.get(at) {
                Some(b'"') => in_string = !in_string,
                Some(b'\n') if buffer.get(at + 1).is_some_and(|&byte| byte != b'{') => {}
                Some(b'\\') if at + 1 < buffer.len() => length = 2,
                Some(b'{') => depth += 1,
                Some(b'[') if depth > within => depth += 1,
                Some(b'}' | b']') if depth > within => depth -= 1,
                _ => break,
            }
            at += length;
        }
        (self.scanned, self.depth, self.in_string) = (at, depth, in_string);
    }
}
