//! Keeps the demand for a client's certificate to the sites that make it. A policy for a wildcard
//! would catch the handshakes of all sites below it, too, so in front of it comes one without the
//! demand, for those that have no policy of their own.

use std::collections::{BTreeSet, HashMap};

use super::cover::{patterns, stars};
use super::merge::Traced;

/// Adds such policies for the `plain` hosts.
pub(super) fn shield(policies: Vec<Traced>, plain: &BTreeSet<String>) -> Vec<Traced> {
    let mut by_wildcard: HashMap<String, usize> = HashMap::new();
    for (index, traced) in policies.iter().enumerate() {
        if traced.policy.client_authentication.is_none() {
            continue;
        }
        let names = traced.names().iter().filter(|name| name.contains('*'));
        for name in names {
            by_wildcard
                .entry(name.to_ascii_lowercase())
                .or_insert(index);
        }
    }
    if by_wildcard.is_empty() {
        return policies;
    }
    let most_stars = by_wildcard.keys().map(|name| stars(name)).max();
    let mut shielded: HashMap<usize, Vec<String>> = HashMap::new();
    for host in plain {
        let patterns = patterns(host, most_stars.unwrap_or_default());
        let covering = patterns.filter_map(|pattern| by_wildcard.get(&pattern));
        if let Some(first) = covering.min() {
            shielded.entry(*first).or_default().push(host.clone());
        }
    }
    let mut all = Vec::with_capacity(policies.len() + shielded.len());
    for (index, traced) in policies.into_iter().enumerate() {
        if let Some(hosts) = shielded.remove(&index) {
            all.push(traced.without_client_authentication(hosts));
        }
        all.push(traced);
    }
    all
}
