//! One server: listeners and routes. Caddy: `modules/caddyhttp/server.go`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Route;
use crate::is_default;
use crate::tls::ConnectionPolicy;

/// Listeners and what is done with what they accept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Network addresses, in Caddy's notation.
    #[serde(skip_serializing_if = "is_default")]
    pub listen: Vec<String>,
    /// Routes, tried in order.
    #[serde(skip_serializing_if = "is_default")]
    pub routes: Vec<Route>,
    /// Policies for TLS; plain HTTP if absent. An empty list switches TLS on in Caddy, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_connection_policies: Option<Vec<ConnectionPolicy>>,
    /// What automatic HTTPS does for this server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic_https: Option<AutomaticHttps>,
    /// The access log; off if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs: Option<ServerLogs>,
    /// `h1`, `h2`, `h2c`, `h3`; `h1 h2 h3` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub protocols: Vec<String>,
    /// The protocols of each of `listen`, where they are not those of the server.
    #[serde(skip_serializing_if = "is_default")]
    pub listen_protocols: Vec<Option<Vec<String>>>,
    /// What answers when a route fails; the status alone if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<ErrorRoutes>,
    /// Routes by name, for `invoke`.
    #[serde(skip_serializing_if = "is_default")]
    pub named_routes: BTreeMap<String, Route>,
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
