//! What is counted of each upstream. Every worker has numbers of its own, so that counting costs
//! no lock, no shared cache line and no allocation; who asks adds them up.

mod histogram;
mod text;

use std::sync::OnceLock;
use std::time::Duration;

use parking_lot::Mutex;

pub(crate) use self::histogram::{Count, Histogram};
pub(crate) use self::text::{Reading, page};
use crate::error::Kind;

/// The numbers of one upstream. Outlives graphs, as its state does.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    /// By worker; made when the worker counts for the first time.
    tallies: Box<[OnceLock<Box<Tally>>]>,
    /// Written when health changes.
    reasons: Mutex<Reasons>,
}

/// Why an upstream gets nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reasons {
    /// What its last failed probe met.
    pub(crate) probe: Option<Box<str>>,
    /// What its last strike was for, and how many take it out.
    pub(crate) strikes: Option<(Box<str>, u32)>,
}

/// What one worker counts of one upstream.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    attempts: [Count; Outcome::ALL.len()],
    /// Attempts that were not the first of their exchange.
    retries: Count,
    /// Connections that were opened.
    dialled: Count,
    /// Exchanges that found one.
    reused: Count,
    /// Responses that broke off by the upstream's doing.
    broken: Count,
    /// Responses that their client did not wait for.
    left: Count,
    connect: Histogram,
    first_byte: Histogram,
    total: Histogram,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The head of the response came.
    Answered,
    /// It came, and another attempt was wanted all the same.
    Rejected,
    /// No connection came about.
    Dial,
    /// The dial took too long.
    DialTimeout,
    /// The head took too long.
    HeaderTimeout,
    /// The connection broke.
    Broken,
    /// What came was not HTTP.
    BadResponse,
    /// The client left, or spoiled its request.
    Canceled,
}

impl Outcome {
    const ALL: [(Self, &str); 8] = [
        (Self::Answered, "answered"),
        (Self::Rejected, "rejected"),
        (Self::Dial, "dial_failed"),
        (Self::DialTimeout, "dial_timeout"),
        (Self::HeaderTimeout, "header_timeout"),
        (Self::Broken, "broken"),
        (Self::BadResponse, "bad_response"),
        (Self::Canceled, "canceled"),
    ];

    /// What logs and metrics call it.
    pub(crate) const fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

impl From<Kind> for Outcome {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Rejected(_) => Self::Rejected,
            Kind::DialTimeout => Self::DialTimeout,
            Kind::HeaderTimeout => Self::HeaderTimeout,
            Kind::BadResponse => Self::BadResponse,
            Kind::Broken => Self::Broken,
            Kind::Dial | Kind::Address | Kind::NoUpstreams => Self::Dial,
            Kind::BadRequest
            | Kind::TooLarge
            | Kind::MethodNotAllowed
            | Kind::Canceled
            | Kind::Handler
            | Kind::Requested(_) => Self::Canceled,
        }
    }
}

impl Meter {
    /// For so many workers.
    pub(crate) fn new(workers: usize) -> Self {
        Self {
            tallies: (0..workers).map(|_| OnceLock::new()).collect(),
            reasons: Mutex::default(),
        }
    }

    /// The numbers of a worker; `None` where nobody counts.
    pub(crate) fn of(&self, worker: usize) -> Option<&Tally> {
        let tally = self.tallies.get(worker)?;
        Some(tally.get_or_init(Box::default))
    }

    /// Notes what a probe met, or that it passed.
    pub(crate) fn probed(&self, reason: Option<String>) {
        self.reasons.lock().probe = reason.map(Into::into);
    }

    /// Notes what so many strikes were for that took it out, or that it is back.
    pub(crate) fn struck(&self, strikes: Option<(String, u32)>) {
        self.reasons.lock().strikes = strikes.map(|(reason, most)| (reason.into(), most));
    }

    pub(crate) fn reasons(&self) -> Reasons {
        self.reasons.lock().clone()
    }

    fn tallies(&self) -> impl Iterator<Item = &Tally> {
        let tallies = self.tallies.iter().filter_map(OnceLock::get);
        tallies.map(|tally| &**tally)
    }
}

impl Tally {
    /// A connection was opened, which took so long.
    pub(crate) fn dialled(&self, took: Duration) {
        self.dialled.add(1);
        self.connect.observe(took);
    }

    /// An exchange found a connection.
    pub(crate) fn reused(&self) {
        self.reused.add(1);
    }

    /// A response was passed on to its end, so long after its attempt began.
    pub(crate) fn finished(&self, took: Duration) {
        self.total.observe(took);
    }

    /// A response broke off by the upstream's doing.
    pub(crate) fn broken(&self) {
        self.broken.add(1);
    }

    /// A client did not wait for the end of a response.
    pub(crate) fn left(&self) {
        self.left.add(1);
    }
}

/// An attempt under way. Dropped before it is settled, it was canceled.
pub(crate) struct Trying<'m> {
    tally: Option<&'m Tally>,
    outcome: Outcome,
}

impl<'m> Trying<'m> {
    pub(crate) fn begin(meter: &'m Meter, worker: usize, retries: u32) -> Self {
        let tally = meter.of(worker);
        if retries > 0
            && let Some(tally) = tally
        {
            tally.retries.add(1);
        }
        Self {
            tally,
            outcome: Outcome::Canceled,
        }
    }

    /// Ends the attempt. `latency` is the time to the head of the response, if there is one.
    pub(crate) fn settle(mut self, outcome: Outcome, latency: Option<Duration>) {
        self.outcome = outcome;
        if let (Some(tally), Some(latency)) = (self.tally, latency) {
            tally.first_byte.observe(latency);
        }
    }
}

impl Drop for Trying<'_> {
    fn drop(&mut self) {
        if let Some(tally) = self.tally {
            tally.attempts[self.outcome as usize].add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_stands_at_its_own_place() {
        for (number, (outcome, name)) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!((outcome as usize, outcome.name()), (number, name));
        }
    }

    #[test]
    fn an_attempt_nobody_settles_was_canceled() {
        let meter = Meter::new(2);
        drop(Trying::begin(&meter, 1, 0));
        Trying::begin(&meter, 1, 1).settle(Outcome::Answered, None);
        let tally = meter.of(1).expect("there are two");
        assert_eq!(tally.attempts[Outcome::Canceled as usize].get(), 1);
        assert_eq!(tally.attempts[Outcome::Answered as usize].get(), 1);
        assert_eq!(tally.retries.get(), 1);
        assert!(meter.of(2).is_none());
    }
}
