//! What outlives a graph: who is in flight, who failed, who passed its checks. The registry only
//! remembers; graphs own, so an entry is gone with the last graph that uses it.

mod keys;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Weak};

use evenkeel_balance::{Probe, State};
use parking_lot::Mutex;

pub(crate) use keys::{EndpointKey, ProbeKey};

use crate::transport::Endpoint;

/// Finds the state of an upstream that an earlier graph, or another handler, already uses.
/// Shared by all generations of a process.
#[derive(Debug, Default)]
pub struct StateRegistry {
    states: Remembered<Box<str>, State>,
    probes: Remembered<ProbeKey, Probe>,
    endpoints: Remembered<EndpointKey, Endpoint>,
}

impl StateRegistry {
    /// A registry that remembers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// In-flight count and strikes of a dial address. Caddy: `hosts.go`, the table of hosts.
    pub(crate) fn state(&self, dial: &str) -> Arc<State> {
        self.states.find(dial.into(), State::new)
    }

    /// The findings of a check: of its own for each way an address is checked.
    pub(crate) fn probe(&self, key: ProbeKey) -> Arc<Probe> {
        let (passes, fails) = (key.passes, key.fails);
        self.probes.find(key, || Probe::new(passes, fails))
    }

    /// An address with its transport. Equal ones are the same, so that workers keep one set of
    /// idle connections for them over reloads.
    pub(crate) fn endpoint(&self, endpoint: Endpoint) -> Arc<Endpoint> {
        self.endpoints.find(endpoint.key(), || endpoint)
    }
}

#[derive(Debug)]
struct Remembered<K, V>(Mutex<HashMap<K, Weak<V>>>);

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Remembered<K, V> {
    fn find(&self, key: K, make: impl FnOnce() -> V) -> Arc<V> {
        let mut entries = self.0.lock();
        if let Some(found) = entries.get(&key).and_then(Weak::upgrade) {
            return found;
        }
        entries.retain(|_, entry| entry.strong_count() > 0);
        let made = Arc::new(make());
        entries.insert(key, Arc::downgrade(&made));
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(registry.states.0.lock().len(), 1, "the last one asked for");
    }
}
