//! Reading a request's body: capped, counted, and not slower than an honest client.

use std::pin::pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout, timeout_at};

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

/// Reads `body` to its end, at most `limit` bytes of it.
///
/// # Errors
/// Too large, too slow, cut off, or no room in the budget.
pub async fn read<B>(
    body: B,
    limit: usize,
    limits: &Limits,
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
        let frame = timeout(limits.body_timeout, body.frame()).await;
        let Some(frame) = frame.map_err(|_| Refusal::TooSlow)? else {
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
        let elapsed = start.elapsed();
        if elapsed > limits.body_timeout
            && (read.len() as f64) < elapsed.as_secs_f64() * limits.body_rate as f64
        {
            return Err(Refusal::TooSlow);
        }
    }
    Ok(read.done())
}

/// Reads on what is not wanted, for a while: a client that is still sending hears the answer
/// only then.
pub async fn linger<B: Body<Data = Bytes>>(body: B, limits: &Limits) {
    let mut body = pin!(body);
    let end = Instant::now() + limits.linger;
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
    use std::time::Duration;

    use futures_util::stream;
    use http_body::Frame;
    use http_body_util::StreamBody;

    use super::*;

    fn body(chunks: &[&'static [u8]]) -> impl Body<Data = Bytes, Error = Infallible> {
        let frames: Vec<_> = chunks
            .iter()
            .map(|chunk| Ok(Frame::data(Bytes::from_static(chunk))))
            .collect();
        StreamBody::new(stream::iter(frames))
    }

    #[tokio::test]
    async fn a_body_is_read_whole_or_refused() {
        let limits = Limits::default();
        let budget = Budget::new(10_000);
        let held = read(body(&[b"ab", b"cd", b"", b"e"]), 5, &limits, &budget)
            .await
            .unwrap();
        assert_eq!(held.bytes, "abcde");
        assert!(budget.used() >= 5);
        drop(held);
        assert_eq!(budget.used(), 0);
        let large = read(body(&[b"abc", b"def"]), 5, &limits, &budget)
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
        let refused = read(body(&[b"abc"]), 5, &limits, &crowded).await.err();
        assert!(matches!(refused, Some(Refusal::Overloaded { .. })));
        assert_eq!(budget.used(), 0, "refused bodies give back their share");
    }

    #[tokio::test]
    async fn a_silent_or_dripping_client_is_refused() {
        let limits = Limits {
            body_timeout: Duration::from_millis(20),
            body_rate: 1 << 20,
            ..Limits::default()
        };
        let budget = Budget::new(10_000);
        let silent = StreamBody::new(stream::pending::<Result<Frame<Bytes>, Infallible>>());
        assert_eq!(
            read(silent, 1000, &limits, &budget).await.err(),
            Some(Refusal::TooSlow)
        );
        let drip = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(2)).await;
            Some((
                Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"x"))),
                (),
            ))
        });
        let refused = read(StreamBody::new(drip), 1000, &limits, &budget)
            .await
            .err();
        assert_eq!(refused, Some(Refusal::TooSlow));
    }
}
