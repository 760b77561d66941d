//! Files opened: OTLP and Jaeger JSON, plain and compressed, one trace of 100,000 spans among them,
//! beside what `serde_json::Value` takes to parse the same bytes, and of those that are compressed
//! what the decompressor takes alone.
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

use vizsla::format::{
    Format, Limits, Problem, ReadOptions, Sink, Source, Sources, look_ahead, read, read_all, write,
};
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

/// A file, as the program opens one: what explains its spans behind them is sought ahead.
struct Opening(File);

impl Sources for Opening {
    fn each(&mut self, read: &mut dyn FnMut(Source<'_>) -> ControlFlow<()>) {
        let ahead = look_ahead(&mut self.0).unwrap_or_default();
        let _flow = read(Source {
            name: "file",
            bytes: &mut self.0,
            ahead,
        });
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
    read_all(&mut Opening(File::open(path)?), &options, &mut sink);
    drop(sink);
    let first = keep.join().unwrap_or_default();
    Ok(Opened {
        spans: store.stats().received,
        first,
        all: begun.elapsed(),
    })
}

/// What a file holds, and how long its decompressor takes by itself if it has one.
fn unpack(path: &Path) -> std::io::Result<(Vec<u8>, Option<Duration>)> {
    let packed = std::fs::read(path)?;
    let decompressor = || -> std::io::Result<Option<Box<dyn Read + '_>>> {
        Ok(match packed.get(..2) {
            Some([0x1f, 0x8b]) => Some(Box::new(flate2::read::MultiGzDecoder::new(&*packed))),
            Some([0x28, 0xb5]) => Some(Box::new(zstd::Decoder::new(&*packed)?)),
            _ => None,
        })
    };
    let Some(mut alone) = decompressor()? else {
        return Ok((packed, None));
    };
    let begun = Instant::now();
    std::io::copy(&mut alone, &mut std::io::sink())?;
    let took = begun.elapsed();
    let mut text = Vec::new();
    if let Some(mut again) = decompressor()? {
        again.read_to_end(&mut text)?;
    }
    Ok((text, Some(took)))
}

/// How long `serde_json` takes to make values of a text.
fn parse(text: &[u8]) -> Duration {
    let begun = Instant::now();
    let values = serde_json::Deserializer::from_slice(text).into_iter::<serde_json::Value>();
    std::hint::black_box(values.flatten().count());
    begun.elapsed()
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
    let mut packed = Vec::new();
    for path in files {
        let (text, alone) = unpack(&path)?;
        let parsed = parse(&text);
        let opened = open(&path)?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        println!(
            "{name:<24} {:>5} {:>9} {:>10} {:>8} {:>10} {:>7.1}",
            text.len() >> 20,
            opened.spans,
            opened.first.as_millis(),
            opened.all.as_millis(),
            parsed.as_millis(),
            parsed.as_secs_f64() / opened.all.as_secs_f64(),
        );
        if let Some(alone) = alone {
            let plain = folder.path().join("plain");
            std::fs::write(&plain, &text)?;
            packed.push((name, alone, open(&plain)?.all, opened.all));
        }
    }
    tell_packed(&packed);
    Ok(())
}

/// Compressed files: the decompressor alone, the same bytes opened without it, and both at once.
fn tell_packed(packed: &[(String, Duration, Duration, Duration)]) {
    println!(
        "compressed           decompressor ms   plain ms   both ms   of the sum (at most 1.2)"
    );
    for (name, alone, plain, both) in packed {
        println!(
            "{name:<20} {:>15} {:>10} {:>9} {:>11.2}",
            alone.as_millis(),
            plain.as_millis(),
            both.as_millis(),
            both.as_secs_f64() / (*alone + *plain).as_secs_f64(),
        );
    }
}
