//! May a failed exchange be tried again, and how long to rest before an upstream is tried once
//! more.

use std::time::Duration;

/// Caddy's default of `lb_try_interval` when `lb_try_duration` is set.
const DEFAULT_INTERVAL: Duration = Duration::from_millis(250);

/// How long and how often an exchange is tried (Caddy: `load_balancing`). Zero switches a limit
/// off; with neither `try_duration` nor `retries` nothing is ever retried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retry {
    /// No further attempt is granted once this long has passed since the exchange began.
    pub try_duration: Duration,
    /// Rest before an upstream is tried again, and between two looks at a pool with nobody
    /// available.
    pub try_interval: Duration,
    /// Most attempts after the first. Looks at a pool with nobody available count too, as in Caddy.
    pub retries: u32,
}

/// Why an attempt failed, as far as balancing cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection came about, or the PROXY header could not be written: the request was not
    /// sent.
    Dial,
    /// The request may have arrived: reset, end of stream, TLS handshake, header timeout, garbage.
    Transport,
    /// It was answered, but in a way for which the exchange is to be tried again (Caddy:
    /// `lb_retry_match`). No strike: [`Unhealthy`](crate::Unhealthy) answers were struck before.
    Response,
    /// Proof that the request was not processed, without fault of the upstream (a reused idle
    /// connection was closed). Repeated like `Dial`, but no strike.
    Unsent,
}

/// What the request itself says about being sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The method is GET (without `retry_match`, Caddy repeats no other after it may have been
    /// received).
    pub idempotent: bool,
    /// Nothing of the body is lost: it was not read yet, or can be read again.
    pub replayable: bool,
}

impl Retry {
    /// The same with Caddy's default interval where none would mean to spin until `try_duration` is
    /// over.
    pub(crate) const fn without_spinning(self) -> Self {
        if self.try_duration.is_zero() || !self.try_interval.is_zero() {
            return self;
        }
        Self {
            try_interval: DEFAULT_INTERVAL,
            ..self
        }
    }

    /// Whether the limits leave room for one more try after `retries` so far (Caddy: `tryAgain`).
    pub(crate) fn has_room(&self, elapsed: Duration, retries: u32) -> bool {
        if self.try_duration.is_zero() && self.retries == 0 {
            return false;
        }
        let in_time = self.try_duration.is_zero() || elapsed < self.try_duration;
        let in_number = self.retries == 0 || retries < self.retries;
        in_time && in_number
    }
}

impl Repeat {
    /// Whether the request may be sent again after such a failure.
    pub(crate) const fn is_allowed_after(self, failure: Failure) -> bool {
        let always = matches!(failure, Failure::Dial | Failure::Unsent | Failure::Response);
        self.replayable && (always || self.idempotent)
    }
}

impl Failure {
    /// Whether the upstream is to blame.
    pub(crate) const fn is_strike(self) -> bool {
        matches!(self, Self::Dial | Self::Transport)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn retry(try_duration: Duration, try_interval: Duration, retries: u32) -> Retry {
        Retry {
            try_duration,
            try_interval,
            retries,
        }
    }

    #[test]
    fn nothing_is_retried_with_both_limits_off() {
        assert!(!Retry::default().has_room(Duration::ZERO, 0));
        assert!(!retry(Duration::ZERO, SECOND, 0).has_room(Duration::ZERO, 0));
    }

    #[test]
    fn time_is_over_exactly_at_try_duration() {
        let retry = retry(3 * SECOND, SECOND, 0);

        assert!(retry.has_room(Duration::from_nanos(2_999_999_999), 1_000_000));
        assert!(!retry.has_room(3 * SECOND, 0));
    }

    #[test]
    fn retries_alone_are_not_bounded_by_time() {
        let retry = retry(Duration::ZERO, Duration::ZERO, 2);

        assert!(retry.has_room(1000 * SECOND, 1));
        assert!(!retry.has_room(Duration::ZERO, 2));
    }

    #[test]
    fn with_both_limits_either_stops() {
        let retry = retry(SECOND, SECOND, 2);

        assert!(retry.has_room(Duration::ZERO, 1));
        assert!(!retry.has_room(Duration::ZERO, 2));
        assert!(!retry.has_room(SECOND, 1));
    }

    #[test]
    fn only_a_duration_without_interval_gets_caddys_default() {
        let spinning = retry(SECOND, Duration::ZERO, 0).without_spinning();
        let given = retry(SECOND, SECOND, 0).without_spinning();
        let counted = retry(Duration::ZERO, Duration::ZERO, 3).without_spinning();

        assert_eq!(spinning.try_interval, Duration::from_millis(250));
        assert_eq!(given.try_interval, SECOND);
        assert_eq!(counted.try_interval, Duration::ZERO);
    }

    #[test]
    fn any_method_is_repeated_if_it_was_not_processed_but_only_get_if_it_may_have_been() {
        let post = Repeat {
            idempotent: false,
            replayable: true,
        };
        let get = Repeat {
            idempotent: true,
            replayable: true,
        };

        for failure in [Failure::Dial, Failure::Unsent] {
            assert!(post.is_allowed_after(failure), "{failure:?}");
            assert!(get.is_allowed_after(failure), "{failure:?}");
        }
        assert!(!post.is_allowed_after(Failure::Transport));
        assert!(get.is_allowed_after(Failure::Transport));
    }

    #[test]
    fn a_consumed_body_is_never_repeated() {
        let consumed = Repeat {
            idempotent: true,
            replayable: false,
        };

        for failure in [Failure::Dial, Failure::Unsent, Failure::Transport] {
            assert!(!consumed.is_allowed_after(failure), "{failure:?}");
        }
    }
}
