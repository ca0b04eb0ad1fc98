//! The upstreams of one `reverse_proxy` with the rules of choosing among them.

use std::num::NonZeroU32;
use std::sync::Arc;

use crate::health::{Passive, Probe, State};
use crate::index_set::IndexSet;
use crate::moment::Moment;
use crate::options::Options;
use crate::retry::Retry;
use crate::round::Round;
use crate::selection::Selection;

/// One dialable address of a pool.
#[derive(Debug)]
pub struct Upstream {
    /// The dial string; what a hash policy hashes together with the
    /// request's key.
    pub key: Box<str>,
    /// In-flight count and strikes, shared by all pools that name this address.
    pub state: Arc<State>,
    /// What a sticky client carries to come back here, one for each policy that reads marks.
    pub marks: Box<[Box<str>]>,
    /// Result of active health checks, if there are any.
    pub probe: Option<Arc<Probe>>,
    /// Most attempts in flight before the upstream is full (Caddy: `max_requests`,
    /// `unhealthy_request_count`).
    pub max_requests: Option<NonZeroU32>,
    /// Whether this pool sends it nothing new; what is in flight finishes. Independent of
    /// [`State::set_draining`].
    pub is_draining: bool,
}

/// The upstreams of one handler; immutable and shared by all cores.
#[derive(Debug)]
pub struct Pool {
    upstreams: Box<[Upstream]>,
    selection: Arc<Selection>,
    passive: Option<Passive>,
    retry: Retry,
    needs_latency: bool,
    options: Options,
}

impl Pool {
    /// A pool; the turns of a selection that others have, too, are shared; `passive` is `None` when failures of real traffic are not counted (Caddy:
    /// `fail_duration` 0).
    pub fn new(
        upstreams: Vec<Upstream>,
        selection: impl Into<Arc<Selection>>,
        passive: Option<Passive>,
        retry: Retry,
    ) -> Self {
        let selection = selection.into();
        Self {
            upstreams: upstreams.into(),
            needs_latency: selection.needs_latency(),
            selection,
            passive: passive.and_then(Passive::in_force),
            retry: retry.without_spinning(),
            options: Options::default(),
        }
    }

    /// The same pool with rules that are off unless they are set.
    #[must_use]
    pub fn with(self, options: Options) -> Self {
        Self { options, ..self }
    }

    /// The upstreams in configured order; an [`Attempt`](crate::Attempt) names one by its index
    /// here.
    pub fn upstreams(&self) -> &[Upstream] {
        &self.upstreams
    }

    /// Whether an upstream may be selected: not draining, not found unhealthy by its probe, fewer live strikes
    /// than `max_fails`, and not full (Caddy: `Upstream.Available`). False for an index outside of
    /// the pool.
    pub fn is_available(&self, index: usize, now: Moment) -> bool {
        self.upstreams.get(index).is_some_and(|upstream| {
            let fails = |_: &Passive| upstream.state.fails(now);
            !upstream.drains()
                && upstream.is_healthy()
                && self
                    .passive
                    .as_ref()
                    .is_none_or(|passive| fails(passive) < passive.max_fails)
                && !upstream.is_full()
        })
    }

    /// Begins the attempts of one exchange. Allocates nothing.
    pub fn begin(&self, now: Moment) -> Round {
        if let Some(budget) = &self.options.budget {
            budget.deposit();
        }
        Round::new(now)
    }

    /// Rules that are off unless they are set.
    pub const fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Whether latencies are worth noting.
    pub(crate) const fn needs_latency(&self) -> bool {
        self.needs_latency
    }

    /// How failures are counted; `None` if they are not.
    pub const fn passive(&self) -> Option<&Passive> {
        self.passive.as_ref()
    }

    pub(crate) const fn retry(&self) -> &Retry {
        &self.retry
    }

    /// Whether so few upstreams are healthy that health is not looked at.
    pub(crate) fn panics(&self, now: Moment, restored: &mut IndexSet) -> bool {
        let Some(threshold) = self.options.panic_threshold else {
            return false;
        };
        let (mut healthy, mut all) = (0, 0);
        for (index, upstream) in self.upstreams.iter().enumerate() {
            if !upstream.drains() {
                all += 1;
                healthy += u64::from(self.is_fit(index, now, restored));
            }
        }
        healthy * 100 < all * u64::from(threshold)
    }

    /// As [`is_available`](Self::is_available), on the path of every request: forgets expired
    /// strikes on the way and notes in `restored` whom that brought back.
    pub(crate) fn admits(&self, index: usize, look: Look, restored: &mut IndexSet) -> bool {
        self.is_wanted(index, look, restored) && !self.upstreams[index].is_full()
    }

    /// As [`admits`](Self::admits), but it may be full.
    pub(crate) fn is_wanted(&self, index: usize, look: Look, restored: &mut IndexSet) -> bool {
        !self.upstreams[index].drains() && (look.panics || self.is_fit(index, look.now, restored))
    }

    /// Whether neither probes nor strikes speak against an upstream.
    fn is_fit(&self, index: usize, now: Moment, restored: &mut IndexSet) -> bool {
        let upstream = &self.upstreams[index];
        if !upstream.is_healthy() {
            return false;
        }
        if let Some(passive) = &self.passive {
            let strikes = upstream.state.forget_expired(now);
            if strikes.restored {
                restored.insert(index);
            }
            if strikes.live >= passive.max_fails {
                return false;
            }
        }
        true
    }
}

/// When upstreams are looked at, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) now: Moment,
    /// Whether health does not count: see [`Pool::panics`].
    pub(crate) panics: bool,
}

impl Upstream {
    /// Since when it is back after it was out, by whatever brought it back last.
    pub(crate) fn back_since(&self, now: Moment) -> Option<Moment> {
        let probed = self.probe.as_ref().and_then(|probe| probe.back_since(now));
        probed.max(self.state.back_since(now))
    }

    fn drains(&self) -> bool {
        self.is_draining || self.state.is_draining()
    }

    fn is_healthy(&self) -> bool {
        self.probe.as_ref().is_none_or(|probe| probe.is_healthy())
    }

    fn is_full(&self) -> bool {
        self.max_requests
            .is_some_and(|max| self.state.in_flight() >= max.get())
    }
}
