//! Which policies cover which names, by look-up.

use std::collections::{HashMap, HashSet};

use super::policy::Policy;

/// A policy whose names can be looked up.
#[derive(Debug)]
pub(super) struct Covered {
    pub(super) policy: Policy,
    /// The names in small letters.
    known: HashSet<String>,
    /// Labels that the widest wildcard among the names stands for.
    stars: usize,
}

impl Covered {
    pub(super) fn new(policy: Policy) -> Self {
        let mut covered = Self {
            known: HashSet::new(),
            stars: 0,
            policy,
        };
        for at in 0..covered.policy.plan.subjects.len() {
            let name = covered.policy.plan.subjects[at].to_ascii_lowercase();
            covered.know(name);
        }
        covered
    }

    /// Whether it is for every name.
    pub(super) fn is_catch_all(&self) -> bool {
        self.policy.plan.subjects.is_empty()
    }

    /// Whether `outer` covers all names.
    pub(super) fn is_subset(&self, outer: &Self) -> bool {
        let is_covered = |name: &String| {
            let mut patterns = patterns(name, outer.stars);
            patterns.any(|pattern| outer.known.contains(&pattern))
        };
        outer.is_catch_all()
            || (!self.is_catch_all() && self.policy.plan.subjects.iter().all(is_covered))
    }

    /// Adds the names of another one.
    pub(super) fn take_over(&mut self, other: Policy) {
        for name in other.plan.subjects {
            if self.know(name.to_ascii_lowercase()) {
                self.policy.plan.subjects.push(name);
            }
        }
    }

    fn know(&mut self, name: String) -> bool {
        self.stars = self.stars.max(stars(&name));
        self.known.insert(name)
    }
}

/// All policies of a list by their names.
pub(super) struct CoverIndex {
    by_pattern: HashMap<String, Vec<usize>>,
    catch_alls: Vec<usize>,
    stars: usize,
}

impl CoverIndex {
    pub(super) fn new(policies: &[Covered]) -> Self {
        let mut index = Self {
            by_pattern: HashMap::new(),
            catch_alls: Vec::new(),
            stars: 0,
        };
        for (at, covered) in policies.iter().enumerate() {
            index.stars = index.stars.max(covered.stars);
            if covered.is_catch_all() {
                index.catch_alls.push(at);
            }
            for name in &covered.known {
                index.by_pattern.entry(name.clone()).or_default().push(at);
            }
        }
        index
    }

    /// The first policy behind `at` that covers all its names.
    pub(super) fn next_cover(&self, at: usize, policies: &[Covered]) -> Option<usize> {
        let catch_all = first_behind(&self.catch_alls, at).next();
        let Some(name) = policies[at].policy.plan.subjects.first() else {
            return catch_all;
        };
        let covers = |place: &usize| policies[at].is_subset(&policies[*place]);
        let named = patterns(name, self.stars).filter_map(|pattern| {
            let places = self.by_pattern.get(&pattern)?;
            first_behind(places, at).find(covers)
        });
        named.chain(catch_all).min()
    }
}

fn first_behind(places: &[usize], at: usize) -> impl Iterator<Item = usize> {
    let first = places.partition_point(|&place| place <= at);
    places[first..].iter().copied()
}

/// The labels from the left that are `*`.
pub(super) fn stars(name: &str) -> usize {
    name.split('.').take_while(|label| *label == "*").count()
}

/// The patterns that cover a name: itself, and itself with up to `stars` labels from the left
/// replaced by `*`. What [`names::covers`](crate::names::covers) says of one pattern.
pub(super) fn patterns(name: &str, stars: usize) -> impl Iterator<Item = String> {
    let name = name.to_ascii_lowercase();
    let labels = name.split('.').count().min(stars);
    let wildcard = move |count: usize| {
        let rest = name.splitn(count + 1, '.').nth(count);
        let stars = std::iter::repeat_n("*", count);
        let labels: Vec<&str> = stars.chain(rest).collect();
        labels.join(".")
    };
    (0..=labels).map(wildcard)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names;

    #[test]
    fn looking_up_says_what_comparing_says() {
        let all = [
            "a.b.c", "*.b.c", "*.*.c", "*.*.*", "*.b", "a.b", "b.c", "a", "*", "A.B.C",
        ];
        for outer in all {
            for inner in all {
                let of = |name: &str| {
                    let mut policy = Policy::default();
                    policy.plan.subjects.push(name.to_owned());
                    Covered::new(policy)
                };
                let expected = names::covers(outer, inner);
                assert_eq!(of(inner).is_subset(&of(outer)), expected, "{outer} {inner}");
            }
        }
    }
}
