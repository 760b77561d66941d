//! Compressed bodies: gzip, zstd, deflate and snappy, as the OpenTelemetry collector takes
//! them, unpacked in a stream so that a bomb is refused before it has grown.

use std::io::{self, Read};

use bytes::Bytes;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::budget::{NoRoom, Share};
use super::refusal::Refusal;

/// What gRPC clients are told in `grpc-accept-encoding`.
pub const ACCEPTED: &str = "identity,gzip,deflate,zstd,snappy";

/// A zstd frame may demand a window as large as it likes; 8 MiB is what its specification
/// asks every decoder to support.
const ZSTD_WINDOW_LOG: u32 = 23;
/// More layers than this is no honest client.
const MOST_LAYERS: usize = 4;
/// Batches of spans are smaller than this. So much is unpacked without asking the budget: it
/// happens in as few requests at one time as there are threads.
const USUAL: usize = 2 << 20;
const UNPACKED: &str = "decompressed body";
const SNAPPY_STREAM: &[u8] = b"\xff\x06\x00\x00sNaPpY";

/// One compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// RFC 1952, of one or more members.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// RFC 1950, as HTTP means it; bare RFC 1951 too, as some clients mean it.
    Deflate,
    /// Snappy, framed or as one block.
    Snappy,
}

/// Reads a `Content-Encoding` or `grpc-encoding`: compressions in the order applied.
///
/// # Errors
/// A name that is not known, or too many of them.
pub fn parse(header: &str) -> Result<Vec<Encoding>, Refusal> {
    let mut layers = Vec::new();
    for name in header.split(',').map(str::trim) {
        layers.push(match name.to_ascii_lowercase().as_str() {
            "" | "identity" => continue,
            "gzip" | "x-gzip" => Encoding::Gzip,
            "zstd" => Encoding::Zstd,
            "deflate" | "zlib" => Encoding::Deflate,
            "snappy" | "x-snappy-framed" => Encoding::Snappy,
            _ => return Err(Refusal::UnknownEncoding(name.to_owned())),
        });
    }
    if layers.len() > MOST_LAYERS {
        return Err(Refusal::Malformed(format!(
            "{} layers of compression",
            layers.len()
        )));
    }
    Ok(layers)
}

/// Undoes `layers`, the last first. The result holds at most `limit` bytes, which are taken
/// from `share` as they come.
///
/// # Errors
/// Larger than `limit`, no room in the budget, or not what the encoding says.
pub fn decode(
    layers: &[Encoding],
    mut body: Bytes,
    limit: usize,
    share: &mut Share,
) -> Result<Bytes, Refusal> {
    for layer in layers.iter().rev() {
        body = unpack(*layer, &body, limit, share)?;
    }
    Ok(body)
}

fn unpack(layer: Encoding, body: &[u8], limit: usize, share: &mut Share) -> Result<Bytes, Refusal> {
    let unpacked = match layer {
        Encoding::Snappy if !body.starts_with(SNAPPY_STREAM) => snappy_block(body, limit, share),
        _ => drain(|| reader(layer, body), limit, share),
    };
    unpacked.map(Bytes::from).map_err(|halt| match halt {
        Halt::Large => Refusal::TooLarge {
            what: UNPACKED,
            limit,
        },
        Halt::NoRoom(short) => Refusal::short(short, UNPACKED, share.limit()),
        Halt::Broken(error) => Refusal::Malformed(format!("broken {layer:?} body: {error}")),
    })
}

/// A stream of what `body` unpacks to.
fn reader(layer: Encoding, body: &[u8]) -> io::Result<Box<dyn Read + '_>> {
    Ok(match layer {
        Encoding::Gzip => Box::new(MultiGzDecoder::new(body)),
        Encoding::Deflate if is_zlib(body) => Box::new(ZlibDecoder::new(body)),
        Encoding::Deflate => Box::new(DeflateDecoder::new(body)),
        Encoding::Snappy => Box::new(snap::read::FrameDecoder::new(body)),
        Encoding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(body)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
    })
}

enum Halt {
    Large,
    NoRoom(NoRoom),
    Broken(io::Error),
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// Reads a stream to its end. What is larger than usual is measured first, without being
/// kept, and unpacked again into just the room it needs: a bomb costs time, never memory.
fn drain<'a>(
    open: impl Fn() -> io::Result<Box<dyn Read + 'a>>,
    limit: usize,
    share: &mut Share,
) -> Result<Vec<u8>, Halt> {
    let mut stream = open()?;
    let mut out = Vec::new();
    let usual = USUAL.min(limit.saturating_add(1));
    (&mut stream).take(usual as u64).read_to_end(&mut out)?;
    if out.len() < usual {
        return Ok(out);
    }
    let beyond = (limit - limit.min(usual)) as u64 + 1;
    let rest = io::copy(&mut stream.take(beyond), &mut io::sink())?;
    let length = usual + rest as usize;
    if length > limit {
        return Err(Halt::Large);
    }
    share.grow(length, length).map_err(Halt::NoRoom)?;
    drop(out);
    let mut out = Vec::with_capacity(length);
    open()?.take(limit as u64).read_to_end(&mut out)?;
    Ok(out)
}

