//! A search: which requests, in which order, until enough traces match.
//!
//! Jaeger answers with at most so many traces of a window, and which ones it leaves out differs
//! from storage to storage. So the window is cut into slices, the newest first, until the
//! server answers less than it was asked for: then a slice is complete. What the query says
//! beyond Jaeger's form is decided here, and slices go on until the limit is reached.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::ask::{Ask, Batch, Finder, Found, spread};
use super::judge::{Judge, Judged};
use super::pushdown::Plan;
use super::server::Server;
use crate::backend::{
    BackendError, Part, Progress, SearchDone, SearchRequest, Sort, TraceRow, Window,
};
use crate::model::{Time, TraceId};
use crate::traceql::Query;

/// Requests at a time.
const AT_ONCE: usize = 6;

/// Requests that one search may cost.
const MOST_REQUESTS: usize = 400;

/// Traces asked for at a time.
const DEPTHS: (usize, usize) = (20, 1500);

pub(super) struct Search {
    server: Arc<Server>,
    finder: Finder,
    judge: Arc<Judge>,
    asks: Vec<Ask>,
    exact: bool,
    depth: usize,
    limit: usize,
    sort: Sort,
    cancel: CancellationToken,
    out: mpsc::Sender<Part>,
    requests: usize,
    /// All traces met, with their rows if they match.
    seen: HashMap<TraceId, Judged>,
    sent: usize,
    vanished: usize,
    /// Remarks that matter if nothing is found.
    remarks: Vec<String>,
}

/// Runs a search to its end and tells it.
pub(super) async fn run(
    server: Arc<Server>,
    request: SearchRequest,
    cancel: CancellationToken,
    out: mpsc::Sender<Part>,
) {
    let end = match search(server, request, cancel, &out).await {
        Ok(done) => Part::Done(done),
        Err(error) => Part::Failed(error),
    };
    // A reader that went away wants no end.
    let _ = out.send(end).await;
}

async fn search(
    server: Arc<Server>,
    request: SearchRequest,
    cancel: CancellationToken,
    out: &mpsc::Sender<Part>,
) -> Result<SearchDone, BackendError> {
    let text = if request.query.trim().is_empty() {
        "{ }"
    } else {
        request.query.as_str()
    };
    let query = Query::parse(text).map_err(|error| BackendError::Query(error.to_string()))?;
    let finder = Finder::of(server.dialect(&cancel).await?);
    let plan = Plan::of(query.tree(), true);
    tell(out, Part::Pushdown(plan.in_words())).await?;
    if request.window.is_none() {
        let note = "no time window given: searched the last hour".to_owned();
        tell(out, Part::Note(note)).await?;
    }
    let window = request.window.unwrap_or_else(super::last_hour);
    let judge = Arc::new(Judge { query, window });
    let asks = spread(&server, finder, plan.forms.clone(), window, &cancel).await?;
    let wanted = if plan.is_exact() {
        request.limit.saturating_add(1)
    } else {
        request.limit.saturating_mul(4)
    };
    let search = Search {
        server,
        finder,
        judge,
        asks,
        exact: plan.is_exact(),
        depth: wanted.clamp(DEPTHS.0, DEPTHS.1),
        limit: request.limit,
        sort: request.sort,
        cancel,
        out: out.clone(),
        requests: 0,
        seen: HashMap::new(),
        sent: 0,
        vanished: 0,
        remarks: Vec::new(),
    };
    search.walk(window).await
}

async fn tell(out: &mpsc::Sender<Part>, part: Part) -> Result<(), BackendError> {
    out.send(part).await.map_err(|_| BackendError::Cancelled)
}

impl Search {
    async fn walk(mut self, window: Window) -> Result<SearchDone, BackendError> {
        let mut slices = vec![window];
        let mut complete = true;
        let mut exhausted = true;
        while let Some(slice) = slices.pop() {
            if self.requests + self.asks.len() > MOST_REQUESTS && self.requests > 0 {
                let message = format!(
                    "stopped after {} requests: narrow the query or the window",
                    self.requests
                );
                self.tell(Part::Note(message)).await?;
                (complete, exhausted) = (false, false);
                break;
            }
            let batch = self.ask(slice).await?;
            if batch.full {
                if let Some((older, newer)) = cut(slice, &batch) {
                    slices.extend([older, newer]);
                    continue;
                }
                complete = false;
            }
            self.judge_all(batch.found).await?;
            if self.settle(slice).await? && !slices.is_empty() {
                exhausted = false;
                break;
            }
        }
        self.finish(complete, exhausted).await
    }

