//! Containers: compression and archives, recognised by their first bytes, in any nesting.
//!
//! A stream of one container is a `Read` around another; an archive is a list of inputs, each of
//! which may be compressed again. Names of files are kept for messages and decide nothing. What
//! comes out is metered: an input that expands beyond the [`Limits`] is refused as a bomb, in the
//! middle of it if need be.

mod meter;
mod peek;
mod tar;
mod zip;

use std::io::Read;
use std::ops::ControlFlow;

use flate2::read::MultiGzDecoder;

use super::limits::Limits;
use super::problem::{Place, Problem, Reason};
use meter::{Meter, Metered};
pub(super) use peek::Peeked;

/// A kind of container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// RFC 1952, all members of it.
    Gzip,
    /// RFC 8878, all frames of it.
    Zstd,
    /// bzip2, all streams of it.
    Bzip2,
    /// xz, all streams of it.
    Xz,
    /// A zip archive.
    Zip,
    /// A tar archive, POSIX or GNU.
    Tar,
}

impl Container {
    /// The name, as messages say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zip => "zip",
            Self::Tar => "tar",
        }
    }

    /// The container that begins with these bytes.
    pub fn recognise(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            _ if head.get(257..262) == Some(b"ustar") => Some(Self::Tar),
            _ => None,
        }
    }
}

/// An input that is in no container any more.
pub(super) struct Entry<'a> {
    /// Its name: the input's, and the names within archives.
    pub name: String,
    /// The containers it was taken out of, outermost first.
    pub containers: Vec<Container>,
    /// Its content.
    pub content: Peeked<'a>,
}

/// Who takes the inputs.
pub(super) trait Visitor {
    /// One input; break to stop.
    fn entry(&mut self, entry: Entry<'_>) -> ControlFlow<()>;
    /// An input that could not be opened.
    fn problem(&mut self, problem: Problem);
}

/// Opens whatever contains it around `input`, and hands over every input within.
pub(super) fn open(
    name: &str,
    input: &mut dyn Read,
    limits: &Limits,
    visitor: &mut dyn Visitor,
) -> ControlFlow<()> {
    let meter = Meter::new(limits);
    let opener = Opener {
        limits,
        meter: &meter,
    };
    let source = Box::new(Metered::input(input, &meter));
    opener.open(name.to_owned(), Vec::new(), source, visitor)
}

struct Opener<'m> {
    limits: &'m Limits,
    meter: &'m Meter,
}

impl<'m> Opener<'m> {
    /// Takes off streams of compression until there is none, then visits what is inside. Only
    /// archives in archives recurse, as deep as the limits allow.
    fn open<'a>(
        &self,
        name: String,
        mut containers: Vec<Container>,
        mut source: Box<dyn Read + 'a>,
        visitor: &mut dyn Visitor,
    ) -> ControlFlow<()>
    where
        'm: 'a,
    {
        loop {
            let content = Peeked::new(source);
            let Some(container) = Container::recognise(content.head()) else {
                return visitor.entry(Entry {
                    name,
                    containers,
                    content,
                });
            };
            if containers.len() >= self.limits.container_depth as usize {
                visitor.problem(problem(
                    &name,
                    Reason::TooDeep,
                    "containers nested too deep",
                ));
                return ControlFlow::Continue(());
            }
            containers.push(container);
            source = match self.stream(container, content) {
                Ok(Stream::Compressed(inner)) => inner,
                Ok(Stream::Zip(content)) => return self.zip(&name, &containers, content, visitor),
                Ok(Stream::Tar(content)) => return self.tar(&name, &containers, content, visitor),
                Err(error) => {
                    visitor.problem(problem(
                        &name,
                        Reason::of(&error),
                        &format!("{}: {error}", container.name()),
                    ));
                    return ControlFlow::Continue(());
                }
            };
        }
    }

    fn stream<'a>(&self, container: Container, content: Peeked<'a>) -> std::io::Result<Stream<'a>>
    where
        'm: 'a,
    {
        let decoder: Box<dyn Read + 'a> = match container {
            Container::Gzip => Box::new(MultiGzDecoder::new(content)),
            Container::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(content)),
            Container::Zstd => {
                let mut decoder = zstd::Decoder::new(content)?;
                decoder.window_log_max(self.limits.window_log)?;
                Box::new(decoder)
            }
            Container::Xz => {
                check_dictionary(content.head(), self.limits.window_log)?;
                Box::new(lzma_rust2::XzReader::new(content, true))
            }
            Container::Zip => return Ok(Stream::Zip(content)),
            Container::Tar => return Ok(Stream::Tar(content)),
        };
        Ok(Stream::Compressed(Box::new(Metered::expanded(
            decoder, self.meter,
        ))))
    }
}

enum Stream<'a> {
    Compressed(Box<dyn Read + 'a>),
    Zip(Peeked<'a>),
    Tar(Peeked<'a>),
}

fn problem(name: &str, reason: Reason, message: &str) -> Problem {
    let place = Place {
        input: name.to_owned(),
        ..Place::default()
    };
    Problem {
        place,
        reason,
        message: message.to_owned(),
        spans: 0,
    }
}

/// Refuses an xz stream whose first block asks for a larger dictionary than `window_log` allows
/// (the .xz file format, 3.1 and 5.3.1). Others are left to the decoder.
fn check_dictionary(head: &[u8], window_log: u32) -> std::io::Result<()> {
    const LZMA2: u8 = 0x21;
    // Behind 12 bytes of stream header: size, flags (no optional sizes), filter, size of its
    // properties, and these.
    let Some(&[_, 0, LZMA2, 1, bits]) = head.get(12..17) else {
        return Ok(());
    };
    let size = (2 | u64::from(bits & 1)) << (bits / 2 + 11).min(40);
    if size > 1 << window_log {
        return Err(std::io::Error::new(
            std::io::ErrorKind::FileTooLarge,
            "a dictionary beyond the limit",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
