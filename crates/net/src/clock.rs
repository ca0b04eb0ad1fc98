//! Wall time: for certificates, logs and the `Date` field. Never for timeouts.

use std::time::SystemTime;

use tokio::time::Instant;

/// Where wall time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A fixed instant that moves with tokio's (possibly paused) time.
    Fixed {
        /// The wall time when `since` was now.
        start: SystemTime,
        /// When the clock was started.
        since: Instant,
    },
}

impl Clock {
    /// A clock for tests that shows `start` now and moves with tokio's time.
    pub fn fixed(start: SystemTime) -> Self {
        Self::Fixed {
            start,
            since: Instant::now(),
        }
    }

    /// The wall time.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the clock"
    )]
    pub fn now(&self) -> SystemTime {
        match self {
            Self::System => SystemTime::now(),
            Self::Fixed { start, since } => *start + since.elapsed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_fixed_clock_moves_with_paused_time() {
        let clock = Clock::fixed(SystemTime::UNIX_EPOCH);
        tokio::time::advance(Duration::from_secs(90)).await;
        assert_eq!(
            clock.now(),
            SystemTime::UNIX_EPOCH + Duration::from_secs(90)
        );
    }
}
