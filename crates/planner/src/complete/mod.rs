//! Completes a plan with what automatic HTTPS implies: which names are managed, where TLS is
//! spoken, and the redirects from HTTP. Caddy: `automaticHTTPSPhase1` in `autohttps.go`.
//!
//! It works on any plan, from a Caddyfile or from JSON, and is pure. What it adds is not part of
//! what `GET /config/` shows.

mod issuers;
mod redirects;
mod servers;

use std::collections::BTreeSet;

use evenkeel_plan::Plan;
use evenkeel_plan::value::AddressError;

use crate::names;

/// A plan with nothing left to be implied.
#[derive(Clone, Debug, PartialEq)]
pub struct Completed {
    /// The plan: every server that speaks TLS has connection policies, every managed name a
    /// policy with issuers, and there are redirects.
    pub plan: Plan,
    /// The names to obtain certificates for, sorted.
    pub managed: Vec<String>,
}

/// Why a plan cannot be completed.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    /// A server with an address that is none.
    #[error("apps.http.servers.{server}.listen: `{address}` is not an address")]
    Listen {
        /// The server's name.
        server: String,
        /// The address.
        address: String,
        /// What is wrong with it.
        source: AddressError,
    },
}

/// Completes `plan`. `loaded` are the names on the certificates that were loaded by hand
/// (`apps.tls.certificates`): what they cover is not managed, unless a server ignores them.
pub fn complete(mut plan: Plan, loaded: &[String]) -> Result<Completed, CompleteError> {
    let certificates = plan
        .apps
        .tls
        .as_ref()
        .and_then(|tls| tls.certificates.as_ref());
    let asked_for: BTreeSet<String> = certificates
        .map(|all| all.automate.iter().cloned().collect())
        .unwrap_or_default();
    let mut managed = asked_for.clone();
    if let Some(http) = &mut plan.apps.http {
        let mut found = servers::switch_tls_on(http, loaded)?;
        managed.append(&mut found.managed);
        redirects::add(http, &found.redirects, !managed.is_empty());
    }
    issuers::name(&mut plan, &managed);
    let is_wanted = |name: &String| asked_for.contains(name) || !is_under_wildcard(name, &managed);
    let managed = managed
        .iter()
        .filter(|name| is_wanted(name))
        .cloned()
        .collect();
    Ok(Completed { plan, managed })
}

/// Whether a managed wildcard makes a certificate of its own needless.
fn is_under_wildcard(name: &str, managed: &BTreeSet<String>) -> bool {
    let Some((_, parent)) = name.split_once('.') else {
        return false;
    };
    let wildcard = format!("*.{parent}");
    wildcard != name && managed.contains(&wildcard) && names::covers(&wildcard, name)
}

#[cfg(test)]
mod tests;
