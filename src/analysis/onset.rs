//! Since when calls fail: the minute that best parts a series in a before and an after.
//!
//! One change point by maximum likelihood (Hinkley 1970): of all minutes the one at which two
//! binomial shares explain the errors best, accepted only if it is far better than one share
//! and both sides are large enough to speak of.

use super::slow::ENOUGH;
use crate::model::{Minute, Minutes, Time};

/// Twice the gain in log-likelihood that a change must bring: far beyond chance, also when a day
/// of minutes has been tried.
const EVIDENCE: f64 = 25.0;

/// Calls and errors of a stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Calls.
    pub calls: u64,
    /// Failed ones.
    pub errors: u64,
}

impl Tally {
    fn and(self, minute: Minute) -> Self {
        Self {
            calls: self.calls + u64::from(minute.calls),
            errors: self.errors + u64::from(minute.errors),
        }
    }

    fn without(self, other: Self) -> Self {
        Self {
            calls: self.calls - other.calls,
            errors: self.errors - other.errors,
        }
    }

    fn share(self) -> f64 {
        self.errors as f64 / self.calls.max(1) as f64
    }

    /// Log-likelihood of the errors under their own share.
    fn likelihood(self) -> f64 {
        let term = |part: u64| {
            let part = part as f64;
            if part > 0.0 {
                part * (part / self.calls as f64).ln()
            } else {
                0.0
            }
        };
        term(self.errors) + term(self.calls - self.errors)
    }
}

/// When errors became more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Onset {
    /// The first minute of the worse time.
    pub since: Time,
    /// Before it.
    pub before: Tally,
    /// From it on.
    pub after: Tally,
}

/// Since when the share of errors is at least twice what it was; `None` if it never changed so,
/// or if one of the sides has fewer than [`ENOUGH`] calls.
pub fn onset(minutes: &Minutes) -> Option<Onset> {
    let all = minutes.iter().fold(Tally::default(), Tally::and);
    let mut before = Tally::default();
    let mut best: Option<(f64, Onset)> = None;
    for minute in minutes.iter() {
        let after = all.without(before);
        let gain = 2.0 * (before.likelihood() + after.likelihood() - all.likelihood());
        let enough = before.calls >= ENOUGH && after.calls >= ENOUGH;
        let worse = after.share() >= 2.0 * before.share() && after.errors > 0;
        if enough && worse && best.is_none_or(|(known, _)| gain > known) {
            best = Some((
                gain,
                Onset {
                    since: minute.start(),
                    before,
                    after,
                },
            ));
        }
        before = before.and(minute);
    }
    best.filter(|(gain, _)| *gain >= EVIDENCE)
        .map(|(_, onset)| onset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Nanos;

    fn series(errors_of_100: &[u32]) -> Minutes {
        let mut minutes = Minutes::new();
        for (minute, &errors) in errors_of_100.iter().enumerate() {
            for call in 0..100 {
                let at = Time(minute as u64 * 60_000_000_000);
                minutes.add(at, Nanos(1), call < errors);
            }
        }
        minutes
    }

    #[test]
    fn the_minute_of_the_change_is_found() {
        let onset = onset(&series(&[0, 1, 0, 0, 21, 19, 24])).unwrap();
        assert_eq!(onset.since, Time(4 * 60_000_000_000));
        assert_eq!(
            onset.before,
            Tally {
                calls: 400,
                errors: 1
            }
        );
        assert_eq!(
            onset.after,
            Tally {
                calls: 300,
                errors: 64
            }
        );
    }

    #[test]
    fn steady_errors_and_small_samples_have_no_beginning() {
        assert_eq!(onset(&series(&[20, 22, 19, 21, 20, 18])), None);
        assert_eq!(onset(&series(&[0, 0, 1, 0, 2, 1])), None);
        let mut few = Minutes::new();
        for second in 0..40_u64 {
            few.add(Time(second * 60_000_000_000), Nanos(1), second > 20);
        }
        assert_eq!(onset(&few), None);
    }
}
