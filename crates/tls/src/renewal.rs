//! When to renew and when to try again: pure functions of dates, counts and chance.
//! Source: certmagic `certificates.go` (renewal window ratio) and `async.go` (retry intervals).

use std::time::{Duration, SystemTime};

use crate::x509::Validity;

/// The longest sleep before looking at the wall clock again: it may have been set, or the machine
/// may have slept. Caddy's maintenance interval.
pub const CHECK_INTERVAL: Duration = Duration::from_mins(10);

/// Waits between attempts, in minutes; the last one is repeated.
const RETRY_MINUTES: [u64; 24] = [
    1, 2, 2, 5, 10, 10, 10, 20, 20, 20, 20, 30, 30, 30, 30, 30, 30, 60, 60, 60, 120, 120, 180, 180,
];
const LAST_RETRY_MINUTES: u64 = 360;

/// When to renew: when a third of the lifetime is left, or up to a fiftieth of it earlier.
/// `chance` from [0, 1) spreads the renewals of certificates that were obtained together.
pub fn due(validity: Validity, chance: f64) -> SystemTime {
    let length = validity.length();
    let early = (length / 50).mul_f64(chance.clamp(0.0, 1.0));
    validity.not_after - length / 3 - early
}

/// The least time between two certificates of one subject. An issuer that gives certificates which
/// are due at once (near the end of its own life) must not keep us busy.
pub fn pause_after(validity: Validity) -> Duration {
    (validity.length() / 10).clamp(Duration::from_secs(1), CHECK_INTERVAL)
}

/// How long to wait after the failed attempt number `attempt` (the first is 0), up to a tenth
/// longer by `chance` from [0, 1), so that many names do not come back at the same moment.
pub fn retry_delay(attempt: u32, chance: f64) -> Duration {
    let index = usize::try_from(attempt).unwrap_or(usize::MAX);
    let minutes = RETRY_MINUTES
        .get(index)
        .copied()
        .unwrap_or(LAST_RETRY_MINUTES);
    Duration::from_mins(minutes).mul_f64(1.0 + 0.1 * chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    fn ninety_days() -> Validity {
        let not_before = SystemTime::UNIX_EPOCH + DAY * 1000;
        Validity {
            not_before,
            not_after: not_before + DAY * 90,
        }
    }

    #[test]
    fn a_third_of_the_lifetime_is_left_at_renewal() {
        let validity = ninety_days();
        assert_eq!(due(validity, 0.0), validity.not_before + DAY * 60);
    }

    #[test]
    fn chance_only_makes_renewal_earlier_and_by_little() {
        let validity = ninety_days();
        let latest = due(validity, 0.0);
        for chance in [0.1, 0.5, 0.999] {
            let due = due(validity, chance);
            assert!(due < latest && latest.duration_since(due).unwrap() < DAY * 2);
        }
    }

    #[test]
    fn a_certificate_that_ends_before_it_begins_is_due() {
        let backwards = Validity {
            not_before: SystemTime::UNIX_EPOCH + DAY,
            not_after: SystemTime::UNIX_EPOCH,
        };
        assert_eq!(due(backwards, 0.5), SystemTime::UNIX_EPOCH);
    }

    #[test]
    fn certificates_are_not_renewed_without_pause() {
        assert_eq!(pause_after(ninety_days()), CHECK_INTERVAL);
        let not_before = SystemTime::UNIX_EPOCH;
        let moment = Validity {
            not_before,
            not_after: not_before,
        };
        assert_eq!(pause_after(moment), Duration::from_secs(1));
    }

    #[test]
    fn retries_follow_caddys_table() {
        let minutes: Vec<u64> = (0..26)
            .map(|n| retry_delay(n, 0.0).as_secs() / 60)
            .collect();
        assert_eq!(
            minutes,
            [
                1, 2, 2, 5, 10, 10, 10, 20, 20, 20, 20, 30, 30, 30, 30, 30, 30, 60, 60, 60, 120,
                120, 180, 180, 360, 360
            ]
        );
        assert_eq!(retry_delay(u32::MAX, 0.0), Duration::from_hours(6));
    }

    #[test]
    fn retries_are_spread_by_at_most_a_tenth() {
        assert_eq!(retry_delay(0, 0.5), Duration::from_secs(63));
        assert!(retry_delay(30, 0.999) < Duration::from_mins(396));
    }
}
