//! How each request is asked of the backend or of the program around, and its answers told.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::mpsc::Sender;
use tokio::task::{JoinError, spawn_blocking};
use tokio_util::sync::CancellationToken;

use crate::analysis::{CallFigures, Trends, Words, blame};
use crate::backend::{Backend, BackendError, Part, SearchRequest};
use crate::model::{Cancellation, Nanos, Trace};
use crate::text::{Charset, Clock, Shown};
use crate::tui::answer::{Answer, Held, Opened, Request};
use crate::tui::job::JobId;
use crate::tui::screen::map::{Mapped, baseline};
use crate::tui::screen::trace::{LARGE, Study, explain, outline};
use crate::tui::source::host::Host;
use crate::tui::widget::waterfall::Bundles;
use crate::tui::writing;

use super::keeping;
use super::names::{census, values};

/// How often it is looked how far reading is.
const LOOK: Duration = Duration::from_millis(100);

/// Whom jobs ask: the backend, which may be exchanged, and the program around.
#[derive(Clone)]
pub struct World {
    backend: Arc<ArcSwap<Arc<dyn Backend>>>,
    pub host: Arc<dyn Host>,
}

impl World {
    /// A backend and what is around.
    pub fn new(backend: Arc<dyn Backend>, host: Arc<dyn Host>) -> Self {
        Self {
            backend: Arc::new(ArcSwap::from_pointee(backend)),
            host,
        }
    }

    /// The backend that is asked now.
    pub fn backend(&self) -> Arc<dyn Backend> {
        Arc::clone(&self.backend.load())
    }

    /// What is known of it from the start.
    pub fn opened(&self) -> Opened {
        let backend = self.backend();
        Opened {
            name: backend.name().to_owned(),
            source: backend.source(),
            words: backend.words(),
            capabilities: backend.capabilities(),
            first: None,
        }
    }
}

/// Where a job's answers go. A full channel makes the job wait.
pub struct Reply {
    pub id: JobId,
    pub to: Sender<(JobId, Answer)>,
}

impl Reply {
    pub async fn say(&self, answer: Answer) -> bool {
        self.to.send((self.id, answer)).await.is_ok()
    }
}

/// Asks, and tells every part of the answer. Ends early once cancelled.
pub async fn ask(world: World, request: Request, reply: Reply, cancel: CancellationToken) {
    let told = cancel.clone();
    let reading = (request == Request::Load).then(|| world.backend());
    tokio::select! {
        biased;
        () = told.cancelled() => if let Some(backend) = reading {
            backend.stop_loading();
            loaded(backend.as_ref(), &reply).await;
        },
        () = answer(world, request, &reply, cancel) => {}
    }
}

