//! The TLS app: certificates and how they are obtained. Caddy: `modules/caddytls/tls.go`.

mod automation;
mod certificates;
mod challenges;
mod client_auth;
mod connection_policy;
mod dns;
mod ech;
mod issuers;
mod session_tickets;
mod trust_pool;

use serde::{Deserialize, Serialize};

pub use automation::{Automation, AutomationPolicy, Manager, OnDemand, Permission};
pub use certificates::{
    CertificateFiles, CertificatePem, Certificates, StoredCertificate, StoredCertificates,
};
pub use challenges::{Challenge, Challenges, DnsChallenge};
pub use client_auth::{ClientAuthentication, LeafLoader, Verifier};
pub use connection_policy::{
    CertificateSelection, ConnectionMatcher, ConnectionPolicy, HandshakeContext, LocalAddresses,
    NamePattern, RemoteAddresses,
};
pub use dns::DnsProvider;
pub use ech::{Ech, EchConfiguration, EchDnsPublisher, EchPublication, EchPublishers};
pub use issuers::{
    AcmeIssuer, ChainPreference, ExternalAccount, InternalIssuer, Issuer, NetworkProxy,
    ZeroSslIssuer,
};
pub use session_tickets::{SessionTickets, TicketKeys};
pub use trust_pool::{FetchTls, FetchedPool, TrustPool};

use crate::is_default;

/// Certificates of all servers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct App {
    /// Certificates that are loaded or asked for by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificates: Option<Certificates>,
    /// How certificates are obtained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automation: Option<Automation>,
    /// How sessions are resumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_tickets: Option<SessionTickets>,
    /// How many certificates are kept in memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<CertificateCache>,
    /// No OCSP responses for certificates that were loaded by hand.
    #[serde(skip_serializing_if = "is_default")]
    pub disable_ocsp_stapling: bool,
    /// No test of the storage at the start.
    #[serde(skip_serializing_if = "is_default")]
    pub disable_storage_check: bool,
    /// Expired things stay in the storage.
    #[serde(skip_serializing_if = "is_default")]
    pub disable_storage_clean: bool,
    /// Encrypted `ClientHello`s (RFC 9849).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_client_hello: Option<Ech>,
    /// The DNS provider for everything that does not name its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<DnsProvider>,
    /// DNS servers for everything that does not name its own.
    #[serde(skip_serializing_if = "is_default")]
    pub resolvers: Vec<String>,
}

/// The cache of certificates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificateCache {
    /// The most certificates; 10,000 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub capacity: u32,
}
