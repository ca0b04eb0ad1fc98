//! What became of a failed attempt: whose fault it is, what the client is told, and whether the
//! request may be sent again.

use std::error::Error;
use std::io;
use std::time::Duration;

use evenkeel_balance::{Failure, Repeat};
use http::StatusCode;

use crate::body::BodyError;
use crate::error::{Kind, ProxyError};
use crate::transport::{DialError, HandshakeError, Unanswered};

/// A failed attempt.
#[derive(Debug)]
pub(super) struct Failed {
    /// How it failed, as far as balancing cares; `None` if the client spoiled its own request.
    pub(super) failure: Option<Failure>,
    /// What the client is told if there is no other attempt.
    pub(super) error: ProxyError,
    /// Whether the idle connection was dead and the request may be sent again at once.
    pub(super) is_stale: bool,
    replayable: bool,
}

/// A request as it was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent<'a> {
    /// Where to.
    pub(super) dial: &'a str,
    /// Whether it has a body, which can be read once.
    pub(super) has_body: bool,
    /// Whether on a connection that had been idle.
    pub(super) reused: bool,
    /// Whether its method is safe (RFC 9110 section 9.2.1).
    pub(super) safe: bool,
}

impl Failed {
    /// No connection came about.
    pub(super) fn to_dial(dial: &str, error: DialError) -> Self {
        let seen = match &error {
            DialError::Shared(shared) => &**shared,
            own => own,
        };
        let kind = match seen {
            DialError::Timeout(_) | DialError::Handshake(HandshakeError::Timeout(_)) => {
                Kind::DialTimeout
            }
            _ => Kind::Dial,
        };
        // As in Caddy only what comes before TLS is a failure to dial.
        let failure = match seen {
            DialError::Handshake(_) => Failure::Transport,
            _ => Failure::Dial,
        };
        Self {
            failure: Some(failure),
            error: ProxyError::caused(kind, name(dial), error),
            is_stale: false,
            replayable: true,
        }
    }

    /// The head of the response is overdue.
    pub(super) fn to_answer_in(limit: Duration, sent: &Sent<'_>) -> Self {
        let message = format!("{}: no response within {limit:?}", name(sent.dial));
        Self {
            failure: Some(Failure::Transport),
            error: ProxyError::new(Kind::HeaderTimeout, message),
            is_stale: false,
            replayable: !sent.has_body,
        }
    }

    /// The response's body is encoded in a way that nobody asked for.
    pub(super) fn to_be_understood(sent: &Sent<'_>) -> Self {
        let message = format!("{}: unknown transfer coding", name(sent.dial));
        Self {
            failure: Some(Failure::Transport),
            error: ProxyError::new(Kind::BadResponse, message),
            is_stale: false,
            replayable: !sent.has_body,
        }
    }

    /// The connection failed before there was a response. `unsent`: nothing was sent on it.
    pub(super) fn to_send(unanswered: Unanswered, unsent: bool, sent: &Sent<'_>) -> Self {
        let Unanswered {
            error,
            heard,
            refused,
            ..
        } = unanswered;
        if let Some(kind) = spoiled_by_client(&error) {
            return Self {
                failure: None,
                error: ProxyError::caused(kind, name(sent.dial), error),
                is_stale: false,
                replayable: false,
            };
        }
        let failure = match (unsent, sent.reused) {
            _ if refused => Failure::Unsent,
            (true, true) => Failure::Unsent,
            // It was accepted and closed at once.
            (true, false) => Failure::Dial,
            (false, _) => Failure::Transport,
        };
        let kind = if error.is_parse() {
            Kind::BadResponse
        } else if has_timed_out(&error) {
            Kind::HeaderTimeout
        } else {
            Kind::Broken
        };
        // As Go's client: an idle connection may have been closed while the request was on its
        // way; then the upstream has not even seen it, or it does no harm that it has.
        let harmless = !heard && sent.safe && !sent.has_body;
        Self {
            failure: Some(failure),
            error: ProxyError::caused(kind, name(sent.dial), error),
            is_stale: sent.reused && (unsent || harmless || (refused && !sent.has_body)),
            replayable: unsent || !sent.has_body,
        }
    }

    /// The upstream answered, but with a status that asks for another attempt.
    pub(super) fn rejected(dial: &str, status: StatusCode, replayable: bool) -> Self {
        let message = format!("{}: it answered {status}", name(dial));
        Self {
            failure: Some(Failure::Response),
            error: ProxyError::new(Kind::Rejected(status), message),
            is_stale: false,
            replayable,
        }
    }

    /// What the request says about another attempt. `may_repeat`: even if it was received.
    pub(super) const fn repeat(&self, may_repeat: bool) -> Repeat {
        Repeat {
            idempotent: may_repeat,
            replayable: self.replayable,
        }
    }
}

/// Whether a read or write took too long.
fn has_timed_out(error: &hyper::Error) -> bool {
    let causes = std::iter::successors(error.source(), |&error| error.source());
    causes
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::TimedOut)
}

fn name(dial: &str) -> String {
    format!("upstream {dial}")
}

/// Whether sending failed because the body could not be read from the client, and how that is
/// called.
fn spoiled_by_client(error: &hyper::Error) -> Option<Kind> {
    if !error.is_user() {
        return None;
    }
    let cause = error.source()?.downcast_ref::<BodyError>()?;
    if matches!(cause, BodyError::TooLarge) {
        return Some(Kind::TooLarge);
    }
    let causes = std::iter::successors(cause.source(), |&error| error.source());
    let malformed = causes
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| {
            matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData
            )
        });
    Some(if malformed {
        Kind::BadRequest
    } else {
        Kind::Canceled
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_dial_is_a_gateway_timeout_and_a_refused_one_a_bad_gateway() {
        let slow = Failed::to_dial("app1:80", DialError::Timeout(Duration::from_secs(3)));
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let refused = Failed::to_dial("app1:80", DialError::Refused(refused));
        assert_eq!(slow.error.status(), 504);
        assert_eq!(refused.error.status(), 502);
    }
}
