//! Reading a request's body: capped, counted, and not slower than an honest client.
//!
//! What is slow depends on who else waits: the fewer places for requests are left, the sooner a
//! body that pauses or drips is given up, so that a crowd of slow clients keeps nobody out.

use std::pin::pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use tokio::sync::Semaphore;
use tokio::time::{Duration, Instant, timeout, timeout_at};

use super::budget::{Budget, Share};
use super::limits::Limits;
use super::refusal::Refusal;

/// A body read whole, with its share of the bytes in flight.
pub struct Held {
    /// The body as sent.
    pub bytes: Bytes,
    /// What it holds of the budget, to grow by what it unpacks to.
    pub share: Share,
}

/// How often a waiting reader looks whether the places have become few; also what the least
/// patient reader waits, for an honest client may be held up by its own machine.
const LOOK: Duration = Duration::from_millis(250);

/// How long a pause in a body may last, and how slow it may come, at this moment.
pub struct Patience<'a> {
    /// The pause and the rate while all places are free.
    pub limits: &'a Limits,
    /// The places for requests.
    pub places: &'a Semaphore,
}

impl Patience<'_> {
    /// How many times over the places are taken: 1 while most are free.
    fn crowding(&self) -> f64 {
        let free = self.places.available_permits().max(1);
        (self.limits.requests as f64 / free as f64).max(1.0)
    }

    fn pause(&self) -> Duration {
        let least = LOOK.min(self.limits.body_timeout);
        if self.places.available_permits() == 0 {
            return least;
        }
        self.limits.body_timeout.div_f64(self.crowding()).max(least)
    }

    /// Whether `bytes` are too few, `elapsed` after the body's begin.
    fn is_slow(&self, bytes: usize, elapsed: Duration) -> bool {
        let rate = self.limits.body_rate as f64 * self.crowding();
        elapsed > self.pause() && (bytes as f64) < elapsed.as_secs_f64() * rate
    }

    /// The next frame, if it comes in time.
    async fn frame<B: Body<Data = Bytes> + Unpin>(
        &self,
        body: &mut B,
    ) -> Result<Option<Result<Frame<Bytes>, B::Error>>, Refusal> {
        let begin = Instant::now();
        loop {
            let look = LOOK.min(self.limits.body_timeout);
            if let Ok(frame) = timeout(look, body.frame()).await {
                return Ok(frame);
            }
            if begin.elapsed() >= self.pause() {
                return Err(Refusal::TooSlow);
            }
        }
    }
}

/// Reads `body` to its end, at most `limit` bytes of it.
///
/// # Errors
/// Too large, too slow, cut off, or no room in the budget.
pub async fn read<B>(
    body: B,
    limit: usize,
    patience: &Patience<'_>,
    budget: &Arc<Budget>,
) -> Result<Held, Refusal>
where
    B: Body<Data = Bytes>,
    B::Error: std::fmt::Display,
{
    let mut body = pin!(body);
    let too_large = Refusal::TooLarge {
        what: "request body",
        limit,
    };
    let promised = body.size_hint();
    if promised.lower() > limit as u64 {
        return Err(too_large);
    }
    let start = Instant::now();
    let mut read = Reading {
        first: None,
        rest: BytesMut::new(),
        share: budget.share(),
    };
    loop {
        let Some(frame) = patience.frame(&mut body).await? else {
            break;
        };
        let Ok(data) = frame
            .map_err(|error| Refusal::Cut(error.to_string()))?
            .into_data()
        else {
            continue;
        };
        if read.len() + data.len() > limit {
            return Err(too_large);
        }
        read.push(data, promised.exact())?;
        if patience.is_slow(read.len(), start.elapsed()) {
            return Err(Refusal::TooSlow);
        }
    }
    Ok(read.done())
}

/// Reads on what is not wanted, for a while: a client that is still sending hears the answer
/// only then.
pub async fn linger<B: Body<Data = Bytes>>(body: B, patience: &Patience<'_>) {
    let mut body = pin!(body);
    let end = Instant::now() + patience.limits.linger.min(patience.pause());
    while let Ok(Some(Ok(_))) = timeout_at(end, body.frame()).await {}
}

/// Chunks as they come. One chunk, the usual case, is not copied.
struct Reading {
    first: Option<Bytes>,
    rest: BytesMut,
    share: Share,
}

impl Reading {
    fn len(&self) -> usize {
        self.first.as_ref().map_or(self.rest.len(), Bytes::len)
    }

