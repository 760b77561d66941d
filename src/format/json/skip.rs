//! Passing over values without reading them.

use super::{JsonError, JsonKind, JsonReader, JsonResult};

/// Brackets that [`JsonReader::glance`] looks at.
const NEAR: usize = 4;

impl<'a> JsonReader<'a> {
    /// Reads a value that may turn out to be of another type: then it is skipped, whole, and the
    /// inner result says why.
    pub fn attempt<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> JsonResult<T>,
    ) -> JsonResult<Result<T, JsonError>> {
        let before = self.clone();
        match read(self) {
            Ok(value) => Ok(Ok(value)),
            Err(error) if error.is_recoverable() => {
                self.go_to(&before);
                self.skip()?;
                Ok(Err(error))
            }
            Err(error) => Err(error),
        }
    }

    /// The text that the next value likely has, if it is an object, by which to look for one that
    /// was read before; and all text from there on. The former ends with the first bracket that may
    /// close it, which may be an inner one or stand in a string. Where the text begins with an
    /// object that was read, it is this one, for none is the beginning of another: [`Self::pass`].
    pub fn glance(&mut self) -> JsonResult<(&'a [u8], &'a [u8])> {
        self.peek()?;
        let rest = self.rest();
        let closes =
            |end: &usize| matches!(rest.get(*end), Some(b',' | b']' | b' ' | b'\n' | b'\r'));
        let mut ends = memchr::memchr_iter(b'}', rest).map(|at| at + 1).take(NEAR);
        let likely = ends.find(closes).and_then(|end| rest.get(..end));
        Ok((likely.unwrap_or_default(), rest))
    }

    /// Passes over a value whose text is known to come next.
    pub fn pass(&mut self, text: &[u8]) {
        self.at += text.len();
        self.fresh = false;
    }

    /// The text from a bookmark on.
    pub fn since(&self, bookmark: &Self) -> &'a [u8] {
        self.bytes.get(bookmark.at..self.at).unwrap_or_default()
    }

    /// Passes over the next value, whatever it is and however deep it nests, and returns its text.
    /// Brackets are counted, not matched, and scalars within it are not looked at.
    pub fn skip(&mut self) -> JsonResult<&'a [u8]> {
        let kind = self.peek()?;
        let start = self.at;
        match kind {
            JsonKind::Object | JsonKind::Array => self.skip_nested()?,
            JsonKind::String => {
                self.at += 1;
                self.skip_string()?;
            }
            JsonKind::Number => drop(self.number()?),
            JsonKind::Bool => drop(self.bool()?),
            JsonKind::Null => drop(self.null()?),
        }
        Ok(self.bytes.get(start..self.at).unwrap_or_default())
    }

    fn skip_nested(&mut self) -> JsonResult<()> {
        let mut depth = 0_usize;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'"' => self.skip_string()?,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        self.fresh = false;
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        Err(self.truncated("a closing bracket"))
    }
}
