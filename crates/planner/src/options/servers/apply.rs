//! Which server gets what a `servers` line says. Caddy: `applyServerOptions`.

use std::collections::BTreeMap;

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::{Metrics, Server};

use super::ServerOptions;
use crate::errors;
use crate::options::Options;
use crate::origins::Origins;

/// No two servers may be called the same, whether there are such servers or not.
pub(crate) fn check_names(options: &Options, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, &Word> = BTreeMap::new();
    let mut names: Vec<&Word> = options
        .servers
        .iter()
        .filter_map(|servers| servers.name.as_ref())
        .collect();
    names.sort_by_key(|name| name.span.start);
    for name in names {
        if let Some(first) = seen.insert(&name.text, name) {
            diagnostics.push(errors::server_name_twice(name, first.span).into());
        }
    }
}

/// Sets on `server` what the first `servers` line says that is about it. Returns what it says about
/// metrics.
pub(crate) fn apply(
    options: &Options,
    server: Server,
    path: &str,
    origins: &mut Origins,
) -> (Server, Option<Metrics>) {
    let mut all = options.servers.iter();
    let Some(found) = all.find(|servers| servers.is_for(&server.listen)) else {
        return (server, None);
    };
    for (field, span) in &found.fields {
        origins.insert(format!("{path}.{field}"), *span);
    }
    let mut logs = server.logs;
    if found.log_credentials {
        logs.get_or_insert_default().should_log_credentials = true;
    }
    if found.trace {
        logs.get_or_insert_default().trace = true;
    }
    let server = Server {
        listen: server.listen,
        listen_protocols: server.listen_protocols,
        routes: server.routes,
        errors: server.errors,
        named_routes: server.named_routes,
        tls_connection_policies: server.tls_connection_policies,
        automatic_https: server.automatic_https,
        logs,
        ..found.server.clone()
    };
    (server, found.metrics)
}

/// What the server at `addresses` is called instead of `srv0`, if a `servers` line says so.
pub(crate) fn renamed<'o>(options: &'o Options, addresses: &[String]) -> Option<&'o str> {
    let mut all = options.servers.iter();
    let found: &ServerOptions = all.find(|servers| servers.is_for(addresses))?;
    let name = found.name.as_ref()?;
    (!name.text.is_empty()).then_some(&name.text)
}
