//! The ways in which an upstream fails, and what each does to one attempt and to one probe.

use std::time::Duration;

use evenkeel_balance::Failure;
use serde::Serialize;

use crate::report::{Remedy, Seen};
use crate::settings::{Active, Settings};

/// How an upstream fails. It fails altogether: attempts and probes meet the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Nobody listens: each connection is refused at once.
    Refuse,
    /// Packets are dropped, and no connection comes about. (What is sent on a connection kept from
    /// before is never answered, as in `Hang`.)
    BlackHole,
    /// Connections are accepted, requests are never answered.
    Hang,
    /// Every request is answered with a 500 at once.
    ServerError,
}

/// The status of [`Scenario::ServerError`].
pub(crate) const SERVER_ERROR: u16 = 500;

/// How an attempt at a failing upstream ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    /// With a response, which is passed on.
    Answered(Seen),
    /// With an error.
    Failed {
        after: Duration,
        failure: Failure,
        /// What the user gets if no other attempt is made.
        seen: Seen,
    },
    /// Not at all, without that option.
    Endless(Remedy),
}

impl Scenario {
    /// All of them, the most frequent first.
    pub(crate) const ALL: [Self; 4] =
        [Self::Refuse, Self::BlackHole, Self::Hang, Self::ServerError];

    /// The end of one attempt. The statuses are Caddy's: 504 for what timed out, else 502.
    pub(crate) fn attempt(self, settings: &Settings) -> Outcome {
        match self {
            Self::Refuse => Outcome::Failed {
                after: Duration::ZERO,
                failure: Failure::Dial,
                seen: Seen::BadGateway,
            },
            Self::BlackHole => Outcome::Failed {
                after: settings.dial_timeout,
                failure: Failure::Dial,
                seen: Seen::GatewayTimeout,
            },
            Self::Hang => match settings.response_header_timeout {
                Some(after) => Outcome::Failed {
                    after,
                    failure: Failure::Transport,
                    seen: Seen::GatewayTimeout,
                },
                None => Outcome::Endless(Remedy::ResponseHeaderTimeout),
            },
            Self::ServerError if settings.is_retried(SERVER_ERROR) => Outcome::Failed {
                after: Duration::ZERO,
                failure: Failure::Response,
                seen: Seen::UpstreamError,
            },
            Self::ServerError => Outcome::Answered(Seen::UpstreamError),
        }
    }

    /// How long one probe takes to fail; none if it passes. `dial_timeout` holds for probes too,
    /// while for the answer they have a timeout of their own.
    pub(crate) fn probe(self, settings: &Settings, active: &Active) -> Option<Duration> {
        match self {
            Self::Refuse => Some(Duration::ZERO),
            Self::BlackHole => Some(settings.dial_timeout.min(active.timeout)),
            Self::Hang => Some(active.timeout),
            Self::ServerError => (!active.accepts(SERVER_ERROR)).then_some(Duration::ZERO),
        }
    }
}