fn snappy_block(body: &[u8], limit: usize, share: &mut Share) -> Result<Vec<u8>, Halt> {
    let broken = |error: snap::Error| Halt::Broken(error.into());
    let length = snap::raw::decompress_len(body).map_err(broken)?;
    if length > limit {
        return Err(Halt::Large);
    }
    share.grow(length, length).map_err(Halt::NoRoom)?;
    snap::raw::Decoder::new()
        .decompress_vec(body)
        .map_err(broken)
}

/// RFC 1950: the method is 8, and the first two bytes are a multiple of 31.
fn is_zlib(body: &[u8]) -> bool {
    body.first_chunk::<2>()
        .is_some_and(|&[a, b]| a & 0x0f == 8 && u16::from_be_bytes([a, b]) % 31 == 0)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::collector::budget::Budget;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn unpack_all(header: &str, body: Vec<u8>, limit: usize) -> Result<Bytes, Refusal> {
        let mut share = Budget::new(usize::MAX).share();
        decode(&parse(header)?, body.into(), limit, &mut share)
    }

    #[test]
    fn every_encoding_unpacks() {
        let plain = b"spans, spans, spans, spans".repeat(9_000);
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(&plain).unwrap();
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        bare.write_all(&plain).unwrap();
        let mut framed = snap::write::FrameEncoder::new(Vec::new());
        framed.write_all(&plain).unwrap();
        let block = snap::raw::Encoder::new().compress_vec(&plain).unwrap();
        let twice = gzip(&zstd::encode_all(&plain[..], 1).unwrap());
        let two_members = [gzip(&plain[..100]), gzip(&plain[100..])].concat();
        for (header, body) in [
            ("identity", plain.clone()),
            ("gzip", gzip(&plain)),
            ("GZIP", two_members),
            ("zstd", zstd::encode_all(&plain[..], 1).unwrap()),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", bare.finish().unwrap()),
            ("snappy", framed.into_inner().unwrap()),
            ("snappy", block),
            ("zstd, gzip", twice),
        ] {
            assert_eq!(
                unpack_all(header, body, plain.len()).unwrap(),
                plain,
                "{header}"
            );
        }
    }

    #[test]
    fn bombs_and_rubbish_are_refused() {
        let large = |refused| matches!(refused, Err(Refusal::TooLarge { limit: 1000, .. }));
        assert!(large(unpack_all("gzip", gzip(&vec![0; 1 << 20]), 1000)));
        assert!(large(unpack_all(
            "zstd",
            zstd::encode_all(vec![0; 1 << 20].as_slice(), 1).unwrap(),
            1000
        )));
        let block = snap::raw::Encoder::new()
            .compress_vec(&vec![0; 1 << 20])
            .unwrap();
        assert!(large(unpack_all("snappy", block, 1000)));
        for header in ["gzip", "zstd", "deflate", "snappy"] {
            let refused = unpack_all(header, b"\x03not compressed".to_vec(), 1000);
            assert!(
                matches!(refused, Err(Refusal::Malformed(_))),
                "{header}: {refused:?}"
            );
        }
        assert!(matches!(parse("gzip, br"), Err(Refusal::UnknownEncoding(name)) if name == "br"));
        assert!(parse("gzip,gzip,gzip,gzip,gzip").is_err());
    }

    #[test]
    fn the_budget_bounds_what_is_unpacked() {
        let budget = Budget::new(6 << 20);
        let (mut share, mut others) = (budget.share(), budget.share());
        assert!(others.grow(4 << 20, 0).is_ok());
        let mut unpack = |bytes| {
            let body = gzip(&vec![0; bytes]).into();
            decode(&[Encoding::Gzip], body, 1 << 30, &mut share).map(|body| body.len())
        };
        assert_eq!(unpack(1 << 20), Ok(1 << 20));
        assert!(matches!(unpack(3 << 20), Err(Refusal::Overloaded { .. })));
        let never = unpack(7 << 20);
        assert!(matches!(never, Err(Refusal::TooLarge { .. })));
    }
}
