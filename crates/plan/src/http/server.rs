//! One server: listeners and routes. Caddy: `modules/caddyhttp/server.go`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{IpSource, ListenerWrapper, Metrics, Route};
use crate::is_default;
use crate::tls::ConnectionPolicy;
use crate::value::{Duration, Unavailable};

/// Listeners and what is done with what they accept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Network addresses, in Caddy's notation.
    #[serde(skip_serializing_if = "is_default")]
    pub listen: Vec<String>,
    /// What is done with a connection before it is served, outermost first.
    #[serde(skip_serializing_if = "is_default")]
    pub listener_wrappers: Vec<ListenerWrapper>,
    /// The same for packets.
    #[serde(skip_serializing_if = "is_default")]
    pub packet_conn_wrappers: Vec<Unavailable>,
    /// How long reading a whole request may take; without bound if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub read_timeout: Duration,
    /// How long reading the header of a request may take; 1 m if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub read_header_timeout: Duration,
    /// How long a client may send nothing of a body; 1 m if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub read_idle_timeout: Duration,
    /// Bytes a second below which a client counts as silent.
    #[serde(skip_serializing_if = "is_default")]
    pub read_min_rate: i64,
    /// How long writing a whole response may take; without bound if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub write_timeout: Duration,
    /// How long a client may take nothing of a response; 1 m if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub write_idle_timeout: Duration,
    /// Bytes a second below which a client counts as not reading.
    #[serde(skip_serializing_if = "is_default")]
    pub write_min_rate: i64,
    /// Bytes that are written at most at once; 64 KiB if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_write_chunk: i64,
    /// How long a connection may wait for its next request; 5 m if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub idle_timeout: Duration,
    /// Time between two probes of TCP; 15 s if zero, no probes if negative.
    #[serde(skip_serializing_if = "is_default")]
    pub keepalive_interval: Duration,
    /// Time without traffic before the first probe of TCP; 15 s if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub keepalive_idle: Duration,
    /// Probes without an answer after which a connection is given up; 9 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub keepalive_count: i64,
    /// Bytes of the header of a request; 16 KiB if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_header_bytes: i64,
    /// Answer while an HTTP/1 request is still being read.
    #[serde(skip_serializing_if = "is_default")]
    pub enable_full_duplex: bool,
    /// Header fields with an underscore in their names that are not dropped.
    #[serde(skip_serializing_if = "is_default")]
    pub expected_underscore_headers: Vec<String>,
    /// Header fields with a dot in their names that are not dropped.
    #[serde(skip_serializing_if = "is_default")]
    pub expected_dot_headers: Vec<String>,
    /// Routes, tried in order.
    #[serde(skip_serializing_if = "is_default")]
    pub routes: Vec<Route>,
    /// What answers when a route fails; the status alone if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<ErrorRoutes>,
    /// Routes by name, for `invoke`.
    #[serde(skip_serializing_if = "is_default")]
    pub named_routes: BTreeMap<String, Route>,
    /// Policies for TLS; plain HTTP if absent. An empty list switches TLS on in Caddy, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_connection_policies: Option<Vec<ConnectionPolicy>>,
    /// What automatic HTTPS does for this server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic_https: Option<AutomaticHttps>,
    /// Whether `Host` must be the name of the TLS handshake; only with client certificates if
    /// absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict_sni_host: Option<bool>,
    /// Peers whose `X-Forwarded-*` fields are believed; none if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_proxies: Option<IpSource>,
    /// Fields that name the client, the first before the others; `X-Forwarded-For` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub client_ip_headers: Vec<String>,
    /// Above zero: the client is the right-most address that is not trusted, not the left-most.
    #[serde(skip_serializing_if = "is_default")]
    pub trusted_proxies_strict: i64,
    /// Peers on Unix sockets are trusted.
    #[serde(skip_serializing_if = "is_default")]
    pub trusted_proxies_unix: bool,
    /// The access log; off if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs: Option<ServerLogs>,
    /// `h1`, `h2`, `h2c`, `h3`; `h1 h2 h3` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub protocols: Vec<String>,
    /// The protocols of each of `listen`, where they are not those of the server.
    #[serde(skip_serializing_if = "is_default")]
    pub listen_protocols: Vec<Option<Vec<String>>>,
    /// The old place of what is counted; it moved to the app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Metrics>,
    /// Whether TLS 1.3 early data is taken; yes if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_0rtt: Option<bool>,
}

/// What is done when a route fails.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ErrorRoutes {
    /// Routes, tried in order; they see the failure in `{http.error.*}`.
    #[serde(skip_serializing_if = "is_default")]
    pub routes: Vec<Route>,
}

/// Automatic HTTPS, as far as it differs from "everything".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AutomaticHttps {
    /// Nothing at all.
    #[serde(skip_serializing_if = "is_default")]
    pub disable: bool,
    /// No redirects from HTTP.
    #[serde(skip_serializing_if = "is_default")]
    pub disable_redirects: bool,
    /// No certificates.
    #[serde(skip_serializing_if = "is_default")]
    pub disable_certificates: bool,
    /// Hosts that get neither.
    #[serde(skip_serializing_if = "is_default")]
    pub skip: Vec<String>,
    /// Hosts that get no certificate.
    #[serde(skip_serializing_if = "is_default")]
    pub skip_certificates: Vec<String>,
    /// Manage hosts even though a loaded certificate covers them.
    #[serde(skip_serializing_if = "is_default")]
    pub ignore_loaded_certificates: bool,
}

/// Which access logger an exchange goes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerLogs {
    /// Used when no host matches; the unnamed logger if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub default_logger_name: String,
    /// Host to logger names.
    #[serde(skip_serializing_if = "is_default")]
    pub logger_names: BTreeMap<String, LoggerNames>,
    /// Hosts that are not logged.
    #[serde(skip_serializing_if = "is_default")]
    pub skip_hosts: Vec<String>,
    /// Do not log hosts without an entry in `logger_names`.
    #[serde(skip_serializing_if = "is_default")]
    pub skip_unmapped_hosts: bool,
    /// Write `Cookie`, `Authorization` and their like as they are.
    #[serde(skip_serializing_if = "is_default")]
    pub should_log_credentials: bool,
    /// Note each handler that is carried out, for developers.
    #[serde(skip_serializing_if = "is_default")]
    pub trace: bool,
}

/// One name or several; Caddy reads both forms and writes the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "OneOrMany", into = "Vec<String>")]
pub struct LoggerNames(pub Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for LoggerNames {
    fn from(names: OneOrMany) -> Self {
        match names {
            OneOrMany::One(name) => Self(vec![name]),
            OneOrMany::Many(names) => Self(names),
        }
    }
}

impl From<LoggerNames> for Vec<String> {
    fn from(names: LoggerNames) -> Self {
        names.0
    }
}