async fn answer(world: World, request: Request, reply: &Reply, cancel: CancellationToken) {
    let backend = world.backend();
    let last = match request {
        Request::Search(request) => return search(backend.as_ref(), request, reply, cancel).await,
        Request::Trace(id) => keeping::trace(&world, id, cancel)
            .await
            .map(|found| Answer::Trace(id, found.map(Held))),
        Request::Keep(id, note) => {
            let kept = keeping::keep(&world, id, note, cancel).await;
            return errand(reply, kept.map(|said| Answer::Kept(said.into()))).await;
        }
        Request::Bookmark(id) => {
            let kept = keeping::bookmark(&world, id, cancel).await;
            return errand(reply, kept.map(|said| Answer::Written(said.into()))).await;
        }
        Request::Archived => {
            let list = world
                .host
                .archive()
                .map(|archive| spawn_blocking(move || archive.list()));
            let listed = match list {
                Some(list) => list.await.unwrap_or_default(),
                None => Default::default(),
            };
            Ok(Answer::Archived(listed.0, listed.1))
        }
        Request::Wanted => {
            let archive = world.host.archive();
            let names = archive.map(|archive| spawn_blocking(move || archive.wanted()));
            let wanted = match names {
                Some(names) => names.await.unwrap_or_default(),
                None => std::collections::BTreeSet::new(),
            };
            Ok(Answer::Wanted(wanted))
        }
        Request::Explain(trace, charset) => {
            // A source that cannot tell how others fare still has a critical path to tell.
            let alike = backend.trends().await.ok().flatten();
            return explained(trace, alike, charset, (reply, cancel)).await;
        }
        Request::Study(study) => return studied(*study, reply, cancel).await,
        Request::Trends => backend
            .trends()
            .await
            .map(|trends| Answer::Trends(trends.map(|trends| Held(Arc::new(trends))))),
        Request::Census(ids) => return census(backend.as_ref(), ids, reply, cancel).await,
        Request::Map(clock, charset, baseline) => {
            mapped(backend.as_ref(), (&clock, charset), baseline, cancel).await
        }
        Request::Values(ids, name) => {
            return values(backend.as_ref(), ids, name, reply, cancel).await;
        }
        Request::Write(writing) => Ok(writing::perform(&world, writing, cancel).await),
        Request::Sent => Ok(Answer::Sent(backend.sent())),
        Request::Load => return load(backend.as_ref(), reply).await,
        Request::Services => backend.services(None, cancel).await.map(Answer::Services),
        Request::Operations(service) => backend
            .operations(service, None, cancel)
            .await
            .map(Answer::Operations),
        Request::Stats => backend.stats().await.map(Answer::Stats),
        Request::Clear => backend.clear().map(|()| Answer::Done),
        Request::StartDemo => {
            return errand(reply, world.host.start_demo().await.map(|()| Answer::Done)).await;
        }
        Request::OrderRide => {
            return errand(reply, world.host.order_ride().await.map(Answer::Ordered)).await;
        }
        Request::OpenSource(source) => {
            let opened = world.host.open(source).await.map(|backend| {
                world.backend.store(Arc::new(backend));
                Answer::Opened(world.opened())
            });
            return errand(reply, opened).await;
        }
    };
    reply.say(last.unwrap_or_else(|error| failed(&error))).await;
}

