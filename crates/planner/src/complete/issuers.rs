//! Which issuer serves which managed name. Caddy: `createAutomationPolicies` in `autohttps.go`.

use std::collections::BTreeSet;

use evenkeel_plan::Plan;
use evenkeel_plan::tls::{AutomationPolicy, InternalIssuer, Issuer};

use crate::certificates::{default_issuers, fill_in_ports};
use crate::names;

/// Names issuers for everything that is managed.
pub(super) fn name(plan: &mut Plan, managed: &BTreeSet<String>) {
    if managed.is_empty() {
        return;
    }
    let ports = plan
        .apps
        .http
        .as_ref()
        .map(|http| (http.http_port, http.https_port));
    let app = plan.apps.tls.get_or_insert_default();
    let policies = &mut app.automation.get_or_insert_default().policies;
    give_internal_issuer(policies, managed);
    let orphans = orphans(policies, managed);
    let base = base(policies);
    for policy in policies.iter_mut() {
        if policy.issuers.is_empty() {
            policy.issuers = default_issuers("").into_iter().map(Issuer::Acme).collect();
        }
        for issuer in &mut policy.issuers {
            if let (Issuer::Acme(acme), Some((http, https))) = (issuer, ports) {
                fill_in_ports(&mut acme.challenges, http, https);
            }
        }
    }
    if !orphans.is_empty() {
        let mut policy = base;
        policy.subjects = orphans;
        policy.issuers = vec![Issuer::Internal(InternalIssuer::default())];
        insert(policies, policy);
    }
}

/// A policy with nothing but internal names would be left to public authorities, which must not
/// be bothered with them.
fn give_internal_issuer(policies: &mut [AutomationPolicy], managed: &BTreeSet<String>) {
    for policy in policies
        .iter_mut()
        .filter(|policy| policy.issuers.is_empty())
    {
        let subjects = &policy.subjects;
        if subjects.iter().any(|name| managed.contains(name))
            && subjects.iter().all(|name| names::is_internal(name))
        {
            policy
                .issuers
                .push(Issuer::Internal(InternalIssuer::default()));
        }
    }
}

/// Managed names that no policy lists and no public authority issues for.
fn orphans(policies: &[AutomationPolicy], managed: &BTreeSet<String>) -> Vec<String> {
    let is_internal =
        |name: &str| !names::is_public(name) || (policies.is_empty() && names::is_address(name));
    let listed: BTreeSet<&str> = policies
        .iter()
        .flat_map(|policy| &policy.subjects)
        .map(String::as_str)
        .collect();
    managed
        .iter()
        .filter(|name| !listed.contains(name.as_str()) && is_internal(name))
        .cloned()
        .collect()
}

/// A copy of the policy for everything, which is added if there is none.
fn base(policies: &mut Vec<AutomationPolicy>) -> AutomationPolicy {
    let existing = policies.iter().find(|policy| policy.subjects.is_empty());
    if let Some(policy) = existing {
        return policy.clone();
    }
    policies.push(AutomationPolicy::default());
    AutomationPolicy::default()
}

/// In front of the first policy that would take the names away. Caddy: `AddAutomationPolicy`.
fn insert(policies: &mut Vec<AutomationPolicy>, policy: AutomationPolicy) {
    let takes_away = |other: &AutomationPolicy| {
        let covers = |name: &String| other.subjects.iter().any(|p| names::covers(p, name));
        policy.subjects.iter().any(covers) || other.subjects.len() < policy.subjects.len()
    };
    let at = policies
        .iter()
        .position(takes_away)
        .unwrap_or(policies.len());
    policies.insert(at, policy);
}
