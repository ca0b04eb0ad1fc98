//! Answers that count as failures although they are delivered.

use std::time::Duration;

/// Which answers are strikes (Caddy: `unhealthy_status`, `unhealthy_latency`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unhealthy {
    /// Statuses; a number below 10 stands for all of its class. One that is named twice counts
    /// twice, as in Caddy.
    pub statuses: Box<[u16]>,
    /// A head of a response that takes so long is a strike; none by time if absent.
    pub latency: Option<Duration>,
}

impl Unhealthy {
    /// How many strikes an answer is.
    pub(crate) fn strikes(&self, status: u16, latency: Duration) -> usize {
        let matches = |&&wanted: &&u16| wanted == status || wanted == status / 100;
        let by_status = self.statuses.iter().filter(matches).count();
        let is_slow = self.latency.is_some_and(|limit| latency >= limit);
        by_status + usize::from(is_slow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_matching_status_and_slowness_count() {
        let unhealthy = Unhealthy {
            statuses: [5, 503, 404].into(),
            latency: Some(Duration::from_secs(1)),
        };
        let (fast, slow) = (Duration::from_millis(999), Duration::from_secs(1));
        let counts = [
            (503, fast),
            (500, slow),
            (404, fast),
            (200, slow),
            (200, fast),
        ]
        .map(|(status, latency)| unhealthy.strikes(status, latency));
        assert_eq!(counts, [2, 2, 1, 1, 0]);
    }
}
