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
const CHUNK: usize = 64 << 10;
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
        Encoding::Gzip => drain(MultiGzDecoder::new(body), limit, share),
        Encoding::Deflate if is_zlib(body) => drain(ZlibDecoder::new(body), limit, share),
        Encoding::Deflate => drain(DeflateDecoder::new(body), limit, share),
        Encoding::Zstd => match zstd::stream::read::Decoder::with_buffer(body) {
            Ok(mut decoder) => decoder
                .window_log_max(ZSTD_WINDOW_LOG)
                .map_err(Halt::Broken)
                .and_then(|()| drain(decoder, limit, share)),
            Err(error) => Err(Halt::Broken(error)),
        },
        Encoding::Snappy if body.starts_with(SNAPPY_STREAM) => {
            drain(snap::read::FrameDecoder::new(body), limit, share)
        }
        Encoding::Snappy => snappy_block(body, limit, share),
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

enum Halt {
    Large,
    NoRoom(NoRoom),
    Broken(io::Error),
}

fn drain(mut from: impl Read, limit: usize, share: &mut Share) -> Result<Vec<u8>, Halt> {
    let mut out = Vec::new();
    loop {
        let filled = out.len();
        if out.capacity() - filled < CHUNK {
            let more = share.grow(filled.max(CHUNK), CHUNK).map_err(Halt::NoRoom)?;
            out.reserve_exact(more);
        }
        let read = (&mut from)
            .take(CHUNK as u64)
            .read_to_end(&mut out)
            .map_err(Halt::Broken)?;
        if out.len() > limit {
            return Err(Halt::Large);
        }
        if read < CHUNK {
            return Ok(out);
        }
    }
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
        assert!(large(unpack_all("gzip", gzip(&[0; 1 << 20]), 1000)));
        assert!(large(unpack_all(
            "zstd",
            zstd::encode_all(&[0; 1 << 20][..], 1).unwrap(),
            1000
        )));
        let block = snap::raw::Encoder::new()
            .compress_vec(&[0; 1 << 20])
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
        let budget = Budget::new(300 << 10);
        let (mut share, mut others) = (budget.share(), budget.share());
        assert!(others.grow(200 << 10, 0).is_ok());
        let refused = decode(
            &[Encoding::Gzip],
            gzip(&[0; 1 << 20]).into(),
            1 << 30,
            &mut share,
        );
        assert!(matches!(refused, Err(Refusal::Overloaded { .. })));
    }
}
