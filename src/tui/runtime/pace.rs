//! When the next frame is due. A key is answered at once, data waits for company, and on a slow
//! link everything waits longer.

use std::time::Duration;

use crate::tui::shared::Urgency;

const AFTER_KEY: Duration = Duration::from_millis(4);
const AFTER_DATA: Duration = Duration::from_millis(50);
/// A flush that takes longer than this says that the link is slow.
const SLOW: Duration = Duration::from_millis(30);
const LONGEST: Duration = Duration::from_millis(250);

/// When frames were drawn, and how long the terminal took to take them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    drawn: Option<Duration>,
    flush: Duration,
}

impl Pace {
    /// When a frame of that urgency is due. `None` if the screen is as it should be.
    pub fn due(self, urgency: Urgency) -> Option<Duration> {
        let apart = match urgency {
            Urgency::Clean => return None,
            Urgency::Key => AFTER_KEY,
            Urgency::Data => AFTER_DATA,
        };
        let slow = if self.flush > SLOW {
            (self.flush * 2).min(LONGEST)
        } else {
            Duration::ZERO
        };
        Some(
            self.drawn
                .map_or(Duration::ZERO, |drawn| drawn + apart.max(slow)),
        )
    }

    /// A frame was drawn at `now`, and flushing it took so long.
    pub fn drawn(&mut self, now: Duration, flush: Duration) {
        self.drawn = Some(now);
        self.flush = flush;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn keys_draw_at_once_and_data_together() {
        let mut pace = Pace::default();
        assert_eq!(pace.due(Urgency::Clean), None);
        assert_eq!(pace.due(Urgency::Data), Some(Duration::ZERO));
        pace.drawn(100 * MS, MS);
        assert_eq!(pace.due(Urgency::Key), Some(104 * MS));
        assert_eq!(pace.due(Urgency::Data), Some(150 * MS));
        pace.drawn(100 * MS, 60 * MS);
        assert_eq!(pace.due(Urgency::Key), Some(220 * MS));
        pace.drawn(100 * MS, 900 * MS);
        assert_eq!(pace.due(Urgency::Key), Some(350 * MS));
    }
}
