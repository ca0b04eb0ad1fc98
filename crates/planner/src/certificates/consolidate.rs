//! Leaves out automation policies that change nothing, and merges equal ones. Caddy:
//! `consolidateAutomationPolicies`.

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
        let is_last = at == policies.len() - 1;
        let shadowed = shadows(at, policies).map(|index| &policies[index]);
        if is_empty(&policies[at]) && (is_last || shadowed.is_some_and(is_empty)) {
            policies.remove(at);
        } else {
            at += 1;
        }
    }
}

fn merge_equal(policies: &mut Vec<Policy>) {
    let mut at = 0;
    'next: while at < policies.len() {
        let mut other = at + 1;
        while other < policies.len() {
            if policies[at] == policies[other] {
                policies.remove(other);
                continue 'next;
            }
            if !have_same_issuers(&policies[at], &policies[other]) {
                other += 1;
            } else if policies[other].subjects.is_empty() && !policies[at].subjects.is_empty() {
                if shadows(at, policies).is_some_and(|index| index >= other) {
                    policies.remove(at);
                    continue 'next;
                }
                other += 1;
            } else {
                let absorbed = policies.remove(other);
                for subject in absorbed.subjects {
                    if !policies[at].subjects.contains(&subject) {
                        policies[at].subjects.push(subject);
                    }
                }
            }
        }
        at += 1;
    }
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

fn have_same_issuers(left: &Policy, right: &Policy) -> bool {
    if left.issuers != right.issuers {
        return is_internal_by_default(left) && is_internal_by_default(right);
    }
    let (left_kind, right_kind) = (Kind::of(left), Kind::of(right));
    !left.issuers.is_empty()
        || left_kind == right_kind
        || left_kind == Kind::CatchAll
        || right_kind == Kind::CatchAll
}

fn is_internal_by_default(policy: &Policy) -> bool {
    match policy.issuers.as_slice() {
        [] => Kind::of(policy) == Kind::Internal,
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
