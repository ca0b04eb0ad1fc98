//! A site as one socket sees it: with the addresses that are served there.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_plan::http::MatcherSet;

use crate::routes::sort_stable;
use crate::site::{Scheme, Site, SiteAddress};

/// A site with the addresses that share a socket.
#[derive(Debug)]
pub(crate) struct ServedSite<'s> {
    /// The site.
    pub(crate) site: &'s Site,
    /// Its addresses here; never empty.
    pub(crate) addresses: Vec<&'s SiteAddress>,
}

impl ServedSite<'_> {
    /// The hosts, each once, sorted; none if an address goes for any host.
    pub(crate) fn hosts(&self) -> Vec<String> {
        if self.has_hostless_address() {
            return Vec::new();
        }
        let hosts: BTreeSet<&str> = self.addresses.iter().map(|a| a.host.as_str()).collect();
        hosts.into_iter().map(str::to_owned).collect()
    }

    /// The hosts that are not served over plain HTTP, each once, sorted.
    pub(crate) fn https_hosts(&self, http_port: i64) -> Vec<String> {
        let is_https = |address: &&&SiteAddress| {
            !address.host.is_empty()
                && address.scheme != Scheme::Http
                && address.port.map(i64::from) != Some(http_port)
        };
        let hosts: BTreeSet<&str> = self
            .addresses
            .iter()
            .filter(is_https)
            .map(|a| a.host.as_str())
            .collect();
        hosts.into_iter().map(str::to_owned).collect()
    }

    /// Whether an address goes for any host.
    pub(crate) fn has_hostless_address(&self) -> bool {
        self.addresses.iter().any(|address| address.host.is_empty())
    }

    /// Whether all addresses begin with `http://`.
    pub(crate) fn is_all_http(&self) -> bool {
        self.addresses
            .iter()
            .all(|address| address.scheme == Scheme::Http)
    }

    /// The conditions under which a request is for this site; none if it always is. Caddy:
    /// `compileEncodedMatcherSets`.
    pub(crate) fn matcher_sets(&self) -> Vec<MatcherSet> {
        let mut sets: Vec<MatcherSet> = Vec::new();
        let mut set_of_path: BTreeMap<&str, usize> = BTreeMap::new();
        let mut known: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut any_host = false;
        for address in &self.addresses {
            let path = address.path.as_str();
            let index = *set_of_path.entry(path).or_insert_with(|| {
                let path = Some(path.to_owned()).filter(|path| !path.is_empty());
                sets.push(MatcherSet {
                    path: path.into_iter().collect(),
                    ..MatcherSet::default()
                });
                sets.len() - 1
            });
            if address.host.is_empty() && !any_host {
                sets[index].host.clear();
                any_host = true;
            }
            if !any_host && known.insert((path, &address.host)) {
                sets[index].host.push(address.host.clone());
            }
        }
        sets.retain(|set| *set != MatcherSet::default());
        sets
    }
}

/// What decides which of two sites is asked first.
struct Rank {
    host: usize,
    path: usize,
    is_wildcard: bool,
}

/// Sorts sites: the most specific host first, those for any host last.
pub(super) fn sort(sites: &mut [ServedSite<'_>]) {
    sort_stable(sites, &|left, right| is_before(&rank(left), &rank(right)));
}

fn is_before(left: &Rank, right: &Rank) -> bool {
    if left.host == 0 {
        return false;
    }
    if right.host == 0 {
        return true;
    }
    if left.is_wildcard != right.is_wildcard {
        return right.is_wildcard;
    }
    if left.host == right.host {
        return left.path > right.path;
    }
    left.host > right.host
}

fn rank(site: &ServedSite<'_>) -> Rank {
    let addresses = || site.addresses.iter();
    Rank {
        host: addresses()
            .map(|address| specificity(&address.host))
            .max()
            .unwrap_or(0),
        path: longest_path(site),
        is_wildcard: addresses().any(|a| a.host.is_empty() || a.host.contains('*')),
    }
}

/// The length of the path with the highest specificity, the first of equals. Caddy compares
/// specificities to find it, and then lengths.
fn longest_path(site: &ServedSite<'_>) -> usize {
    let mut longest = "";
    for address in &site.addresses {
        if specificity(&address.path) > specificity(longest) {
            longest = &address.path;
        }
    }
    longest.len()
}

/// The length without stars and placeholders.
fn specificity(text: &str) -> usize {
    let mut length = text.len() - text.matches('*').count();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let Some(end) = rest[start..].find('}') else {
            break;
        };
        length = length.saturating_sub(end + 1);
        rest = &rest[start + end + 1..];
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_placeholders_are_not_specific() {
        assert_eq!(specificity("*.a.com"), 6);
        assert_eq!(specificity("{env.HOST}.com"), 4);
        assert_eq!(specificity("{open"), 5);
        assert_eq!(specificity(""), 0);
    }
}
