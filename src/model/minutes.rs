//! Calls and errors minute by minute: enough to say since when something is so.

use super::time::Time;

/// Nanoseconds of a minute.
const MINUTE: u64 = 60_000_000_000;

/// Minutes kept; the oldest are given up.
const MOST: usize = 24 * 60;

/// What happened in one minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Minute {
    /// Minutes since 1970-01-01T00:00Z.
    pub number: u32,
    /// Calls that started in it.
    pub calls: u32,
    /// Those of them that failed.
    pub errors: u32,
}

impl Minute {
    /// Its first instant.
    pub fn start(self) -> Time {
        Time(u64::from(self.number) * MINUTE)
    }
}

/// Calls and errors of each minute that has any, by time, for at most a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Minutes(Vec<Minute>);

impl Minutes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The minutes, by time.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Minute> + ExactSizeIterator {
        self.0.iter().copied()
    }

    /// What others counted.
    pub fn of(minutes: impl IntoIterator<Item = Minute>) -> Self {
        let mut all = Self::new();
        minutes.into_iter().for_each(|minute| all.count(minute));
        all
    }

    /// Counts one call.
    pub fn add(&mut self, start: Time, failed: bool) {
        let number = (start.0 / MINUTE) as u32;
        self.count(Minute {
            number,
            calls: 1,
            errors: u32::from(failed),
        });
    }

    /// Takes one call out that was counted before.
    pub fn remove(&mut self, start: Time, failed: bool) {
        let number = (start.0 / MINUTE) as u32;
        if let Ok(at) = self.0.binary_search_by_key(&number, |minute| minute.number) {
            let minute = &mut self.0[at];
            minute.calls = minute.calls.saturating_sub(1);
            minute.errors = minute.errors.saturating_sub(u32::from(failed));
            if minute.calls == 0 {
                self.0.remove(at);
            }
        }
    }

    /// Counts all of another series.
    pub fn merge(&mut self, other: &Self) {
        other.iter().for_each(|minute| self.count(minute));
    }

    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<Minute>()
    }

    fn count(&mut self, more: Minute) {
        // Nearly always the last one, or a new last one.
        let at = match self.0.last() {
            Some(last) if last.number == more.number => Ok(self.0.len() - 1),
            Some(last) if last.number < more.number => Err(self.0.len()),
            _ => self
                .0
                .binary_search_by_key(&more.number, |minute| minute.number),
        };
        match at {
            Ok(at) => {
                let minute = &mut self.0[at];
                minute.calls = minute.calls.saturating_add(more.calls);
                minute.errors = minute.errors.saturating_add(more.errors);
            }
            Err(0) if self.0.len() >= MOST => {}
            Err(at) => {
                self.0.insert(at, more);
                if self.0.len() > MOST {
                    self.0.remove(0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_sorted_counted_and_bounded() {
        let mut minutes = Minutes::new();
        for second in [120, 65, 70, 130] {
            minutes.add(Time(second * 1_000_000_000), second == 70);
        }
        let all: Vec<_> = minutes
            .iter()
            .map(|m| (m.number, m.calls, m.errors))
            .collect();
        assert_eq!(all, [(1, 2, 1), (2, 2, 0)]);
        minutes.remove(Time(65_000_000_000), false);
        assert_eq!(
            minutes.iter().next().map(|m| (m.calls, m.errors)),
            Some((1, 1))
        );
        for minute in 0..2 * MOST as u64 {
            minutes.add(Time(minute * MINUTE), false);
        }
        assert_eq!(minutes.iter().len(), MOST);
    }
}
