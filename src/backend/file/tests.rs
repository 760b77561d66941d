//! Files as a backend.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::*;
use crate::backend::Sort;
use crate::backend::TraceRow;

fn otlp(trace: u8, service: &str) -> String {
    format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"{service}"}}}}]}},"scopeSpans":[{{"spans":[{{"traceId":"{trace:032x}","spanId":"{trace:016x}","name":"work","kind":2,"startTimeUnixNano":"{trace}000","endTimeUnixNano":"{trace}900"}}]}}]}}]}}"#
    )
}

fn open(path: &Path, patient: bool) -> Files {
    let reading = Reading {
        budget: 64 << 20,
        patient,
        ..Reading::default()
    };
    Files::open(vec![Input::Path(path.to_owned())], reading).unwrap()
}

async fn search(files: &Files) -> Result<(Vec<TraceRow>, SearchDone), BackendError> {
    let request = SearchRequest {
        query: "{ }".to_owned(),
        window: None,
        limit: 100,
        sort: Sort::Newest,
    };
    let mut parts = files.search(request, CancellationToken::new());
    let mut rows = Vec::new();
    while let Some(part) = parts.recv().await {
        match part {
            Part::Rows(more) => rows.extend(more),
            Part::Done(done) => return Ok((rows, done)),
            Part::Failed(error) => return Err(error),
            Part::Note(_) | Part::Progress(_) | Part::Pushdown(_) => {}
        }
    }
    panic!("the stream broke off")
}

#[tokio::test]
async fn a_folder_is_one_data_set_and_bad_input_costs_itself_only() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("more")).unwrap();
    fs::write(folder.path().join("a.json"), otlp(1, "shop")).unwrap();
    fs::write(folder.path().join("broken.txt"), "no trace at all").unwrap();
    let gz = fs::File::create(folder.path().join("more/b.gz")).unwrap();
    let mut gz = flate2::write::GzEncoder::new(gz, flate2::Compression::fast());
    gz.write_all(otlp(2, "cart").as_bytes()).unwrap();
    gz.finish().unwrap();
    let files = open(folder.path(), true);
    let (rows, done) = search(&files).await.unwrap();
    let services: Vec<_> = rows.iter().map(|row| &*row.service).collect();
    assert_eq!(services, ["cart", "shop"]);
    assert!(done.complete);
    assert_eq!(files.loading(), None);
    let remarks = files.remarks();
    assert!(
        matches!(remarks.as_slice(), [one] if one.contains("broken.txt")),
        "{remarks:?}"
    );
    let services = files
        .services(None, CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(services.len(), 2);
}

#[tokio::test]
async fn nothing_readable_is_an_error_that_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    fs::write(&file, "no trace at all").unwrap();
    let error = search(&open(&file, true)).await.unwrap_err();
    assert!(
        matches!(&error, BackendError::Input(why) if why.contains("notes.txt")),
        "{error:?}"
    );
    let missing = open(&folder.path().join("missing"), true);
    assert!(missing.stats().await.is_err());
}

#[tokio::test]
async fn who_is_not_patient_is_told_when_there_is_more() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    fs::write(&file, otlp(1, "shop")).unwrap();
    let files = open(&file, false);
    let mut epoch = files.epoch().unwrap();
    loop {
        epoch.borrow_and_update();
        let (rows, done) = search(&files).await.unwrap();
        if done.complete {
            assert_eq!(rows.len(), 1);
            break;
        }
        epoch.changed().await.unwrap();
    }
}

#[tokio::test]
async fn a_gzip_that_breaks_in_the_middle_keeps_what_came_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json.gz");
    let lines: Vec<_> = (1..=200).map(|id| otlp(id, "shop")).collect();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    gz.write_all(lines.join("\n").as_bytes()).unwrap();
    let mut bytes = gz.finish().unwrap();
    let middle = bytes.len() / 2;
    bytes.truncate(middle);
    fs::write(&file, bytes).unwrap();
    let files = open(&file, true);
    let (rows, _) = search(&files).await.unwrap();
    assert!((50..150).contains(&rows.len()), "{}", rows.len());
    let remarks = files.remarks();
    assert!(
        remarks.iter().all(|line| line.contains("a.json.gz")) && !remarks.is_empty(),
        "{remarks:?}"
    );
}

#[tokio::test]
async fn a_thousand_files_are_one_data_set() {
    let folder = tempfile::tempdir().unwrap();
    for id in 0..1000 {
        let text = otlp(1, &format!("service {id}"));
        fs::write(folder.path().join(format!("{id}.json")), text).unwrap();
    }
    let files = open(folder.path(), true);
    let services = files.services(None, CancellationToken::new());
    assert_eq!(services.await.unwrap().len(), 1000);
}

#[cfg(unix)]
#[tokio::test]
async fn reading_a_silent_pipe_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    let files = open(&pipe, true);
    assert!(files.loading().is_some());
    files.stop_loading();
    assert_eq!(files.loading(), None);
    let remarks = files.remarks();
    assert!(remarks[0].starts_with("stopped after"), "{remarks:?}");
    assert!(files.stats().await.is_ok(), "stopping is no failure");
}

#[tokio::test]
async fn all_files_of_a_folder_are_followed_through_rotation() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let line = |trace: u8| otlp(trace, "shop") + "\n";
    let append = |name: &str, text: String| {
        let file = fs::OpenOptions::new().append(true).open(at(name));
        file.unwrap().write_all(text.as_bytes()).unwrap();
    };
    fs::write(at("a.jsonl"), line(1)).unwrap();
    fs::write(at("b.jsonl"), line(2)).unwrap();
    let reading = Reading {
        budget: 64 << 20,
        follow: true,
        ..Reading::default()
    };
    let files = Files::open(vec![Input::Path(folder.path().to_owned())], reading).unwrap();
    let mut epoch = files.epoch().unwrap();
    let mut until = async |expected: usize| {
        loop {
            epoch.borrow_and_update();
            let (rows, done) = search(&files).await.unwrap();
            if rows.len() >= expected {
                assert_eq!(rows.len(), expected);
                return done;
            }
            epoch.changed().await.unwrap();
        }
    };
    until(2).await;
    append("a.jsonl", line(3));
    append("b.jsonl", line(4));
    until(4).await;
    // The writer goes on in the old file until it opens the new one.
    fs::rename(at("a.jsonl"), at("a.1.jsonl")).unwrap();
    append("a.1.jsonl", line(5));
    fs::write(at("a.jsonl"), line(6)).unwrap();
    until(6).await;
    // Copied and cut short, and shorter than before.
    fs::copy(at("b.jsonl"), folder.path().join(".b.old")).unwrap();
    fs::write(at("b.jsonl"), line(7)).unwrap();
    until(7).await;
    // A file that comes, in a folder that comes.
    fs::create_dir(at("more")).unwrap();
    fs::write(at("more/c.jsonl"), line(8)).unwrap();
    until(8).await;
    assert_eq!(files.remarks(), [""; 0]);
    files.stop_loading();
}

#[cfg(unix)]
#[tokio::test]
async fn what_may_not_be_read_is_told_and_costs_itself_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret.json");
    fs::write(&secret, otlp(1, "shop")).unwrap();
    fs::write(folder.path().join("open.json"), otlp(2, "cart")).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&secret).is_ok() {
        // Who may do everything cannot be refused.
        return;
    }
    let files = open(folder.path(), true);
    let (rows, _) = search(&files).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert!(files.remarks()[0].contains("secret.json: Permission denied"));
    assert!(search(&open(&secret, true)).await.is_err());
}
