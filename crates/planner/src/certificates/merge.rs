//! Merges the connection policies of a server where that changes nothing for any handshake.
//! Caddy: `consolidateConnPolicies`, but with an index, so that the work stays about linear.

use std::collections::{HashMap, HashSet, VecDeque};

use evenkeel_diagnostics::Span;
use evenkeel_plan::tls::{ConnectionMatcher, ConnectionPolicy};

use crate::errors::{self, Read};

/// A policy and where it was written.
pub(super) struct Traced {
    pub(super) policy: ConnectionPolicy,
    pub(super) span: Option<Span>,
}

/// Puts policies for everybody last, drops repeated ones and merges what can be merged.
pub(super) fn consolidate(mut policies: Vec<Traced>) -> Read<Vec<Traced>> {
    policies.sort_by_key(|traced| traced.policy.matcher.is_none());
    let mut twins = Twins::new(&policies);
    let mut waiting: Vec<Option<Traced>> = policies.into_iter().map(Some).collect();
    let mut merged = Vec::with_capacity(waiting.len());
    let mut next = 0;
    while next < waiting.len() {
        let Some(mut this) = waiting[next].take() else {
            next += 1;
            continue;
        };
        loop {
            while waiting.get(next).is_some_and(Option::is_none) {
                next += 1;
            }
            let twin = twins.next(&this.policy, &waiting);
            let neighbour = waiting.get(next).and_then(Option::as_ref);
            if let Some(sni) = neighbour.and_then(|other| added_names(&this, other)) {
                this.add_names(sni);
                waiting[next] = None;
            } else if let Some(other) = twin.and_then(|twin| waiting[twin].take()) {
                this.merge(&other)?;
            } else {
                break;
            }
        }
        merged.push(this);
    }
    Ok(merged)
}

/// Where the policies for certain names wait.
struct Twins {
    places: HashMap<Option<ConnectionMatcher>, VecDeque<usize>>,
    /// How many names a matcher has: most lists that grew need no look-up.
    lengths: HashSet<usize>,
}

impl Twins {
    fn new(policies: &[Traced]) -> Self {
        let mut twins = Self {
            places: HashMap::new(),
            lengths: HashSet::new(),
        };
        for (place, traced) in policies.iter().enumerate() {
            twins.lengths.insert(count_names(&traced.policy));
            let places = twins.places.entry(traced.policy.matcher.clone());
            places.or_default().push_back(place);
        }
        twins
    }

    /// The first that waits and is for exactly the same names.
    fn next(&mut self, policy: &ConnectionPolicy, waiting: &[Option<Traced>]) -> Option<usize> {
        if !self.lengths.contains(&count_names(policy)) {
            return None;
        }
        let places = self.places.get_mut(&policy.matcher)?;
        while places
            .front()
            .is_some_and(|&place| waiting[place].is_none())
        {
            places.pop_front();
        }
        places.front().copied()
    }
}

fn count_names(policy: &ConnectionPolicy) -> usize {
    policy
        .matcher
        .as_ref()
        .map_or(0, |matcher| matcher.sni.len())
}

/// The names of a neighbour that differs in nothing else.
fn added_names<'t>(this: &Traced, other: &'t Traced) -> Option<&'t [String]> {
    let (Some(mine), Some(theirs)) = (&this.policy.matcher, &other.policy.matcher) else {
        return None;
    };
    let is_alike = mine != theirs && have_equal_settings(&this.policy, &other.policy);
    is_alike.then_some(&theirs.sni)
}

fn have_equal_settings(left: &ConnectionPolicy, right: &ConnectionPolicy) -> bool {
    let ConnectionPolicy {
        matcher: _,
        certificate_selection,
        alpn,
        protocol_min,
        protocol_max,
    } = left;
    *certificate_selection == right.certificate_selection
        && *alpn == right.alpn
        && *protocol_min == right.protocol_min
        && *protocol_max == right.protocol_max
}

impl Traced {
    fn add_names(&mut self, names: &[String]) {
        let matcher = self.policy.matcher.get_or_insert_default();
        matcher.sni.extend_from_slice(names);
    }

    /// Merges a policy for the same names; the two must not contradict each other.
    fn merge(&mut self, other: &Self) -> Read<()> {
        let (mine, theirs) = (&mut self.policy, &other.policy);
        let same = |left: &str, right: &str| left.is_empty() || right.is_empty() || left == right;
        let is_fine = (mine.alpn.is_empty() || theirs.alpn.is_empty() || mine.alpn == theirs.alpn)
            && same(&mine.protocol_min, &theirs.protocol_min)
            && same(&mine.protocol_max, &theirs.protocol_max);
        if let (false, Some(span)) = (is_fine, other.span.or(self.span)) {
            let message = "two `tls` directives for the same names contradict each other";
            return Err(errors::conflict(message, span, self.span));
        }
        if mine.alpn.is_empty() {
            mine.alpn.clone_from(&theirs.alpn);
        }
        if mine.protocol_min.is_empty() {
            mine.protocol_min.clone_from(&theirs.protocol_min);
        }
        if mine.protocol_max.is_empty() {
            mine.protocol_max.clone_from(&theirs.protocol_max);
        }
        if let Some(theirs) = &theirs.certificate_selection {
            let mine = mine.certificate_selection.get_or_insert_default();
            for tag in &theirs.any_tag {
                if !mine.any_tag.contains(tag) {
                    mine.any_tag.push(tag.clone());
                }
            }
        }
        Ok(())
    }
}
