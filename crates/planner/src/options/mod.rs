//! Global options: the block at the top of a file without a name.

mod admin;
mod auto_https;
mod metrics;
mod on_demand;
mod pki;
mod plugins;
pub(crate) mod servers;
mod single;
mod storage;
mod tls;

use std::collections::BTreeMap;

use evenkeel_caddyfile::ast::{Block, Word};
use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::http::Metrics;
use evenkeel_plan::value::Duration;
use evenkeel_plan::{Admin, Storage, events, pki as pki_plan};

pub(crate) use admin::admin;
use auto_https::AutoHttps;
use servers::ServerOptions;
pub(crate) use tls::AcmeDns;
use tls::TlsOptions;

pub(crate) use storage::read_storage;

use crate::directives::bind::{self, Bind};
use crate::directives::log;
use crate::errors;
use crate::logs::TracedLog;
use crate::order::{self, Order};
use crate::origins::Origins;
use crate::subdirective::{Sub, read_options};
use crate::vocabulary::{self, Known};

pub(crate) use metrics::words as metrics_words;
pub(crate) use pki::{app as pki_app, words as pki_words};
pub(crate) use servers::{timeout_words, words as server_words, wrapper_words};

/// What the global options say.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) http_port: Option<i64>,
    pub(crate) https_port: Option<i64>,
    pub(crate) email: Option<String>,
    pub(crate) acme_ca: Option<String>,
    pub(crate) acme_ca_root: Option<String>,
    /// Where it is said that all certificates are of the local authority.
    pub(crate) local_certs: Option<Span>,
    /// What is said about certificates and connections besides.
    pub(crate) tls: TlsOptions,
    pub(crate) storage: Option<Storage>,
    pub(crate) grace_period: Duration,
    pub(crate) debug: bool,
    pub(crate) logs: BTreeMap<String, TracedLog>,
    pub(crate) auto_https: AutoHttps,
    /// Where directives come in their blocks.
    pub(crate) order: Order,
    /// Where sites without `bind` listen; on all interfaces if empty.
    pub(crate) default_bind: Vec<Bind>,
    admin: Option<Admin>,
    persist_config_off: bool,
    /// The longest address first, that for all servers last.
    servers: Vec<ServerOptions>,
    /// What is counted about requests.
    pub(crate) metrics: Option<Metrics>,
    /// How long a stop waits before it begins.
    pub(crate) shutdown_delay: Duration,
    /// Subscriptions, of which only plugins can have any.
    pub(crate) events: Option<events::App>,
    pki: pki_plan::App,
    skip_install_trust: bool,
    /// Where options stand that something may fail at later.
    pub(crate) origins: Origins,
}

impl Options {
    /// The port of plain HTTP; there may be none like it.
    pub(crate) fn http_port(&self) -> i64 {
        self.http_port.unwrap_or(80)
    }

    /// The port of HTTPS; there may be none like it.
    pub(crate) fn https_port(&self) -> i64 {
        self.https_port.unwrap_or(443)
    }
}

/// All options Caddy knows. Caddy: `httpcaddyfile/options.go`.
const OPTIONS: &[Sub<Options>] = &[
    Sub::new("acme_ca", single::acme_ca),
    Sub::new("acme_ca_root", single::acme_ca_root),
    Sub::new("acme_dns", tls::acme_dns).adapts_only(),
    Sub::new("acme_eab", tls::acme_eab).adapts_only(),
    Sub::new("admin", admin::read),
    Sub::new("auto_https", auto_https::read),
    Sub::new("cert_issuer", tls::cert_issuer),
    Sub::new("cert_lifetime", tls::cert_lifetime)
        .on_value_anywhere("$why")
        .adapts_only(),
    Sub::new("debug", single::debug),
    Sub::new("default_bind", bind::option).adapts_only(),
    Sub::new("default_sni", tls::default_sni).adapts_only(),
    Sub::plugins("dns", tls::dns),
    Sub::new("ech", tls::ech).adapts_only(),
    Sub::new("email", single::email),
    Sub::new("events", plugins::events).adapts_only(),
    Sub::new("fallback_sni", tls::fallback_sni).adapts_only(),
    Sub::plugins("filesystem", plugins::filesystem),
    Sub::new("grace_period", single::grace_period).on_value_anywhere("$why"),
    Sub::new("http_port", single::http_port)
        .on_value("converting port '$value' to integer value: $why")
        .counts_taken(),
    Sub::new("https_port", single::https_port)
        .on_value("converting port '$value' to integer value: $why")
        .counts_taken(),
    Sub::new("key_type", tls::key_type).adapts_only(),
    Sub::new("local_certs", single::local_certs),
    Sub::new("log", log::option),
    Sub::new("metrics", metrics::read).adapts_only(),
    Sub::new("ocsp_interval", tls::ocsp_interval)
        .on_value_anywhere("$why")
        .adapts_only(),
    Sub::new("ocsp_stapling", tls::ocsp_stapling)
        .on_value("invalid argument '$value'")
        .counts_taken(),
    Sub::new("on_demand_tls", on_demand::read).adapts_only(),
    Sub::new("order", order::option).on_value("unknown positional '$value'"),
    Sub::new("persist_config", single::persist_config).on_value("persist_config must be 'off'"),
    Sub::new("pki", pki::read).adapts_only(),
    Sub::new("preferred_chains", tls::preferred_chains).adapts_only(),
    Sub::new("renew_interval", tls::renew_interval)
        .on_value_anywhere("$why")
        .adapts_only(),
    Sub::new("renewal_window_ratio", tls::renewal_window_ratio).adapts_only(),
    Sub::new("servers", servers::read),
    Sub::new("shutdown_delay", single::shutdown_delay)
        .on_value_anywhere("$why")
        .adapts_only(),
    Sub::new("skip_install_trust", pki::skip_install_trust),
    Sub::new("storage", storage::read),
    Sub::new("storage_check", tls::storage_check).on_value("storage_check must be 'off'"),
    Sub::new("storage_clean_interval", tls::storage_clean_interval)
        .on_value("failed to parse storage_clean_interval, must be a duration or 'off' $why")
        .adapts_only(),
    Sub::new("tls_automate_names", tls::automate_names),
    Sub::new("tls_resolvers", tls::resolvers).adapts_only(),
    Sub::others("unexpected token '$value', expecting argument"),
];

/// The options, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(OPTIONS)
}

/// Reads the options block, if there is one.
pub(crate) fn lower(block: Option<&Block>, diagnostics: &mut Diagnostics) -> Options {
    let mut options = Options::default();
    let unknown = |word: &Word| errors::unknown_option(word, OPTIONS.iter().map(|row| row.name));
    read_options(block, OPTIONS, &mut options, diagnostics, &unknown);
    options
}
