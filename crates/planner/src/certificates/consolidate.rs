//! Leaves out automation policies that change nothing, and merges equal ones. Caddy:
//! `consolidateAutomationPolicies`, but with indices, so that the work stays about linear.

use std::collections::HashMap;

use evenkeel_plan::tls::{Issuer, Manager};
use evenkeel_plan::value::Share;

use super::cover::{CoverIndex, Covered};
use super::policy::{IssuerList, Policy, internal};
use crate::names;
use crate::routes::sort_stable;

/// Sorts, drops and merges.
pub(super) fn consolidate(policies: Vec<Policy>) -> Vec<Policy> {
    if policies.iter().all(Policy::is_empty) {
        return Vec::new();
    }
    let mut policies: Vec<Covered> = policies.into_iter().map(Covered::new).collect();
    sort_stable(&mut policies, &is_more_specific);
    merge_equal(drop_empty(policies))
}

fn is_more_specific(left: &Covered, right: &Covered) -> bool {
    if left.is_subset(right) {
        return true;
    }
    !right.is_subset(left) && left.policy.plan.subjects.len() > right.policy.plan.subjects.len()
}

/// An empty policy goes if it is last, or if the next one that covers its names is empty, too, but
/// for managers; otherwise it keeps its names from that one.
fn drop_empty(policies: Vec<Covered>) -> Vec<Covered> {
    let index = CoverIndex::new(&policies);
    let is_needless = |(at, this): (usize, &Covered)| {
        let next = || index.next_cover(at, &policies);
        let is_empty = |next: usize| policies[next].policy.is_empty_but_for_managers();
        this.policy.is_empty() && (at + 1 == policies.len() || next().is_some_and(is_empty))
    };
    let needless: Vec<bool> = policies.iter().enumerate().map(is_needless).collect();
    let kept = policies.into_iter().zip(needless);
    kept.filter_map(|(policy, is_needless)| (!is_needless).then_some(policy))
        .collect()
}

/// Policies that wait for their turn or to be taken over; by class those of which that may happen.
struct Waiting {
    slots: Vec<Option<Covered>>,
    by_class: HashMap<Class, Vec<usize>>,
}

fn merge_equal(policies: Vec<Covered>) -> Vec<Policy> {
    let mut by_class: HashMap<Class, Vec<usize>> = HashMap::new();
    for (at, this) in policies.iter().enumerate() {
        by_class
            .entry(Class::of(&this.policy))
            .or_default()
            .push(at);
    }
    let slots = policies.into_iter().map(Some).collect();
    let mut waiting = Waiting { slots, by_class };
    (0..waiting.slots.len())
        .filter_map(|at| waiting.merge_into(at))
        .map(|merged| merged.policy)
        .collect()
}

impl Waiting {
    /// Takes over what is behind `at` and equal to it. Nothing if one for everything does all that
    /// this one does.
    fn merge_into(&mut self, at: usize) -> Option<Covered> {
        let mut this = self.slots[at].take()?;
        // Policies of one class make one of that class, so it holds for all of them.
        let equal = self.take_equal(&Class::of(&this.policy), at);
        let mut is_needless = false;
        for &other in &equal {
            let Some(policy) = self.slots[other].take() else {
                continue;
            };
            if is_needless || (policy.is_catch_all() && !this.is_catch_all()) {
                // Nothing between the two may take the names away once they are gone here.
                let mut between = self.slots[at + 1..other].iter().flatten();
                is_needless = is_needless || !between.any(|between| this.is_subset(between));
                self.slots[other] = Some(policy);
                continue;
            }
            this.take_over(policy.policy);
        }
        self.put_back(&equal);
        (!is_needless).then_some(this)
    }

    /// The places behind `at` of all policies that one of `class` takes over, in order.
    fn take_equal(&mut self, class: &Class, at: usize) -> Vec<usize> {
        let classes = class.takes_over();
        let lists = classes
            .iter()
            .filter_map(|class| self.by_class.remove(class));
        let mut places: Vec<usize> = lists.flatten().filter(|&place| place > at).collect();
        places.sort_unstable();
        places
    }

    fn put_back(&mut self, places: &[usize]) {
        for &place in places {
            if let Some(policy) = &self.slots[place] {
                let class = Class::of(&policy.policy);
                self.by_class.entry(class).or_default().push(place);
            }
        }
    }
}

/// Policies of which one may take over the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Class {
    issuers: IssuerClass,
    managers: Vec<Manager>,
    key_type: String,
    ratio: Share,
    on_demand: bool,
    reuse_private_keys: bool,
}

/// The issuers of such policies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum IssuerClass {
    /// These.
    Issuers(Vec<Issuer>),
    /// The internal one, which follows from the names.
    ImpliedInternal,
    /// None.
    Open(Kind),
}

/// Who issues when nobody is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    CatchAll,
    Public,
    Internal,
    Mixed,
}

impl Class {
    /// Caddy leaves out what has to do with OCSP.
    fn of(policy: &Policy) -> Self {
        let plan = &policy.plan;
        Self {
            issuers: IssuerClass::of(policy),
            managers: plan.get_certificate.clone(),
            key_type: plan.key_type.clone(),
            ratio: plan.renewal_window_ratio,
            on_demand: plan.on_demand,
            reuse_private_keys: plan.reuse_private_keys,
        }
    }

    /// The classes that one of this class takes over.
    fn takes_over(&self) -> Vec<Self> {
        let with = |issuers| Self {
            issuers,
            ..self.clone()
        };
        self.issuers.takes_over().into_iter().map(with).collect()
    }
}

impl IssuerClass {
    fn of(policy: &Policy) -> Self {
        match (policy.issuers, policy.plan.issuers.as_slice()) {
            (_, []) => Self::Open(Kind::of(policy)),
            (IssuerList::ImpliedInternal, _) => Self::ImpliedInternal,
            (_, issuers) => Self::Issuers(issuers.to_vec()),
        }
    }

    fn internal() -> Self {
        Self::Issuers(vec![internal()])
    }

    /// Not symmetric: so Caddy compares.
    fn takes_over(&self) -> Vec<Self> {
        use Kind::{CatchAll, Internal, Mixed, Public};
        match self {
            Self::Issuers(_) if *self == Self::internal() => {
                vec![self.clone(), Self::ImpliedInternal]
            }
            Self::Issuers(_) => vec![self.clone()],
            Self::ImpliedInternal => {
                vec![self.clone(), Self::internal(), Self::Open(Internal)]
            }
            Self::Open(CatchAll) => [CatchAll, Public, Internal, Mixed].map(Self::Open).to_vec(),
            Self::Open(Internal) => {
                vec![self.clone(), Self::ImpliedInternal, Self::Open(CatchAll)]
            }
            Self::Open(Public | Mixed) => vec![self.clone(), Self::Open(CatchAll)],
        }
    }
}

impl Kind {
    fn of(policy: &Policy) -> Self {
        let plan = &policy.plan;
        let is_public = |name: &String| names::is_public_by_default(name, plan.on_demand);
        match plan.subjects.as_slice() {
            [] => Self::CatchAll,
            subjects if subjects.iter().all(is_public) => Self::Public,
            subjects if subjects.iter().any(is_public) => Self::Mixed,
            _ => Self::Internal,
        }
    }
}
