//! How much a client may ask of the collector.

use std::time::Duration;

use crate::socket;

/// The limits on one listener's clients. The defaults are for one machine's applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body as sent, and again after decompression. OTLP 1.11 recommends 64 MiB.
    pub body: usize,
    /// Bytes of all bodies being read and decoded at one time, as sent and decompressed.
    pub in_flight: usize,
    /// Requests being read or answered at one time.
    pub requests: usize,
    /// Requests that wait for a place among them; more are refused as too much.
    pub queue: usize,
    /// How long one waits before it is refused.
    pub wait: Duration,
    /// Connections of one listener.
    pub connections: usize,
    /// Streams of one HTTP/2 connection.
    pub streams: u32,
    /// Bytes of a request's headers.
    pub headers: u32,
    /// From the connection to the end of its first request's headers.
    pub header_timeout: Duration,
    /// How long a connection may lie idle, or a later request's headers take.
    pub idle_timeout: Duration,
    /// How long a body may pause, and after which its rate is judged; less where places are few.
    pub body_timeout: Duration,
    /// Bytes per second below which a body is refused as too slow; more where places are few.
    pub body_rate: usize,
    /// How long an unwanted body is read on, so that the client hears the answer.
    pub linger: Duration,
}

const MIB: usize = 1 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 64 * MIB,
            in_flight: 64 * MIB,
            requests: 512,
            queue: 2048,
            wait: Duration::from_secs(2),
            connections: 1024,
            streams: 128,
            headers: 32 << 10,
            header_timeout: Duration::from_secs(5),
            // Longer than the 60 s at which SDKs export metrics: they reuse the connection.
            idle_timeout: Duration::from_secs(150),
            body_timeout: Duration::from_secs(10),
            body_rate: 1024,
            linger: Duration::from_secs(2),
        }
    }
}

impl Limits {
    /// Those of them that a socket holds by itself.
    #[must_use]
    pub fn socket(&self) -> socket::Limits {
        socket::Limits {
            connections: self.connections,
            streams: self.streams,
            headers: self.headers,
            header_timeout: self.header_timeout,
            idle_timeout: self.idle_timeout,
            grace: self.body_timeout,
        }
    }

    /// Limits beside a store of `max_memory` bytes: what is in flight is part of the promise
    /// that memory stays within 1.1 times the budget and 64 MiB.
    #[must_use]
    pub fn beside(max_memory: usize) -> Self {
        let in_flight = (max_memory / 16 + 8 * MIB).min(64 * MIB);
        Self {
            in_flight,
            body: in_flight,
            ..Self::default()
        }
    }
}
