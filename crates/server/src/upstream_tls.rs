//! TLS towards upstreams for the proxy: what `proxy` asks for, made by `tls`.

use std::error::Error;

use evenkeel_plan::http::handlers::reverse_proxy::TransportTls;
use evenkeel_proxy::ClientTls;
use evenkeel_tls::{LoadUpstream, UpstreamTlsError};

/// The local authority whose root upstreams may be trusted by. Caddy: `pki_root local`.
pub(crate) const LOCAL_AUTHORITY: &str = "local";

/// Loads what a plan says, with all files that it names. `local_root` is the local authority's
/// root as PEM, if there is one yet.
pub(crate) fn load(plan: &TransportTls, local_root: Option<&[u8]>) -> Result<ClientTls, String> {
    let load = LoadUpstream {
        authority: &|id| local_root.filter(|_| id == LOCAL_AUTHORITY).map(Into::into),
        files: true,
    };
    client(&load, plan)
}

/// Checks what a plan says and reads no file; what it gives trusts nobody.
pub(crate) fn check(plan: &TransportTls) -> Result<ClientTls, String> {
    let load = LoadUpstream {
        authority: &|_| None,
        files: false,
    };
    client(&load, plan)
}

fn client(load: &LoadUpstream<'_>, plan: &TransportTls) -> Result<ClientTls, String> {
    let loaded = load.load(plan).map_err(|error| explain(&error))?;
    Ok(ClientTls {
        config: loaded.config,
        fingerprint: loaded.fingerprint,
    })
}

/// The error with its causes on one line.
fn explain(error: &UpstreamTlsError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    text
}
