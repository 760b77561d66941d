//! How far reading is.

use std::time::Duration;

use crate::text::{bytes, count, share};

/// How far a search or a load is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Bytes read, where bytes are read.
    pub bytes: u64,
    /// Bytes in all, if known.
    pub total_bytes: Option<u64>,
    /// Spans seen.
    pub spans: u64,
    /// Traces seen.
    pub traces: u64,
}

/// Before that nobody can say how long it will take.
const EARLY: Duration = Duration::from_secs(1);

impl Progress {
    /// How far it is after some time, in words: bytes, spans, rate, time left.
    pub fn words(&self, waited: Duration) -> String {
        let spans = count(self.spans);
        let said = match self.total_bytes.filter(|total| *total > 0) {
            Some(total) => {
                let done = share(self.bytes.min(total), total);
                format!("reading {done} of {}, {spans} spans", bytes(total))
            }
            None => format!("reading {}, {spans} spans", bytes(self.bytes)),
        };
        if waited < EARLY || self.bytes == 0 {
            return said;
        }
        let rate = self.bytes as f64 / waited.as_secs_f64();
        let said = format!("{said}, {}/s", bytes(rate as u64));
        let Some(total) = self.total_bytes else {
            return said;
        };
        let left = (total.saturating_sub(self.bytes) as f64 / rate).ceil();
        format!("{said}, {left} s left")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_time_left_are_said_once_they_can_be_known() {
        let half = Progress {
            bytes: 30_000_000,
            total_bytes: Some(60_000_000),
            spans: 1_200,
            ..Progress::default()
        };
        let soon = half.words(Duration::from_millis(200));
        assert_eq!(soon, "reading 50 % of 60 MB, 1,200 spans");
        let later = half.words(Duration::from_secs(4));
        assert_eq!(
            later,
            "reading 50 % of 60 MB, 1,200 spans, 7.5 MB/s, 4 s left"
        );
        let piped = Progress {
            total_bytes: None,
            ..half
        };
        assert_eq!(piped.words(EARLY), "reading 30 MB, 1,200 spans, 30 MB/s");
    }
}
