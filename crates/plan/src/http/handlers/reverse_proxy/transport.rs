//! How a request is carried upstream. Caddy: `httptransport.go`.

use serde::{Deserialize, Serialize};

use super::{FastCgiTransport, Resolver, TransportTls};
use crate::is_default;
use crate::value::Duration;

/// A transport, named by `protocol`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "protocol", rename_all = "snake_case")]
pub enum Transport {
    /// HTTP.
    Http(Box<HttpTransport>),
    /// `FastCGI`.
    #[serde(rename = "fastcgi")]
    FastCgi(FastCgiTransport),
}

/// Settings of the HTTP transport.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpTransport {
    /// Who is asked for the addresses of upstreams; the system if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver: Option<Resolver>,
    /// TLS; none if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<TransportTls>,
    /// Idle connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_alive: Option<KeepAlive>,
    /// Whether compression is asked for where the client asked for none; yes if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<bool>,
    /// How many connections one upstream may have; any number if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_conns_per_host: i64,
    /// `v1` or `v2`: tell the upstream the client's address; not if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub proxy_protocol: String,
    /// The URL of a forward proxy (deprecated).
    #[serde(skip_serializing_if = "is_default")]
    pub forward_proxy_url: String,
    /// A forward proxy; the environment's if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_proxy: Option<NetworkProxy>,
    /// How long a dial may take, name look-up included; 3 s if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub dial_timeout: Duration,
    /// When the other address family is tried as well; 300 ms if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub dial_fallback_delay: Duration,
    /// How long the head of a response may be awaited; without bound if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub response_header_timeout: Duration,
    /// How long `100 Continue` is awaited; not at all if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub expect_continue_timeout: Duration,
    /// The most bytes the head of a response may have; 10 MiB if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_response_header_size: i64,
    /// The bytes of a write buffer; 4 KiB if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub write_buffer_size: i64,
    /// The bytes of a read buffer; 4 KiB if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub read_buffer_size: i64,
    /// How long one read may take.
    #[serde(skip_serializing_if = "is_default")]
    pub read_timeout: Duration,
    /// How long one write may take.
    #[serde(skip_serializing_if = "is_default")]
    pub write_timeout: Duration,
    /// `1.1`, `2`, `h2c` and `3`; `1.1 2` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub versions: Vec<String>,
    /// The address to dial from.
    #[serde(skip_serializing_if = "is_default")]
    pub local_address: String,
}

/// A forward proxy, named by `from`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case", deny_unknown_fields)]
pub enum NetworkProxy {
    /// The one at a URL.
    Url {
        /// The URL; may hold placeholders.
        #[serde(default, skip_serializing_if = "is_default")]
        url: String,
    },
    /// None, whatever the environment says.
    None {},
}

/// Idle connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeepAlive {
    /// Whether connections are kept at all; yes if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The pause between the probes of a connection; 30 s if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub probe_interval: Duration,
    /// How many are kept in all; any number if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub max_idle_conns: i64,
    /// How long one is kept; 2 min if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub idle_timeout: Duration,
    /// How many are kept for one upstream; 32 if zero, none if negative.
    #[serde(skip_serializing_if = "is_default")]
    pub max_idle_conns_per_host: i64,
}
