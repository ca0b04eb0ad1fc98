//! Merges the connection policies of a server where that changes nothing for any handshake.
//! Caddy: `consolidateConnPolicies`, but with an index, so that the work stays about linear.

use std::collections::{HashMap, HashSet, VecDeque};

use evenkeel_diagnostics::Span;
use evenkeel_plan::tls::{ConnectionMatcher, ConnectionPolicy};

use crate::errors::{self, Read};

/// A policy and where it was written.
#[derive(Clone)]
pub(super) struct Traced {
    pub(super) policy: ConnectionPolicy,
    pub(super) span: Option<Span>,
    /// Where its fields were.
    pub(super) fields: Vec<(&'static str, Span)>,
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
        cipher_suites,
        curves,
        alpn,
        protocol_min,
        protocol_max,
        drop,
        client_authentication,
        default_sni,
        fallback_sni,
        insecure_secrets_log,
        handshake_context,
    } = left;
    *certificate_selection == right.certificate_selection
        && *cipher_suites == right.cipher_suites
        && *curves == right.curves
        && *alpn == right.alpn
        && *protocol_min == right.protocol_min
        && *protocol_max == right.protocol_max
        && *drop == right.drop
        && *client_authentication == right.client_authentication
        && *default_sni == right.default_sni
        && *fallback_sni == right.fallback_sni
        && *insecure_secrets_log == right.insecure_secrets_log
        && *handshake_context == right.handshake_context
}

impl Traced {
    /// The server names it is for; all if empty.
    pub(super) fn names(&self) -> &[String] {
        self.policy
            .matcher
            .as_ref()
            .map_or(&[], |matcher| &matcher.sni)
    }

    /// Whether it says nothing but when it serves.
    pub(super) fn has_no_settings(&self) -> bool {
        have_equal_settings(&self.policy, &ConnectionPolicy::default())
    }

    /// The same for other hosts, of whose clients nothing is asked.
    pub(super) fn without_client_authentication(&self, hosts: Vec<String>) -> Self {
        let mut other = self.clone();
        other.policy.client_authentication = None;
        other.policy.matcher.get_or_insert_default().sni = hosts;
        other
    }

    fn add_names(&mut self, names: &[String]) {
        let matcher = self.policy.matcher.get_or_insert_default();
        matcher.sni.extend_from_slice(names);
    }

    /// Merges a policy for the same names; the two must not contradict each other. Caddy keeps
    /// the first log of secrets and drops the other.
    fn merge(&mut self, other: &Self) -> Read<()> {
        if let (Some((what, values)), Some(span)) = (
            conflict(&self.policy, &other.policy),
            other.span.or(self.span),
        ) {
            let mine = self.span.unwrap_or(span);
            return Err(errors::conflicting_policies(what, &values, span, mine));
        }
        let (mine, theirs) = (&mut self.policy, &other.policy);
        take_list(&mut mine.alpn, &theirs.alpn);
        take_list(&mut mine.cipher_suites, &theirs.cipher_suites);
        take_list(&mut mine.curves, &theirs.curves);
        take_text(&mut mine.protocol_min, &theirs.protocol_min);
        take_text(&mut mine.protocol_max, &theirs.protocol_max);
        take_text(&mut mine.default_sni, &theirs.default_sni);
        take_text(&mut mine.fallback_sni, &theirs.fallback_sni);
        if let Some(theirs) = &theirs.certificate_selection {
            let mine = mine.certificate_selection.get_or_insert_default();
            for tag in &theirs.any_tag {
                if !mine.any_tag.contains(tag) {
                    mine.any_tag.push(tag.clone());
                }
            }
        }
        let known = self.fields.clone();
        let is_new = |(field, _): &&(&str, Span)| known.iter().all(|(known, _)| known != field);
        self.fields.extend(other.fields.iter().filter(is_new));
        Ok(())
    }
}

/// What two policies contradict each other about, in Caddy's words, and the values.
fn conflict(mine: &ConnectionPolicy, theirs: &ConnectionPolicy) -> Option<(&'static str, String)> {
    let lists = [
        ("ALPN", &mine.alpn, &theirs.alpn),
        ("cipher suites", &mine.cipher_suites, &theirs.cipher_suites),
        ("curves", &mine.curves, &theirs.curves),
    ];
    let texts = [
        ("default SNI", &mine.default_sni, &theirs.default_sni),
        ("fallback SNI", &mine.fallback_sni, &theirs.fallback_sni),
        ("min protocol", &mine.protocol_min, &theirs.protocol_min),
        ("max protocol", &mine.protocol_max, &theirs.protocol_max),
    ];
    // A demand that only the second makes is no conflict the other way round.
    if mine.client_authentication.is_none() && theirs.client_authentication.is_some() {
        return Some(("client auth configuration", String::new()));
    }
    for (what, mine, theirs) in lists {
        if !mine.is_empty() && !theirs.is_empty() && mine != theirs {
            let (mine, theirs) = (mine.join(" "), theirs.join(" "));
            return Some((what, format!(": [{mine}] vs. [{theirs}]")));
        }
    }
    for (what, mine, theirs) in texts {
        if !mine.is_empty() && !theirs.is_empty() && mine != theirs {
            return Some((what, format!(": {mine} vs. {theirs}")));
        }
    }
    None
}

fn take_list(mine: &mut Vec<String>, theirs: &[String]) {
    if mine.is_empty() {
        mine.extend_from_slice(theirs);
    }
}

fn take_text(mine: &mut String, theirs: &str) {
    if mine.is_empty() {
        theirs.clone_into(mine);
    }
}
