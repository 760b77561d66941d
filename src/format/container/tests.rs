//! Containers in containers, and bombs.

use std::io::{Cursor, Write as _};

use super::*;

#[derive(Default)]
struct Seen {
    inputs: Vec<(String, Vec<Container>, Result<String, Reason>)>,
    problems: Vec<Problem>,
}

impl Visitor for Seen {
    fn entry(&mut self, mut entry: Entry<'_>) -> ControlFlow<()> {
        let mut bytes = Vec::new();
        let read = entry
            .content
            .read_to_end(&mut bytes)
            .map_err(|error| Reason::of(&error));
        let text = read.map(|_| String::from_utf8(bytes).unwrap());
        self.inputs.push((entry.name, entry.containers, text));
        ControlFlow::Continue(())
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

fn seen(bytes: &[u8], limits: &Limits) -> Seen {
    let mut seen = Seen::default();
    let _ = open("in", &mut &*bytes, limits, &mut seen);
    seen
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// `printf deep | xz -0 -C crc32`: the crate's encoder is not compiled in.
const XZ: &[u8] = b"\xfd\x37\x7a\x58\x5a\x00\x00\x01\x69\x22\xde\x36\x02\x00\x21\x01\x0c\x00\x00\x00\x8f\x98\x41\x9c\x01\x00\x03\x64\x65\x65\x70\x00\x5d\x58\x93\x93\x00\x01\x18\x04\x6b\xe9\xf0\xa5\x90\x42\x99\x0d\x01\x00\x00\x00\x00\x01\x59\x5a";

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer
            .start_file(*name, ::zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn any_nesting_is_taken_apart_by_content() {
    use Container::{Bzip2, Gzip, Tar, Xz, Zip, Zstd};
    let zstd = zstd::encode_all(&b"zstd"[..], 1).unwrap();
    let members = [gzip(b"two "), gzip(b"members")].concat();
    let inner = tar(&[
        ("a.json", &bzip2(XZ)),
        ("b.txt", b"plain"),
        ("dir/c", &members),
    ]);
    let bytes = gzip(&zip(&[("t.bin", &inner), ("z", &zstd)]));
    let seen = seen(&bytes, &Limits::default());
    assert_eq!(seen.problems, []);
    let input = |name: &str, containers: &[Container], text: &str| {
        (name.to_owned(), containers.to_vec(), Ok(text.to_owned()))
    };
    assert_eq!(
        seen.inputs,
        [
            input("in/t.bin/a.json", &[Gzip, Zip, Tar, Bzip2, Xz], "deep"),
            input("in/t.bin/b.txt", &[Gzip, Zip, Tar], "plain"),
            input("in/t.bin/dir/c", &[Gzip, Zip, Tar, Gzip], "two members"),
            input("in/z", &[Gzip, Zip, Zstd], "zstd"),
        ]
    );
}

#[test]
fn a_zip_is_read_from_a_pipe_and_its_names_decide_nothing() {
    let mut writer = ::zip::ZipWriter::new_stream(Vec::new());
    let options = ::zip::write::SimpleFileOptions::default();
    for name in ["../../etc/passwd", "dir/b.json"] {
        writer.start_file(name, options).unwrap();
        writer.write_all(name.as_bytes()).unwrap();
    }
    let streamed = writer.finish().unwrap().into_inner();
    let stored = options.compression_method(::zip::CompressionMethod::Stored);
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["../../etc/passwd", "dir/b.json"] {
        writer.start_file(name, stored).unwrap();
        writer.write_all(name.as_bytes()).unwrap();
    }
    let stored = writer.finish().unwrap().into_inner();
    for bytes in [&streamed, &stored] {
        let seen = seen(bytes, &Limits::default());
        assert_eq!(seen.problems, []);
        let names = seen.inputs.iter().map(|(name, ..)| name.as_str());
        let names: Vec<_> = names.collect();
        assert_eq!(names, ["in/../../etc/passwd", "in/dir/b.json"]);
        assert_eq!(seen.inputs[1].2, Ok("dir/b.json".to_owned()));
    }
    let mut broken = stored;
    broken[60] ^= 1;
    let seen = seen_of(&broken);
    assert_eq!(seen.problems.len(), 1, "{:?}", seen.problems);
    let cut = seen_of(&streamed[..50]);
    assert_eq!(cut.problems[0].reason, Reason::Truncated);
}

fn seen_of(bytes: &[u8]) -> Seen {
    seen(bytes, &Limits::default())
}

#[test]
fn bombs_end_in_the_middle() {
    let limits = Limits {
        expanded_bytes: 8 << 20,
        ratio_from: 1 << 20,
        ratio: 100,
        ..Limits::default()
    };
    let zeros = vec![b'0'; 4 << 20];
    for bomb in [
        gzip(&zeros),
        zstd::encode_all(&*zeros, 1).unwrap(),
        bzip2(&zeros),
        zip(&[("z", &zeros)]),
        gzip(&gzip(&zeros)),
    ] {
        assert_eq!(seen(&bomb, &limits).inputs[0].2, Err(Reason::Bomb));
    }
    let total = Limits {
        ratio: u64::MAX,
        ..limits
    };
    assert_eq!(
        seen(&gzip(&zeros), &total).inputs[0]
            .2
            .as_ref()
            .map(String::len),
        Ok(4 << 20)
    );
    let twice = [gzip(&zeros), gzip(&zeros), gzip(b"0")].concat();
    assert_eq!(seen(&twice, &total).inputs[0].2, Err(Reason::Bomb));
    let mut wrapped = b"end".to_vec();
    for _ in 0..20 {
        wrapped = gzip(&wrapped);
    }
    assert_eq!(
        seen(&wrapped, &Limits::default()).problems[0].reason,
        Reason::TooDeep
    );
}

#[test]
fn cut_and_broken_containers_say_so_and_keep_what_came_before() {
    let text = b"0123456789".repeat(5_000);
    let whole = gzip(&text);
    let Seen { inputs, .. } = seen(&whole[..whole.len() - 9], &Limits::default());
    assert_eq!(inputs[0].2, Err(Reason::Truncated));
    for bytes in [
        &b"PK\x03\x04nothing"[..],
        b"\x1f\x8b",
        b"BZh9xxxx",
        b"\x28\xb5\x2f\xfd\xff\xff",
        b"\xfd7zXZ\0\0\0",
    ] {
        let Seen { inputs, problems } = seen(bytes, &Limits::default());
        assert!(!problems.is_empty() || inputs[0].2.is_err(), "{bytes:x?}");
    }
    let archive = tar(&[("good", b"kept"), ("next", b"lost")]);
    let Seen { inputs, .. } = seen(&archive[..1100], &Limits::default());
    assert_eq!(inputs[0].2.as_deref(), Ok("kept"));
}
