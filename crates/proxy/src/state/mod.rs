//! What outlives a graph: who is in flight, who failed, who passed its checks. The registry only
//! remembers; graphs own, so an entry is gone with the last graph that uses it.

mod keys;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Weak};
use std::time::Duration;

use evenkeel_balance::{Moment, Probe, State};
use parking_lot::Mutex;

pub(crate) use keys::{EndpointKey, ProbeKey};

use crate::observe::meter::{Meter, Reading, page};
use crate::transport::Endpoint;
use crate::upstream::dynamic::{LookedUp, Question};

/// Finds the state of an upstream that an earlier graph, or another handler, already uses.
/// Shared by all generations of a process; clones are the same registry.
#[derive(Clone, Debug)]
pub struct StateRegistry(Arc<Tables>);

#[derive(Debug)]
struct Tables {
    workers: usize,
    meters: Remembered<Box<str>, Meter>,
    states: Remembered<Box<str>, State>,
    probes: Remembered<ProbeKey, Probe>,
    endpoints: Remembered<EndpointKey, Endpoint>,
    looked_up: Remembered<Question, LookedUp>,
}

impl StateRegistry {
    /// A registry that remembers nothing yet, for a single worker.
    pub fn new() -> Self {
        Self::for_workers(1)
    }

    /// A registry that remembers nothing yet. What workers beyond that number do is not counted.
    pub fn for_workers(workers: usize) -> Self {
        Self(Arc::new(Tables {
            workers,
            meters: Remembered::default(),
            states: Remembered::default(),
            probes: Remembered::default(),
            endpoints: Remembered::default(),
            looked_up: Remembered::default(),
        }))
    }

    /// Where what becomes of a dial address is counted.
    pub(crate) fn meter(&self, dial: &str) -> Arc<Meter> {
        let workers = self.0.workers;
        self.0.meters.find(dial.into(), || Meter::new(workers))
    }

    /// The numbers of every upstream in use, in the text format of Prometheus. `now` counts from
    /// the epoch that the workers share.
    pub fn metrics(&self, now: Duration) -> String {
        let now = Moment::ZERO + now;
        let probes = self.0.probes.living().into_iter();
        let unfit = probes.filter(|(_, probe)| !probe.is_healthy());
        let unfit: HashSet<_> = unfit.map(|(key, _)| key.endpoint.dial).collect();
        let states = self.0.states.living().into_iter();
        let mut readings: Vec<Reading> = states
            .map(|(dial, state)| Reading {
                meter: self.meter(&dial),
                in_flight: state.in_flight(),
                fails: state.fails(now),
                is_draining: state.is_draining(),
                is_unfit: unfit.contains(&dial),
                dial,
            })
            .collect();
        readings.sort_by(|a, b| a.dial.cmp(&b.dial));
        page(&readings)
    }

    /// In-flight count and strikes of a dial address. Caddy: `hosts.go`, the table of hosts.
    pub(crate) fn state(&self, dial: &str) -> Arc<State> {
        self.0.states.find(dial.into(), State::new)
    }

    /// Every upstream in use, once per address, in the order of the addresses. `now` counts from
    /// the epoch that the workers share.
    pub fn upstreams(&self, now: Duration) -> Vec<UpstreamCounts> {
        let now = Moment::ZERO + now;
        let mut upstreams: Vec<UpstreamCounts> = self
            .0
            .states
            .living()
            .into_iter()
            .map(|(dial, state)| UpstreamCounts {
                dial: dial.into(),
                in_flight: state.in_flight(),
                fails: state.fails(now),
            })
            .collect();
        upstreams.sort_by(|a, b| a.dial.cmp(&b.dial));
        upstreams
    }

    /// The findings of a check: of its own for each way an address is checked.
    pub(crate) fn probe(&self, key: ProbeKey) -> Arc<Probe> {
        let (passes, fails) = (key.passes, key.fails);
        self.0.probes.find(key, || Probe::new(passes, fails))
    }

    /// An address with its transport. Equal ones are the same, so that workers keep one set of
    /// idle connections for them over reloads.
    pub(crate) fn endpoint(&self, endpoint: Endpoint) -> Arc<Endpoint> {
        let (key, meter) = (endpoint.key(), self.meter(&endpoint.dial));
        self.0.endpoints.find(key, || endpoint.metered(meter))
    }

    /// What name servers said last to a question.
    pub(crate) fn looked_up(&self, question: &Question) -> Arc<LookedUp> {
        self.0.looked_up.find(question.clone(), LookedUp::default)
    }
}

impl Default for StateRegistry {
    fn default() -> Self {
        Self::new()
    }
}

/// What an upstream is doing, for the admin API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamCounts {
    /// The address, as written in the plan.
    pub dial: String,
    /// Requests in flight.
    pub in_flight: u32,
    /// Strikes that still count.
    pub fails: u32,
}

#[derive(Debug)]
struct Remembered<K, V>(Mutex<HashMap<K, Weak<V>>>);

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone, V> Remembered<K, V> {
    fn living(&self) -> Vec<(K, Arc<V>)> {
        let entries = self.0.lock();
        let living = |(key, entry): (&K, &Weak<V>)| Some((key.clone(), entry.upgrade()?));
        entries.iter().filter_map(living).collect()
    }

    fn find(&self, key: K, make: impl FnOnce() -> V) -> Arc<V> {
        let mut entries = self.0.lock();
        if let Some(found) = entries.get(&key).and_then(Weak::upgrade) {
            return found;
        }
        entries.retain(|_, entry| entry.strong_count() > 0);
        let entry = Arc::new(make());
        entries.insert(key, Arc::downgrade(&entry));
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Settings;

    #[test]
    fn one_address_has_one_state_while_anybody_uses_it() {
        let registry = StateRegistry::new();
        let first = registry.state("app1:80");
        assert!(Arc::ptr_eq(&first, &registry.state("app1:80")));
        assert!(!Arc::ptr_eq(&first, &registry.state("app2:80")));
    }

    #[test]
    fn an_unused_state_is_forgotten() {
        let registry = StateRegistry::new();
        drop(registry.state("app1:80"));
        drop(registry.state("app2:80"));
        assert_eq!(
            registry.0.states.0.lock().len(),
            1,
            "the last one asked for"
        );
    }

    #[test]
    fn idle_connections_are_shared_where_address_and_settings_are_equal() {
        let registry = StateRegistry::new();
        let settings = Settings::plain();
        let endpoint = |dial, settings: &Settings| {
            let endpoint = Endpoint::parse(dial, settings.clone()).expect("an address");
            registry.endpoint(endpoint)
        };
        let first = endpoint("app1:80", &settings);
        let hasty = Settings {
            dial_timeout: Duration::from_secs(1),
            ..settings.clone()
        };
        assert!(Arc::ptr_eq(&first, &endpoint("app1:80", &settings)));
        assert!(!Arc::ptr_eq(&first, &endpoint("app2:80", &settings)));
        assert!(!Arc::ptr_eq(&first, &endpoint("app1:80", &hasty)));
    }
}
