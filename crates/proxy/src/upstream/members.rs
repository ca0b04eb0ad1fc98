//! Who is in a pool: at all times if the plan names them, at one time if they are looked up.

use std::num::NonZeroU32;
use std::sync::Arc;

use evenkeel_balance::{self as balance, Options, Passive, Probe, Retry, Selection};

use super::active::{Check, Mold};
use super::cookie::Cookie;
use super::place::{Dialled, Place};
use crate::error::ProxyError;
use crate::exchange::Exchange;
use crate::observe::meter::Meter;
use crate::state::StateRegistry;
use crate::transport::{Endpoint, Settings};

/// The upstreams of a pool: `balance` decides by index, this says what is dialled.
#[derive(Debug)]
pub(crate) struct Members {
    balance: balance::Pool,
    places: Box<[Place]>,
}

/// How upstreams become a pool: what is the same whoever is in it.
#[derive(Debug)]
pub(super) struct Recipe {
    /// How they are dialled.
    pub(super) settings: Settings,
    /// Its turns go on whoever comes and goes.
    pub(super) selection: Arc<Selection>,
    pub(super) cookies: Box<[Cookie]>,
    pub(super) passive: Option<Passive>,
    pub(super) retry: Retry,
    pub(super) options: Options,
    /// Addresses that get nothing new.
    pub(super) drain: Box<[String]>,
    /// Most requests in flight at one that has no limit of its own.
    pub(super) limit: Option<NonZeroU32>,
    /// How they are checked.
    pub(super) checks: Option<Arc<Mold>>,
    pub(super) state: StateRegistry,
}

/// An upstream on its way into a pool.
pub(super) struct Candidate {
    pub(super) place: Place,
    pub(super) limit: Option<NonZeroU32>,
    pub(super) probe: Option<Arc<Probe>>,
}

impl Members {
    /// Who gets the next attempt.
    pub(crate) const fn balance(&self) -> &balance::Pool {
        &self.balance
    }

    /// What the upstream at this index is called.
    pub(crate) fn name(&self, index: usize) -> &str {
        self.places[index].name()
    }

    /// Where what becomes of the upstream at this index is counted.
    pub(crate) fn meter(&self, index: usize) -> &Meter {
        self.places[index].meter()
    }

    /// What is dialled for the upstream at this index. Fails if the request makes no address of
    /// what is written.
    pub(super) fn endpoint(
        &self,
        index: usize,
        exchange: &Exchange<'_>,
    ) -> Result<Dialled<'_>, ProxyError> {
        self.places[index].endpoint(exchange)
    }
}

#[cfg(test)]
impl Members {
    /// An empty pool.
    pub(crate) fn nobody() -> Self {
        Self {
            balance: balance::Pool::new(vec![], Selection::Random, None, Retry::default()),
            places: Box::default(),
        }
    }
}

impl Recipe {
    /// A pool of these.
    pub(super) fn members(&self, candidates: Vec<Candidate>) -> Members {
        let (upstreams, places): (Vec<_>, Vec<_>) =
            candidates.into_iter().map(|one| self.upstream(one)).unzip();
        let selection = Arc::clone(&self.selection);
        let pool = balance::Pool::new(upstreams, selection, self.passive, self.retry);
        Members {
            balance: pool.with(self.options.clone()),
            places: places.into(),
        }
    }

    /// A pool of what was found, with the checks it wants. An address that nobody can dial is left
    /// out.
    pub(super) fn found(&self, dials: &[String]) -> (Members, Vec<Check>) {
        let (mut candidates, mut checks) = (Vec::with_capacity(dials.len()), Vec::new());
        for dial in dials {
            match self.candidate(dial) {
                Ok((candidate, check)) => {
                    candidates.push(candidate);
                    checks.extend(check);
                }
                Err(error) => tracing::warn!(
                    target: "http.handlers.reverse_proxy",
                    upstream = dial, error, "an upstream that was found cannot be used",
                ),
            }
        }
        (self.members(candidates), checks)
    }

    fn candidate(&self, dial: &str) -> Result<(Candidate, Option<Check>), String> {
        let endpoint = Endpoint::parse(dial, self.settings.clone());
        let endpoint = self
            .state
            .endpoint(endpoint.map_err(|error| error.to_string())?);
        let check = self.checks.as_ref();
        let check = check
            .map(|mold| mold.check(&endpoint, &self.state))
            .transpose()?;
        let candidate = Candidate {
            limit: self.limit,
            probe: check.as_ref().map(Check::probe),
            place: Place::Fixed(endpoint),
        };
        Ok((candidate, check))
    }

    fn upstream(&self, candidate: Candidate) -> (balance::Upstream, Place) {
        let Candidate {
            place,
            limit,
            probe,
        } = candidate;
        let dial = place.name();
        let upstream = balance::Upstream {
            key: dial.into(),
            state: self.state.state(dial),
            marks: self
                .cookies
                .iter()
                .map(|cookie| cookie.mark(dial))
                .collect(),
            probe,
            max_requests: limit,
            is_draining: self.drain.iter().any(|drained| drained == dial),
        };
        (upstream, place)
    }
}
