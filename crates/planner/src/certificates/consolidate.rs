//! Leaves out automation policies that change nothing, and merges equal ones. Caddy:
//! `consolidateAutomationPolicies`.

use std::collections::{BTreeSet, VecDeque};

use evenkeel_plan::tls::{InternalIssuer, Issuer};

use super::automation::Policy;
use crate::names;
use crate::routes::sort_stable;

/// Sorts, drops and merges.
pub(super) fn consolidate(mut policies: Vec<Policy>) -> Vec<Policy> {
    if policies.iter().all(is_empty) {
        return Vec::new();
    }
    sort_stable(&mut policies, &is_more_specific);
    drop_empty(&mut policies);
    merge_equal(&mut policies);
    policies
}

fn is_more_specific(left: &Policy, right: &Policy) -> bool {
    if is_subset(left, right) {
        return true;
    }
    !is_subset(right, left) && left.subjects.len() > right.subjects.len()
}

/// Whether it says nothing but names.
fn is_empty(policy: &Policy) -> bool {
    policy.issuers.is_empty()
}

/// An empty policy goes if it is last, or if the next one that covers its names is empty, too;
/// otherwise it keeps its names from that one.
fn drop_empty(policies: &mut Vec<Policy>) {
    let mut at = 0;
    while at < policies.len() {
        if is_empty(&policies[at]) && is_needless(at, policies) {
            policies.remove(at);
        } else {
            at += 1;
        }
    }
}

fn is_needless(at: usize, policies: &[Policy]) -> bool {
    let is_last = at == policies.len() - 1;
    is_last || shadows(at, policies).is_some_and(|index| is_empty(&policies[index]))
}

fn merge_equal(policies: &mut Vec<Policy>) {
    let mut at = 0;
    while at < policies.len() {
        if merge_into(at, policies) {
            at += 1;
        } else {
            policies.remove(at);
        }
    }
}

/// Takes over what is behind `at` and equal to it. False if one for everything does all it does.
fn merge_into(at: usize, policies: &mut Vec<Policy>) -> bool {
    // Policies of one kind make one of that kind, so it holds for all of them.
    let kind = Kind::of(&policies[at]);
    let mut known: BTreeSet<String> = policies[at].subjects.iter().cloned().collect();
    let mut behind: VecDeque<Policy> = policies.drain(at + 1..).collect();
    while let Some(other) = behind.pop_front() {
        let this = &policies[at];
        if !have_same_issuers(this, &kind, &other) {
            policies.push(other);
            continue;
        }
        if other.subjects.is_empty() && !known.is_empty() {
            // Nothing between the two may take the names away once they are gone here.
            let is_shadowing = policies[at + 1..]
                .iter()
                .any(|between| is_subset(this, between));
            policies.push(other);
            if is_shadowing {
                continue;
            }
            policies.extend(behind);
            return false;
        }
        for subject in other.subjects {
            if known.insert(subject.clone()) {
                policies[at].subjects.push(subject);
            }
        }
    }
    true
}

/// The first policy behind `at` that covers all its names.
fn shadows(at: usize, policies: &[Policy]) -> Option<usize> {
    (at + 1..policies.len()).find(|&index| is_subset(&policies[at], &policies[index]))
}

fn is_subset(inner: &Policy, outer: &Policy) -> bool {
    if outer.subjects.is_empty() {
        return true;
    }
    let is_covered = |name: &String| {
        outer
            .subjects
            .iter()
            .any(|pattern| names::covers(pattern, name))
    };
    !inner.subjects.is_empty() && inner.subjects.iter().all(is_covered)
}

/// Whether `right` can be part of `left`, which is of the kind `kind`.
fn have_same_issuers(left: &Policy, kind: &Kind, right: &Policy) -> bool {
    if left.issuers != right.issuers {
        return is_internal_by_default(left, kind)
            && is_internal_by_default(right, &Kind::of(right));
    }
    if !left.issuers.is_empty() {
        return true;
    }
    let right = Kind::of(right);
    *kind == right || *kind == Kind::CatchAll || right == Kind::CatchAll
}

fn is_internal_by_default(policy: &Policy, kind: &Kind) -> bool {
    match policy.issuers.as_slice() {
        [] => *kind == Kind::Internal,
        [Issuer::Internal(issuer)] => policy.is_implied && *issuer == InternalIssuer::default(),
        _ => false,
    }
}

/// Who issues when nobody is named.
#[derive(PartialEq, Eq)]
enum Kind {
    CatchAll,
    Public,
    Internal,
    Mixed,
}

impl Kind {
    fn of(policy: &Policy) -> Self {
        let is_public = |name: &String| names::is_public_by_default(name);
        match policy.subjects.as_slice() {
            [] => Self::CatchAll,
            subjects if subjects.iter().all(is_public) => Self::Public,
            subjects if subjects.iter().any(is_public) => Self::Mixed,
            _ => Self::Internal,
        }
    }
}
