//! Connection policies: which rustls configuration serves a handshake, by the server name the
//! client asks for. Built once per generation; the first policy that matches serves.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use evenkeel_net::Clock;
use rustls::crypto::CryptoProvider;
use rustls::server::{ClientHello, NoServerSessionStorage, ProducesTickets};
use rustls::{ServerConfig, SupportedProtocolVersion};
use rustls_acme::is_tls_alpn_challenge;

use crate::challenge::Challenges;
use crate::index::CertificateIndex;
use crate::resolver::Resolver;
use crate::settings::PolicySettings;
use crate::subject;

/// What a handshake is to go on with.
#[derive(Debug, Clone)]
pub enum Selected {
    /// An ordinary connection.
    Config(Arc<ServerConfig>),
    /// An ACME server checks a TLS-ALPN-01 challenge: finish the handshake, then close.
    Challenge(Arc<ServerConfig>),
    /// Nothing fits: close.
    None,
}

/// A server's policies could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the TLS connection policy {policy} cannot be set up")]
pub struct PolicyError {
    /// Its place in the list.
    pub policy: usize,
    /// Why.
    pub source: rustls::Error,
}

/// The policies of one server. Immutable.
#[derive(Debug)]
pub struct Handshakes {
    policies: Box<[Policy]>,
    /// The first policy that names a server name exactly.
    exact: HashMap<Box<str>, usize>,
    /// Policies that match by wildcard or always, in order.
    others: Box<[usize]>,
    challenges: Challenges,
}

#[derive(Debug)]
struct Policy {
    config: Arc<ServerConfig>,
    resolver: Resolver,
    /// Wildcard names; an empty `sni` matches always.
    wildcards: Box<[String]>,
    is_general: bool,
}

/// What all servers of a process share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) provider: Arc<CryptoProvider>,
    pub(crate) tickets: Arc<dyn ProducesTickets>,
    pub(crate) index: CertificateIndex,
    pub(crate) challenges: Challenges,
    pub(crate) clock: Clock,
}

impl Handshakes {
    /// Builds a server's policies; an empty list stands for one policy with the defaults.
    pub(crate) fn build(settings: &[PolicySettings], shared: &Shared) -> Result<Self, PolicyError> {
        let default = [PolicySettings::default()];
        let settings = if settings.is_empty() {
            &default
        } else {
            settings
        };
        let build = |(place, settings)| {
            Policy::build(settings, shared).map_err(|source| PolicyError {
                policy: place,
                source,
            })
        };
        let policies: Box<[Policy]> = settings
            .iter()
            .enumerate()
            .map(build)
            .collect::<Result<_, _>>()?;
        let mut exact = HashMap::new();
        for (place, settings) in settings.iter().enumerate() {
            for name in settings.sni.iter().filter(|name| !name.contains('*')) {
                exact
                    .entry(name.to_ascii_lowercase().into())
                    .or_insert(place);
            }
        }
        let is_other = |policy: &Policy| policy.is_general || !policy.wildcards.is_empty();
        let others = policies
            .iter()
            .enumerate()
            .filter(|(_, policy)| is_other(policy));
        let others = others.map(|(place, _)| place).collect();
        Ok(Self {
            exact,
            others,
            challenges: shared.challenges.clone(),
            policies,
        })
    }

    /// The configuration for this ClientHello. `local` is the address the client connected to: it
    /// chooses the certificate when the client names no server, as browsers do for addresses.
    pub fn select(&self, hello: &ClientHello<'_>, local: Option<IpAddr>) -> Selected {
        let sni = hello.server_name();
        if is_tls_alpn_challenge(hello) {
            let answer = sni.and_then(|name| self.challenges.tls_alpn_01(name));
            return answer.map_or(Selected::None, Selected::Challenge);
        }
        self.config_for(sni, local)
            .map_or(Selected::None, Selected::Config)
    }

    /// The configuration for an ordinary handshake.
    pub fn config_for(
        &self,
        sni: Option<&str>,
        local: Option<IpAddr>,
    ) -> Option<Arc<ServerConfig>> {
        let policy = &self.policies[self.place_for(sni.unwrap_or_default())?];
        match (sni, local) {
            (None, Some(address)) => {
                let mut config = ServerConfig::clone(&policy.config);
                config.cert_resolver = Arc::new(policy.resolver.for_address(address));
                Some(Arc::new(config))
            }
            _ => Some(Arc::clone(&policy.config)),
        }
    }

    fn place_for(&self, sni: &str) -> Option<usize> {
        let exact = self.exact.get(sni).copied();
        let matches = |policy: &Policy| {
            policy.is_general
                || policy
                    .wildcards
                    .iter()
                    .any(|name| subject::covers(name, sni))
        };
        let first_other = self
            .others
            .iter()
            .copied()
            .find(|place| matches(&self.policies[*place]));
        match (exact, first_other) {
            (Some(exact), Some(other)) => Some(exact.min(other)),
            (exact, other) => exact.or(other),
        }
    }
}

impl Policy {
    fn build(settings: &PolicySettings, shared: &Shared) -> Result<Self, rustls::Error> {
        let resolver = Resolver {
            index: shared.index.clone(),
            clock: shared.clock.clone(),
            any_tag: settings.any_tag.clone().into(),
            address: None,
        };
        let versions: Vec<&SupportedProtocolVersion> = settings.versions.list();
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&shared.provider))
            .with_protocol_versions(&versions)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(resolver.clone()));
        config.alpn_protocols = settings
            .alpn
            .iter()
            .map(|name| name.clone().into_bytes())
            .collect();
        // The server's order puts AES first where the hardware has it.
        config.ignore_client_order = true;
        // Stateless tickets, the same for all workers; no session cache behind a lock.
        config.ticketer = Arc::clone(&shared.tickets);
        config.session_storage = Arc::new(NoServerSessionStorage {});
        // No 0-RTT: a replayed request would reach the upstream twice.
        config.max_early_data_size = 0;
        let wildcards = settings
            .sni
            .iter()
            .filter(|name| name.contains('*'))
            .cloned()
            .collect();
        Ok(Self {
            config: Arc::new(config),
            resolver,
            wildcards,
            is_general: settings.sni.is_empty(),
        })
    }
}

#[cfg(test)]
mod tests;
