//! Server by server: the names to manage, TLS, and where redirects lead.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_plan::http::{App, AutomaticHttps, Route, Server};
use evenkeel_plan::tls::ConnectionPolicy;
use evenkeel_plan::value::{Network, NetworkAddress};

use super::CompleteError;
use crate::names;

/// What was found in the servers.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Names to obtain certificates for.
    pub(super) managed: BTreeSet<String>,
    /// Hosts (empty: any) and the addresses their HTTPS listens on.
    pub(super) redirects: BTreeMap<String, Vec<NetworkAddress>>,
}

/// Goes through the servers in the order of their names.
pub(super) fn switch_tls_on(app: &mut App, loaded: &[String]) -> Result<Found, CompleteError> {
    let plain_port = app.http_port();
    let tls_port = app.https_port();
    let mut found = Found::default();
    for (name, server) in &mut app.servers {
        let listeners = listeners(name, server)?;
        let settings = server.automatic_https.clone().unwrap_or_default();
        if settings.disable || all_on(&listeners, plain_port) {
            continue;
        }
        if server.tls_connection_policies.is_none() && all_on(&listeners, tls_port) {
            server.tls_connection_policies = Some(vec![ConnectionPolicy::default()]);
        }
        let hosts = hosts(server, &settings);
        if hosts.is_empty() && !speaks_tls(server) {
            continue;
        }
        if !settings.disable_certificates {
            let is_loaded = |host: &str| {
                !settings.ignore_loaded_certificates
                    && loaded.iter().any(|pattern| names::covers(pattern, host))
            };
            let managed = hosts.iter().filter(|host| {
                names::qualifies(host)
                    && !settings.skip_certificates.contains(host)
                    && !is_loaded(host)
            });
            found.managed.extend(managed.cloned());
        }
        if !speaks_tls(server) {
            server.tls_connection_policies = Some(vec![ConnectionPolicy::default()]);
        }
        if !settings.disable_redirects {
            found.remember(&listeners, &hosts, tls_port);
        }
    }
    Ok(found)
}

impl Found {
    /// A host keeps one port: the port of HTTPS if it is served there, else the first.
    fn remember(
        &mut self,
        listeners: &[NetworkAddress],
        hosts: &BTreeSet<String>,
        https_port: u16,
    ) {
        let any_host = BTreeSet::from([String::new()]);
        let hosts = if hosts.is_empty() { &any_host } else { hosts };
        let listeners = listeners
            .iter()
            .filter(|address| address.network != Network::Unix);
        for address in listeners {
            let is_standard = address.port_or(0) == https_port;
            for host in hosts {
                let known = self.redirects.entry(host.clone()).or_default();
                let has_standard = known.first().is_some_and(|a| a.port_or(0) == https_port);
                if host.is_empty() || known.is_empty() || (is_standard && has_standard) {
                    known.push(address.clone());
                } else if is_standard {
                    *known = vec![address.clone()];
                }
            }
        }
    }
}

fn listeners(name: &str, server: &Server) -> Result<Vec<NetworkAddress>, CompleteError> {
    let parse = |address: &String| {
        NetworkAddress::parse(address).map_err(|source| CompleteError::Listen {
            server: name.to_owned(),
            address: address.clone(),
            source,
        })
    };
    server.listen.iter().map(parse).collect()
}

/// Whether no listener could be anything but this port.
fn all_on(listeners: &[NetworkAddress], port: u16) -> bool {
    let is_on = |address: &NetworkAddress| {
        address
            .ports
            .as_ref()
            .is_some_and(|ports| ports.contains(&port))
    };
    listeners.iter().all(is_on)
}

fn speaks_tls(server: &Server) -> bool {
    server
        .tls_connection_policies
        .as_ref()
        .is_some_and(|policies| !policies.is_empty())
}

/// The hosts that the top routes ask for, without those left out.
fn hosts(server: &Server, settings: &AutomaticHttps) -> BTreeSet<String> {
    let sets = server
        .routes
        .iter()
        .flat_map(|route: &Route| &route.matcher_sets);
    let hosts = sets.flat_map(|set| &set.host);
    hosts
        .filter(|host| !settings.skip.contains(host))
        .cloned()
        .collect()
}