    /// Adds a chunk. Room is made by doubling; once an eighth of the promised length has come,
    /// the promise is believed, and the rest is made room for at once.
    fn push(&mut self, data: Bytes, promised: Option<u64>) -> Result<(), Refusal> {
        let held = self.len();
        let come = held + data.len();
        if self.share.bytes() < come {
            let promised = promised.map_or(0, |length| length as usize);
            let believed = promised.checked_sub(held).filter(|_| promised / 8 <= come);
            let wish = believed.unwrap_or(held).max(data.len());
            let more = self.share.grow(wish, data.len());
            let more =
                more.map_err(|short| Refusal::short(short, "request body", self.share.limit()))?;
            if held > 0 {
                if self.first.is_some() {
                    self.rest = self.share.buffer();
                }
                self.rest.reserve(held + more - self.rest.len());
            }
        }
        if held == 0 {
            self.first = Some(data);
            return Ok(());
        }
        if let Some(first) = self.first.take() {
            self.rest.extend_from_slice(&first);
        }
        self.rest.extend_from_slice(&data);
        Ok(())
    }

    fn done(self) -> Held {
        let bytes = self.first.unwrap_or_else(|| self.rest.freeze());
        Held {
            bytes,
            share: self.share,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;
    use http_body_util::StreamBody;

    use super::*;

    fn body(chunks: &[&'static [u8]]) -> impl Body<Data = Bytes, Error = Infallible> {
        let frames: Vec<_> = chunks
            .iter()
            .map(|chunk| Ok(Frame::data(Bytes::from_static(chunk))))
            .collect();
        StreamBody::new(stream::iter(frames))
    }

    /// Reads at most `limit` bytes while `free` places for requests are left.
    async fn read_beside(
        free: usize,
        body: impl Body<Data = Bytes, Error = Infallible>,
        limit: usize,
        limits: &Limits,
        budget: &Arc<Budget>,
    ) -> Result<Held, Refusal> {
        let places = &Semaphore::new(free);
        read(body, limit, &Patience { limits, places }, budget).await
    }

    #[tokio::test]
    async fn a_body_is_read_whole_or_refused() {
        let limits = Limits::default();
        let budget = Budget::new(10_000);
        let held = read_beside(9, body(&[b"ab", b"cd", b"", b"e"]), 5, &limits, &budget)
            .await
            .unwrap();
        assert_eq!(held.bytes, "abcde");
        assert!(budget.used() >= 5);
        drop(held);
        assert_eq!(budget.used(), 0);
        let large = read_beside(9, body(&[b"abc", b"def"]), 5, &limits, &budget)
            .await
            .err();
        assert_eq!(
            large,
            Some(Refusal::TooLarge {
                what: "request body",
                limit: 5
            })
        );
        let crowded = Budget::new(10);
        let mut others = crowded.share();
        assert_eq!(others.grow(8, 8), Ok(8));
        let refused = read_beside(9, body(&[b"abc"]), 5, &limits, &crowded)
            .await
            .err();
        assert!(matches!(refused, Some(Refusal::Overloaded { .. })));
        assert_eq!(budget.used(), 0, "refused bodies give back their share");
    }

    fn dripping() -> impl Body<Data = Bytes, Error = Infallible> {
        let drip = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(2)).await;
            let frame = Frame::data(Bytes::from_static(b"xyz"));
            Some((Ok::<_, Infallible>(frame), ()))
        });
        StreamBody::new(Box::pin(drip))
    }

    #[tokio::test]
    async fn a_silent_or_dripping_client_is_refused() {
        let limits = Limits {
            body_timeout: Duration::from_millis(20),
            body_rate: 1 << 20,
            ..Limits::default()
        };
        let budget = Budget::new(1_000_000);
        let silent = StreamBody::new(stream::pending::<Result<Frame<Bytes>, Infallible>>());
        let silent = read_beside(limits.requests, silent, 1000, &limits, &budget).await;
        assert_eq!(silent.err(), Some(Refusal::TooSlow));
        let drip = read_beside(limits.requests, dripping(), 100_000, &limits, &budget).await;
        assert_eq!(drip.err(), Some(Refusal::TooSlow));
    }

    #[tokio::test]
    async fn a_crowd_makes_impatient() {
        let limits = Limits::default();
        let budget = Budget::new(1_000_000);
        let calm = read_beside(limits.requests, dripping(), 1000, &limits, &budget).await;
        assert!(matches!(calm.err(), Some(Refusal::TooLarge { .. })));
        let crowded = read_beside(1, dripping(), 100_000, &limits, &budget).await;
        assert_eq!(crowded.err(), Some(Refusal::TooSlow));
    }
}
