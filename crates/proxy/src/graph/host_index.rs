//! From a host to the routes that can match it, so that a server with a thousand sites does not
//! try a thousand matchers.

use std::collections::HashMap;

use super::route::Route;
use crate::matchers::MatcherSet;
use crate::matchers::host::{Pattern, host_without_port, lower};

/// Candidate routes by host, each list in the order of the plan. The routes' matchers still decide.
#[derive(Debug)]
pub(super) struct HostIndex {
    exact: HashMap<Box<str>, Box<[u32]>>,
    /// By what follows the first label of `*.example.com`.
    suffix: HashMap<Box<str>, Box<[u32]>>,
    /// For all other hosts.
    rest: Box<[u32]>,
}

/// With fewer routes than this, asking their matchers costs no more than a look-up.
const WORTH_IT: usize = 8;

impl HostIndex {
    /// `None` if it would not pay, or if a handler may change the host between two routes.
    pub(super) fn build(routes: &[Route]) -> Option<Self> {
        let hosts: Vec<_> = routes.iter().map(hosts_of).collect();
        let bound = hosts.iter().flatten().count();
        if bound < WORTH_IT || routes.iter().any(Route::edits_host) {
            return None;
        }
        Some(Self::of(&hosts))
    }

    /// `hosts[route]` are the hosts a route is bound to; `None` if to none.
    fn of(hosts: &[Option<Vec<&Pattern>>]) -> Self {
        let candidates = |covers: &dyn Fn(&Pattern) -> bool| -> Box<[u32]> {
            (0..)
                .zip(hosts)
                .filter(|(_, bound)| {
                    bound
                        .as_ref()
                        .is_none_or(|bound| bound.iter().any(|pattern| covers(pattern)))
                })
                .map(|(route, _)| route)
                .collect()
        };
        let mut index = Self {
            exact: HashMap::new(),
            suffix: HashMap::new(),
            rest: candidates(&|pattern| is_odd(pattern)),
        };
        for pattern in hosts.iter().flatten().flatten() {
            match (pattern, suffix(pattern)) {
                (Pattern::Exact(name), _) => {
                    let routes = candidates(&|other| other.matches(name));
                    index.exact.insert(name.clone(), routes);
                }
                (Pattern::Wildcard(_), Some(suffix)) => {
                    let routes = candidates(&|other| other == *pattern || is_odd(other));
                    index.suffix.insert(suffix.into(), routes);
                }
                (Pattern::Wildcard(_), None) => {}
            }
        }
        index
    }

    /// Routes that can match a host, with or without a port.
    pub(super) fn candidates(&self, host: &str) -> &[u32] {
        let host = lower(host_without_port(host));
        self.exact
            .get(&*host)
            .or_else(|| self.suffix.get(host.split_once('.')?.1))
            .unwrap_or(&self.rest)
    }
}

/// The hosts without which a route cannot match.
fn hosts_of(route: &Route) -> Option<Vec<&Pattern>> {
    if route.matcher_sets().is_empty() {
        return None;
    }
    let sets: Option<Vec<_>> = route.matcher_sets().iter().map(MatcherSet::hosts).collect();
    Some(sets?.into_iter().flatten().collect())
}

/// `example.com` of `*.example.com`.
fn suffix(pattern: &Pattern) -> Option<&str> {
    match pattern {
        Pattern::Exact(_) => None,
        Pattern::Wildcard(name) => name
            .strip_prefix("*.")
            .filter(|suffix| !suffix.contains('*')),
    }
}

/// A pattern that neither table holds, such as `a.*.com`.
fn is_odd(pattern: &Pattern) -> bool {
    matches!(pattern, Pattern::Wildcard(_)) && suffix(pattern).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the index gives must be what asking every pattern gives, and at most more.
    #[test]
    fn finds_every_route_that_can_match_in_order() {
        let patterns: Vec<Option<Vec<Pattern>>> = [
            Some(vec!["a.example.com"]),
            Some(vec!["*.example.com", "b.test"]),
            None,
            Some(vec!["*.*.com"]),
            Some(vec!["*.test"]),
            Some(vec!["B.test", "*"]),
        ]
        .into_iter()
        .map(|hosts| Some(hosts?.into_iter().map(Pattern::parse).collect()))
        .collect();
        let hosts: Vec<Option<Vec<&Pattern>>> = patterns
            .iter()
            .map(|bound| Some(bound.as_ref()?.iter().collect()))
            .collect();
        let index = HostIndex::of(&hosts);

        let table = [
            ("a.example.com", &[0, 1, 2, 3][..]),
            ("A.EXAMPLE.com:8080", &[0, 1, 2, 3]),
            ("c.example.com", &[1, 2, 3, 5]),
            ("b.test", &[1, 2, 4, 5]),
            ("c.test", &[2, 3, 4, 5]),
            ("a.b.c", &[2, 3, 5]),
            ("localhost", &[2, 3, 5]),
        ];
        for (host, expected) in table {
            assert_eq!(index.candidates(host), expected, "{host}");
            let bare = host_without_port(host);
            for (route, bound) in (0..).zip(&hosts) {
                let can = bound
                    .as_ref()
                    .is_none_or(|b| b.iter().any(|p| p.matches(bare)));
                assert!(!can || expected.contains(&route), "{host} {route}");
            }
        }
    }
}