/// Tells how far reading is until all is there.
async fn load(backend: &dyn Backend, reply: &Reply) {
    while let Some(progress) = backend.loading() {
        if !reply.say(Answer::Progress(progress)).await {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
    loaded(backend, reply).await;
}

/// Tells that nothing more is read, and what is to be said of that.
async fn loaded(backend: &dyn Backend, reply: &Reply) {
    let remarks = backend.remarks().into_iter().map(Shown::from).collect();
    reply.say(Answer::Loaded(remarks)).await;
}

async fn errand(reply: &Reply, result: Result<Answer, String>) {
    reply
        .say(result.unwrap_or_else(|why| Answer::Failed(Shown::from(why))))
        .await;
}

fn failed(error: &BackendError) -> Answer {
    Answer::Failed(Shown::from(error.to_string()))
}

async fn search(
    backend: &dyn Backend,
    request: SearchRequest,
    reply: &Reply,
    cancel: CancellationToken,
) {
    let mut parts = backend.search(request, cancel);
    while let Some(part) = parts.recv().await {
        let answer = match part {
            Part::Rows(rows) => Answer::Rows(rows),
            Part::Pushdown(pushdown) => Answer::Pushdown(pushdown),
            Part::Progress(progress) => Answer::Progress(progress),
            Part::Note(note) => Answer::Note(Shown::from(note)),
            Part::Done(done) => Answer::Found(done),
            Part::Failed(error) => failed(&error),
        };
        let last = answer.is_last();
        if !reply.say(answer).await || last {
            return;
        }
    }
    reply
        .say(Answer::Failed("the answer broke off: r asks again".into()))
        .await;
}

/// What stands out takes a while: not on the thread that answers keys. Of a large trace the
/// critical path is told first, and what is alike is looked for meanwhile. All of it ends soon
/// after it is cancelled, and is not told then.
async fn explained(
    trace: Held<Trace>,
    alike: Option<Trends>,
    charset: Charset,
    (reply, cancel): (&Reply, CancellationToken),
) {
    let explained = if trace.len() > LARGE {
        let grouping = async {
            let alone = trace.clone();
            let grouped = until(&cancel, move |until| Bundles::until(&alone, until)).await;
            if let Ok(bundles) = grouped {
                reply.say(Answer::Grouped(Held(Arc::new(bundles)))).await;
            }
        };
        let explaining = async {
            let alone = trace.clone();
            let outlined = until(&cancel, move |until| outline(&alone, alike, until)).await?;
            let outlined = Held(Arc::new(outlined));
            reply.say(Answer::Outlined(outlined.clone())).await;
            let alone = trace.clone();
            let how =
                move |until: &Cancellation<'_>| outlined.with_findings(&alone, (charset, until));
            until(&cancel, how).await
        };
        tokio::join!(grouping, explaining).1
    } else {
        until(&cancel, move |until| {
            explain(&trace, alike, (charset, until))
        })
        .await
    };
    let answer = match explained {
        Ok(explained) => Answer::Explained(Held(Arc::new(explained))),
        Err(_) => Answer::Failed("the critical path could not be worked out".into()),
    };
    reply.say(answer).await;
}

/// Does work on a thread of its own until it is cancelled. Nobody hears of what was cancelled,
/// since who is told is cancelled as well.
async fn until<T: Send + 'static>(
    cancel: &CancellationToken,
    work: impl FnOnce(&Cancellation<'_>) -> T + Send + 'static,
) -> Result<T, JoinError> {
    let cancel = cancel.clone();
    spawn_blocking(move || {
        let cancelled = || cancel.is_cancelled();
        work(&Cancellation::when(&cancelled))
    })
    .await
}

/// Works something out on a thread of its own, which ends when nobody listens any more.
async fn studied(study: Study, reply: &Reply, cancel: CancellationToken) {
    let (to, id) = (reply.to.clone(), reply.id);
    let work = move || {
        let over = || cancel.is_cancelled();
        study.run(&over, |studied| {
            !over() && to.blocking_send((id, Answer::Studied(studied))).is_ok()
        });
    };
    if spawn_blocking(work).await.is_err() {
        let why = "this could not be worked out: a bug, the crash log has the place";
        reply.say(Answer::Failed(why.into())).await;
    }
}

/// The service graph with what stands out in it.
async fn mapped(
    backend: &dyn Backend,
    (clock, charset): (&Clock, Charset),
    length: Option<Nanos>,
    cancel: CancellationToken,
) -> Result<Answer, BackendError> {
    let (mut graph, mut traces) = backend.service_graph(None, cancel.clone()).await?;
    let mut before = None;
    if let Some((length, end)) = length.zip(baseline::end(&graph)) {
        let (now, then) = baseline::windows(end, length);
        before = Some(backend.service_graph(Some(then), cancel.clone()).await?.0);
        (graph, traces) = backend.service_graph(Some(now), cancel).await?;
    }
    let ends = |edge| {
        graph
            .edge_endpoints(edge)
            .map(|(from, to)| (&graph[from], &graph[to]))
    };
    let calls: Vec<CallFigures<'_>> = graph
        .edge_indices()
        .filter_map(|edge| {
            let ((parent, child), call) = (ends(edge)?, &graph[edge]);
            Some(CallFigures {
                parent: &parent.name,
                child: &child.name,
                calls: call.calls,
                errors: call.errors,
                minutes: &call.minutes,
            })
        })
        .collect();
    let own: Vec<(&str, Nanos)> = graph
        .node_weights()
        .filter_map(|service| Some((service.name.as_ref(), service.own?)))
        .collect();
    let words = Words { charset, clock };
    let why = blame(&calls, &own, words);
    Ok(Answer::Mapped(Held(Arc::new(Mapped {
        graph,
        traces,
        why,
        before,
    }))))
}
