//! Caddy's JSON configuration as types: what was asked, and nothing but data.
//!
//! Field names and nesting mirror Caddy's JSON one to one. Values with a notation of their own
//! (durations, addresses, status codes) are newtypes that parse on construction; fields that hold
//! their default are left out when writing. Unknown fields are refused, never ignored.

pub mod admin;
pub mod document;
pub mod events;
pub mod filesystems;
pub mod http;
pub mod logging;
mod module;
pub mod pki;
pub mod placeholders;
pub mod storage;
pub mod tls;
pub mod value;

use serde::{Deserialize, Serialize};

pub use admin::Admin;
pub use document::{DocumentError, from_document, parse, parse_document};
pub use logging::Logging;
pub use storage::Storage;

/// One configuration. Caddy: the top-level JSON object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// The admin endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin: Option<Admin>,
    /// Process and access logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging: Option<Logging>,
    /// Where certificates and accounts are kept; the default data directory if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
    /// What runs.
    #[serde(skip_serializing_if = "Apps::is_empty")]
    pub apps: Apps,
}

/// The apps of a plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Apps {
    /// File systems that are not the machine's.
    #[serde(rename = "caddy.filesystems", skip_serializing_if = "Option::is_none")]
    pub filesystems: Option<filesystems::App>,
    /// Who is told what happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<events::App>,
    /// HTTP servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<http::App>,
    /// Local authorities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pki: Option<pki::App>,
    /// Certificates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<tls::App>,
}

impl Apps {
    /// Whether nothing is configured.
    pub const fn is_empty(&self) -> bool {
        self.filesystems.is_none()
            && self.events.is_none()
            && self.http.is_none()
            && self.pki.is_none()
            && self.tls.is_none()
    }
}

/// For `skip_serializing_if`: Go's `omitempty` leaves out zero values.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
