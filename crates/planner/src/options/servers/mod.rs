//! `servers [ADDRESS] { … }`: settings of the servers at one socket, or at all. Caddy:
//! `httpcaddyfile/serveroptions.go`.

mod apply;
mod settings;
mod timeouts;
mod wrappers;

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::http::{Metrics, Server};

use super::Options;
use crate::args::Line;
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

pub(crate) use apply::{apply, check_names, renamed};

/// One `servers` line.
#[derive(Debug)]
pub(crate) struct ServerOptions {
    /// The socket it is about; all of them if empty.
    address: String,
    /// What the servers are called.
    name: Option<Word>,
    /// What the servers get; the fields that no option sets are not looked at.
    server: Server,
    log_credentials: bool,
    trace: bool,
    metrics: Option<Metrics>,
    /// Fields of a server, and where they were written.
    fields: Vec<(&'static str, Span)>,
    span: Span,
}

const SUBDIRECTIVES: &[Sub<ServerOptions>] = &[
    Sub::new("name", settings::name),
    Sub::new("listener_wrappers", wrappers::listener).adapts_only(),
    Sub::new("packet_conn_wrappers", wrappers::packet),
    Sub::new("timeouts", timeouts::read).adapts_only(),
    Sub::new("keepalive_interval", settings::keepalive_interval)
        .on_value("parsing keepalive interval duration: $why")
        .adapts_only(),
    Sub::new("keepalive_idle", settings::keepalive_idle)
        .on_value("parsing keepalive idle duration: $why")
        .adapts_only(),
    Sub::new("keepalive_count", settings::keepalive_count)
        .on_value("parsing keepalive count int: $why")
        .adapts_only(),
    Sub::new("max_header_size", settings::max_header_size)
        .on_value("parsing max_header_size: $why")
        .counts_taken()
        .adapts_only(),
    Sub::new("enable_full_duplex", settings::enable_full_duplex)
        .counts()
        .adapts_only(),
    Sub::new("log_credentials", settings::log_credentials).counts(),
    Sub::new("trace", settings::trace).counts().adapts_only(),
    Sub::new("0rtt", settings::early_data)
        .on_value("unsupported 0rtt argument '$value' (only 'off' is supported)"),
    Sub::new("strict_sni_host", settings::strict_sni_host)
        .on_value("strict_sni_host only supports 'on' or 'insecure_off', got '$value'")
        .adapts_only(),
    Sub::new("trusted_proxies", settings::trusted_proxies)
        .on_few("trusted_proxies expects an IP range source module name as its first argument"),
    Sub::new("trusted_proxies_strict", settings::trusted_proxies_strict).counts(),
    Sub::new("trusted_proxies_unix", settings::trusted_proxies_unix).counts(),
    Sub::new("client_ip_headers", settings::client_ip_headers),
    Sub::new(
        "expected_underscore_headers",
        settings::expected_underscore_headers,
    )
    .adapts_only(),
    Sub::new("expected_dot_headers", settings::expected_dot_headers).adapts_only(),
    Sub::new("metrics", settings::metrics).adapts_only(),
    Sub::new("protocols", settings::protocols),
    Sub::others("unrecognized servers option '$value'").reads_on(),
];

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

/// The subdirectives of `timeouts`.
pub(crate) fn timeout_words() -> Vec<Known> {
    timeouts::words()
}

/// The subdirectives of `listener_wrappers`.
pub(crate) fn wrapper_words() -> Vec<Known> {
    wrappers::words()
}

/// Reads the line.
pub(super) fn read(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(1)?;
    let address = line.args.first().map_or("", |word| &word.text);
    let mut all = options.servers.iter();
    if let Some(first) = all.find(|known| known.address == address) {
        return Err(errors::servers_twice(line, address, first.span));
    }
    let mut servers = ServerOptions {
        address: address.to_owned(),
        name: None,
        server: Server::default(),
        log_credentials: false,
        trace: false,
        metrics: None,
        fields: Vec::new(),
        span: line.span(),
    };
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut servers,
        diagnostics,
    );
    // The longest address first, and that for all last; the order in the file decides the rest.
    let longer = |known: &ServerOptions| known.address.len() >= servers.address.len();
    let at = options.servers.partition_point(longer);
    options.servers.insert(at, servers);
    Ok(())
}

impl ServerOptions {
    /// Whether they are about a server that listens at `addresses`.
    fn is_for(&self, addresses: &[String]) -> bool {
        self.address.is_empty() || addresses.contains(&self.address)
    }

    /// Remembers where a field was written.
    fn wrote(&mut self, field: &'static str, line: Line<'_>) {
        self.fields.push((field, line.span()));
    }
}
