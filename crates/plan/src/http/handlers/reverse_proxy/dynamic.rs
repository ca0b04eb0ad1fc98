//! Upstreams that are looked up. Caddy: `upstreams.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Duration;

/// A source of upstreams, named by `source`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum DynamicUpstreams {
    /// Address records.
    A(FromAddresses),
    /// Service records.
    Srv(FromServices),
    /// All of several sources.
    Multi {
        /// The sources.
        #[serde(default, skip_serializing_if = "is_default")]
        sources: Vec<Self>,
    },
}

/// `A` and `AAAA` records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FromAddresses {
    /// The name; may hold placeholders.
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    /// The port; 80 if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub port: String,
    /// How long an answer is kept; 1 min if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub refresh: Duration,
    /// Who is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver: Option<Resolver>,
    /// How long connecting to a resolver may take.
    #[serde(skip_serializing_if = "is_default")]
    pub dial_timeout: Duration,
    /// When the other address family is tried as well.
    #[serde(skip_serializing_if = "is_default")]
    pub dial_fallback_delay: Duration,
    /// Which addresses are asked for; both families if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<AddressFamilies>,
}

/// `SRV` records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FromServices {
    /// The service, without its underscore.
    #[serde(skip_serializing_if = "is_default")]
    pub service: String,
    /// The protocol, without its underscore.
    #[serde(skip_serializing_if = "is_default")]
    pub proto: String,
    /// The name; the whole name if service and protocol are empty.
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    /// How long an answer is kept; 1 min if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub refresh: Duration,
    /// How long an old answer serves when there is no new one.
    #[serde(skip_serializing_if = "is_default")]
    pub grace_period: Duration,
    /// Who is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver: Option<Resolver>,
    /// How long connecting to a resolver may take.
    #[serde(skip_serializing_if = "is_default")]
    pub dial_timeout: Duration,
    /// When the other address family is tried as well.
    #[serde(skip_serializing_if = "is_default")]
    pub dial_fallback_delay: Duration,
    /// The network of the upstreams; `tcp` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub dial_network: String,
}

/// Name servers to ask instead of those of the system.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resolver {
    /// Their addresses.
    #[serde(skip_serializing_if = "is_default")]
    pub addresses: Vec<String>,
}

/// Families of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AddressFamilies {
    /// `A` records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv4: Option<bool>,
    /// `AAAA` records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<bool>,
}
