//! Global options: the block at the top of a file without a name.

mod admin;
mod auto_https;
mod metrics;
mod pki;
mod plugins;
pub(crate) mod servers;
mod single;
mod storage;

use std::collections::BTreeMap;

use evenkeel_caddyfile::ast::{Block, Word};
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Metrics;
use evenkeel_plan::value::Duration;
use evenkeel_plan::{Admin, Storage, events, pki as pki_plan};

pub(crate) use admin::admin;
use auto_https::AutoHttps;
use servers::ServerOptions;

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
    pub(crate) http_port: Option<u16>,
    pub(crate) https_port: Option<u16>,
    pub(crate) email: Option<String>,
    pub(crate) acme_ca: Option<String>,
    pub(crate) acme_ca_root: Option<String>,
    pub(crate) local_certs: bool,
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
    /// The port of plain HTTP.
    pub(crate) fn http_port(&self) -> u16 {
        self.http_port.unwrap_or(80)
    }

    /// The port of HTTPS.
    pub(crate) fn https_port(&self) -> u16 {
        self.https_port.unwrap_or(443)
    }
}

/// All options Caddy knows. Caddy: `httpcaddyfile/options.go`.
const OPTIONS: &[Sub<Options>] = &[
    Sub::new("acme_ca", single::acme_ca),
    Sub::new("acme_ca_root", single::acme_ca_root),
    Sub::later("acme_dns"),
    Sub::later("acme_eab"),
    Sub::new("admin", admin::read),
    Sub::new("auto_https", auto_https::read),
    Sub::later("cert_issuer"),
    Sub::later("cert_lifetime"),
    Sub::new("debug", single::debug),
    Sub::new("default_bind", bind::option).adapts_only(),
    Sub::later("default_sni"),
    Sub::later("dns"),
    Sub::later("ech"),
    Sub::new("email", single::email),
    Sub::new("events", plugins::events).adapts_only(),
    Sub::later("fallback_sni"),
    Sub::plugins("filesystem", plugins::filesystem),
    Sub::new("grace_period", single::grace_period),
    Sub::new("http_port", single::http_port),
    Sub::new("https_port", single::https_port),
    Sub::later("key_type"),
    Sub::new("local_certs", single::local_certs),
    Sub::new("log", log::option),
    Sub::new("metrics", metrics::read).adapts_only(),
    Sub::later("ocsp_interval"),
    Sub::later("ocsp_stapling"),
    Sub::later("on_demand_tls"),
    Sub::new("order", order::option),
    Sub::new("persist_config", single::persist_config),
    Sub::new("pki", pki::read).adapts_only(),
    Sub::later("preferred_chains"),
    Sub::later("renew_interval"),
    Sub::later("renewal_window_ratio"),
    Sub::new("servers", servers::read),
    Sub::new("shutdown_delay", single::shutdown_delay).adapts_only(),
    Sub::new("skip_install_trust", pki::skip_install_trust),
    Sub::new("storage", storage::read),
    Sub::later("storage_check"),
    Sub::later("storage_clean_interval"),
    Sub::later("tls_automate_names"),
    Sub::later("tls_resolvers"),
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
