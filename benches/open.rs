//! Files opened: OTLP and Jaeger JSON, plain and compressed, one trace of 100,000 spans among them,
//! beside what `serde_json::Value` takes to parse the same bytes.
//!
//! `cargo bench --bench open`, or `-- FILE...` for files of your own.

#![expect(clippy::print_stdout, reason = "a bench tells what it found")]

mod workload;

use std::fs::File;
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

use vizsla::format::{Format, Limits, Problem, ReadOptions, Sink, read, write};
use vizsla::model::{Block, Trace};
use vizsla::storage::{self, Origin, Store};

use workload::Traces;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SPANS: usize = 200_000;
const BUDGET: usize = 512 << 20;

/// Blocks on their way to the thread that stores them.
struct To(SyncSender<Block>);

impl Sink for To {
    fn block(&mut self, block: Block) -> ControlFlow<()> {
        match self.0.send(block) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    fn problem(&mut self, problem: Problem) {
        println!("{problem}");
    }
}

/// What opening a file took.
struct Opened {
    spans: u64,
    first: Duration,
    all: Duration,
}

/// Opens a file as the program does: cut, decoded and stored by a thread each.
fn open(path: &Path) -> std::io::Result<Opened> {
    let begun = Instant::now();
    let store = Store::new(storage::Limits::of(BUDGET).for_files());
    let (to, blocks) = sync_channel::<Block>(2);
    let keeper = store.clone();
    let keep = std::thread::spawn(move || {
        let mut first = None;
        for block in blocks {
            keeper.commit(block, Origin::default());
            first.get_or_insert_with(|| begun.elapsed());
        }
        first.unwrap_or_default()
    });
    let options = ReadOptions {
        limits: Limits::within(BUDGET),
        ..ReadOptions::default()
    };
    let mut sink = To(to);
    read("file", &mut File::open(path)?, &options, &mut sink);
    drop(sink);
    let first = keep.join().unwrap_or_default();
    Ok(Opened {
        spans: store.stats().received,
        first,
        all: begun.elapsed(),
    })
}

/// How long `serde_json` takes to make values of a text, and of what `path` holds unpacked.
fn parse(path: &Path) -> std::io::Result<(usize, Duration)> {
    let mut text = Vec::new();
    let head = std::fs::read(path)?;
    match head.get(..2) {
        Some([0x1f, 0x8b]) => {
            flate2::read::MultiGzDecoder::new(&*head).read_to_end(&mut text)?;
        }
        Some([0x28, 0xb5]) => {
            zstd::Decoder::new(&*head)?.read_to_end(&mut text)?;
        }
        _ => text = head,
    }
    let begun = Instant::now();
    let values = serde_json::Deserializer::from_slice(&text).into_iter::<serde_json::Value>();
    let count = values.flatten().count();
    std::hint::black_box(count);
    Ok((text.len(), begun.elapsed()))
}

/// All spans of the workload, as traces.
fn traces(kind: Traces) -> Vec<Trace> {
    struct Kept(Vec<std::sync::Arc<Block>>);
    impl Sink for Kept {
        fn block(&mut self, block: Block) -> ControlFlow<()> {
            self.0.push(std::sync::Arc::new(block));
            ControlFlow::Continue(())
        }
        fn problem(&mut self, problem: Problem) {
            println!("{problem}");
        }
    }
    let bytes = workload::requests(SPANS, kind, 7).concat();
    let mut kept = Kept(Vec::new());
    read("workload", &mut &*bytes, &ReadOptions::default(), &mut kept);
    Trace::all_of(&kept.0)
}

/// Writes the files that are opened.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for (kind, name) in [(Traces::Many, "many"), (Traces::One, "one")] {
        let traces = traces(kind);
        for (format, ending) in [
            (Format::OtlpJson, "otlp.json"),
            (Format::JaegerJson, "jaeger.json"),
        ] {
            let mut text = Vec::new();
            write(format, &mut text, traces.iter()).map_err(std::io::Error::other)?;
            let path = folder.join(format!("{name}.{ending}"));
            std::fs::write(&path, &text)?;
            files.push(path);
            if name == "many" && format == Format::OtlpJson {
                let packed = folder.join("many.otlp.json.gz");
                let mut gzip = flate2::write::GzEncoder::new(
                    File::create(&packed)?,
                    flate2::Compression::fast(),
                );
                gzip.write_all(&text)?;
                gzip.finish()?;
                let zstd = folder.join("many.otlp.json.zst");
                std::fs::write(&zstd, zstd::encode_all(&*text, 3)?)?;
                files.extend([packed, zstd]);
            }
        }
    }
    Ok(files)
}

fn main() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let given: Vec<PathBuf> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .map(PathBuf::from)
        .collect();
    let files = if given.is_empty() {
        files(folder.path())?
    } else {
        given
    };
    println!("file                        MB     spans   first ms   all ms   Value ms   ratio");
    for path in files {
        let (bytes, parsed) = parse(&path)?;
        let opened = open(&path)?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        println!(
            "{name:<24} {:>5} {:>9} {:>10} {:>8} {:>10} {:>7.1}",
            bytes >> 20,
            opened.spans,
            opened.first.as_millis(),
            opened.all.as_millis(),
            parsed.as_millis(),
            parsed.as_secs_f64() / opened.all.as_secs_f64(),
        );
    }
    Ok(())
}