    /// All requests for one slice, several at a time.
    async fn ask(&mut self, slice: Window) -> Result<Batch, BackendError> {
        self.requests += self.asks.len();
        let server = (&self.server.http, self.finder);
        let mut each: Vec<BoxFuture<'_, Result<Batch, BackendError>>> = Vec::new();
        for ask in &self.asks {
            each.push(
                ask.send(server, (slice, self.depth), &self.judge, &self.cancel)
                    .boxed(),
            );
        }
        let batches = stream::iter(each).buffer_unordered(AT_ONCE);
        let batches: Vec<Batch> = batches.try_collect().await?;
        let mut all = Batch::default();
        for batch in batches {
            all.full |= batch.full;
            all.found.extend(batch.found);
            all.notes.extend(batch.notes);
        }
        all.found
            .sort_by_key(|found| (std::cmp::Reverse(found.start), found.id));
        all.found.dedup_by_key(|found| found.id);
        for found in &all.found {
            if let Some(judged) = &found.judged {
                self.seen.insert(found.id, judged.clone());
            }
        }
        self.remarks.append(&mut all.notes);
        self.remarks.truncate(3);
        Ok(all)
    }

    /// Fetches and judges those that only a summary told of, the newest first, until the limit is
    /// reached.
    async fn judge_all(&mut self, found: Vec<Found>) -> Result<(), BackendError> {
        let mut fetches = Vec::new();
        for found in found {
            if !self.seen.contains_key(&found.id) {
                let (server, cancel) = (Arc::clone(&self.server), self.cancel.clone());
                let fetch =
                    async move { server.open(found.id, &cancel).await.map(|it| (found, it)) };
                fetches.push(fetch.boxed());
            }
        }
        let mut fetches = stream::iter(fetches).buffered(AT_ONCE);
        while let Some(fetched) = fetches.next().await {
            let (found, trace) = fetched?;
            self.requests += 1;
            let judged = match trace {
                Some(trace) => self.judge.trace(&trace),
                None => self.by_summary(&found),
            };
            self.seen.insert(found.id, judged);
            let progress = Progress {
                traces: self.seen.len() as u64,
                ..Progress::default()
            };
            self.tell(Part::Progress(progress)).await?;
            if self.sort == Sort::Newest && self.matches().count() >= self.limit {
                break;
            }
        }
        Ok(())
    }

    /// A trace that went away between the search and the fetch: its summary has to do, where the
    /// server evaluated the whole query.
    fn by_summary(&mut self, found: &Found) -> Judged {
        self.vanished += 1;
        let summary = found.summary.as_ref().filter(|_| self.exact);
        Judged {
            id: found.id,
            start: found.start,
            row: summary.map(|summary| summary.row(found.id, found.start)),
        }
    }

    fn matches(&self) -> impl Iterator<Item = &TraceRow> {
        self.seen.values().filter_map(|judged| judged.row.as_ref())
    }

    /// Sends what is final now that everything from `slice` on is known; true if the limit is reached.
    async fn settle(&mut self, slice: Window) -> Result<bool, BackendError> {
        if self.sort == Sort::Slowest {
            return Ok(false);
        }
        let settled: Vec<&TraceRow> = self
            .matches()
            .filter(|row| row.start >= slice.from)
            .collect();
        let rows = self.next_rows(settled);
        self.send(rows).await?;
        Ok(self.sent >= self.limit)
    }

    /// The rows to send next of these, in order.
    fn next_rows(&self, mut rows: Vec<&TraceRow>) -> Vec<TraceRow> {
        match self.sort {
            Sort::Newest => rows.sort_by_key(|row| (std::cmp::Reverse(row.start), row.trace_id)),
            Sort::Slowest => {
                rows.sort_by_key(|row| (std::cmp::Reverse(row.duration), row.trace_id));
            }
        }
        rows.into_iter()
            .take(self.limit)
            .skip(self.sent)
            .cloned()
            .collect()
    }

    async fn send(&mut self, rows: Vec<TraceRow>) -> Result<(), BackendError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.sent += rows.len();
        self.tell(Part::Rows(rows)).await
    }

    async fn finish(mut self, complete: bool, exhausted: bool) -> Result<SearchDone, BackendError> {
        let rows = self.next_rows(self.matches().collect());
        self.send(rows).await?;
        if self.vanished > 0 {
            let message = format!("{} of the traces found could not be fetched", self.vanished);
            self.tell(Part::Note(message)).await?;
        }
        if self.sent == 0 {
            for remark in std::mem::take(&mut self.remarks) {
                self.tell(Part::Note(remark)).await?;
            }
        }
        let known = complete && exhausted;
        let matching = known.then(|| self.matches().count() as u64);
        let of = known.then_some(self.seen.len() as u64);
        Ok(SearchDone {
            complete,
            matching,
            of,
        })
    }

    async fn tell(&self, part: Part) -> Result<(), BackendError> {
        tell(&self.out, part).await
    }
}

/// Cuts a slice that has more than the server told: after three quarters of what it told, if that
/// was the newest, else in the middle. `None` if it is too narrow to cut.
fn cut(slice: Window, batch: &Batch) -> Option<(Window, Window)> {
    let width = slice
        .to
        .0
        .checked_sub(slice.from.0)
        .filter(|&width| width >= 2000)?;
    let told = batch
        .found
        .get(batch.found.len() * 3 / 4)
        .map(|found| found.start);
    let at = told
        .filter(|at| slice.from < *at && *at < slice.to)
        .unwrap_or(Time(slice.from.0 + width / 2));
    Some((
        Window {
            from: slice.from,
            to: Time(at.0 - 1),
        },
        Window {
            from: at,
            to: slice.to,
        },
    ))
}
