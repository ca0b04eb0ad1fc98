//! `servers [ADDRESS] { … }`: settings of the servers at one socket, or at all.

use evenkeel_diagnostics::{Diagnostics, Span};

use super::Options;
use crate::args::Line;
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

const PROTOCOLS: [&str; 4] = ["h1", "h2", "h2c", "h3"];

/// One `servers` line.
#[derive(Debug)]
pub(super) struct ServerOptions {
    protocols: Vec<String>,
    span: Span,
}

const SUBDIRECTIVES: &[Sub<ServerOptions>] = &[
    Sub::new("protocols", protocols),
    Sub::later("name"),
    Sub::later("listener_wrappers"),
    Sub::later("packet_conn_wrappers"),
    Sub::later("timeouts"),
    Sub::later("keepalive_interval"),
    Sub::later("keepalive_idle"),
    Sub::later("keepalive_count"),
    Sub::later("max_header_size"),
    Sub::later("enable_full_duplex"),
    Sub::later("log_credentials"),
    Sub::later("trace"),
    Sub::later("0rtt"),
    Sub::later("strict_sni_host"),
    Sub::later("trusted_proxies"),
    Sub::later("trusted_proxies_strict"),
    Sub::later("trusted_proxies_unix"),
    Sub::later("client_ip_headers"),
    Sub::later("expected_underscore_headers"),
    Sub::later("expected_dot_headers"),
    Sub::later("metrics"),
];

impl Options {
    /// The protocols of the server at `addresses`: of the `servers` line for one of them, the
    /// longest first, or of that for all.
    pub(crate) fn protocols<'a>(&self, addresses: impl Iterator<Item = &'a str>) -> &[String] {
        let known = addresses.filter_map(|address| self.servers.get_key_value(address));
        let named = known.max_by_key(|(address, _)| address.len());
        let named = named.map(|(_, servers)| servers);
        named
            .or_else(|| self.servers.get(""))
            .map_or(&[], |servers| &servers.protocols)
    }
}

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

/// Reads the line.
pub(super) fn read(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    line.at_most(1)?;
    let address = line
        .args
        .first()
        .map(|word| word.text.clone())
        .unwrap_or_default();
    if let Some(first) = options.servers.get(&address) {
        return Err(errors::given_twice(line.name, first.span));
    }
    let mut servers = ServerOptions {
        protocols: Vec::new(),
        span: line.span(),
    };
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut servers,
        diagnostics,
    );
    options.servers.insert(address, servers);
    Ok(())
}

/// `protocols h1|h2|h2c|h3 …`.
fn protocols(line: Line<'_>, servers: &mut ServerOptions, _: &mut Diagnostics) -> Read<()> {
    for word in line.some("a protocol")? {
        if !PROTOCOLS.contains(&word.text.as_str()) {
            let names = PROTOCOLS.into_iter();
            return Err(errors::unknown_value(
                "unknown-protocol",
                "protocol",
                word,
                names,
            ));
        }
        if servers.protocols.contains(&word.text) {
            let message = format!("the protocol `{}` is given twice", word.text);
            return Err(errors::bad_value(word, message, "given before"));
        }
        servers.protocols.push(word.text.clone());
    }
    Ok(())
}
