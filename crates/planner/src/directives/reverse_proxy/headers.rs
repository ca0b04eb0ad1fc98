//! `header_up` and `header_down`: edits of header fields on the way to and from an upstream.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::handlers::reverse_proxy::{ReverseProxy, Transport};

use super::Proxy;
use crate::args::Line;
use crate::directives::header;
use crate::errors::{self, Finding, Read};

/// `header_up [+|-]FIELD [VALUE|FIND [REPLACE]]`.
pub(super) fn up(line: Line<'_>, proxy: &mut Proxy, diagnostics: &mut Diagnostics) -> Read<()> {
    if let Some(rule) = default_of(line) {
        diagnostics.push(errors::unnecessary_header(line, rule).into());
    }
    header::proxy_operation(line, &mut proxy.up, diagnostics)
}

/// The rule of `check` about a field that is sent so anyway, if the line sets one. Caddy warns of
/// the same, and of these values only.
fn default_of(line: Line<'_>) -> Option<&'static str> {
    let [field, value] = line.args else {
        return None;
    };
    let value = value.text.strip_prefix('{')?.strip_suffix('}')?;
    let value = value.strip_prefix("http.request.").unwrap_or(value);
    match (field.text.to_ascii_lowercase().as_str(), value) {
        ("x-forwarded-for", "remote" | "remote_host" | "remote.host") => {
            Some("forwarded-for-is-default")
        }
        ("x-forwarded-proto", "scheme") => Some("forwarded-proto-is-default"),
        ("x-forwarded-host", "host" | "hostport") => Some("forwarded-host-is-default"),
        _ => None,
    }
}

/// What there is to say of `Host` in a whole proxy whose upstreams get their own name as `Host`
/// anyway. Caddy says it without a line.
pub(super) fn host_of_upstream(line: Line<'_>, handler: &ReverseProxy) -> Option<Finding> {
    let Some(Transport::Http(transport)) = &handler.transport else {
        return None;
    };
    transport.tls.as_ref()?;
    let set = &handler.headers.as_ref()?.request.as_ref()?.set;
    if set.get("Host")?.as_slice() != [UPSTREAM_HOSTPORT] {
        return None;
    }
    let lines = line.block.into_iter().flat_map(|block| &block.lines);
    let mut up = lines.map(Line::from).filter(|line| {
        let field = line.args.first();
        line.name.text == "header_up"
            && field.is_some_and(|field| field.text.eq_ignore_ascii_case("Host"))
    });
    up.next_back().map(errors::unnecessary_host)
}

/// What Caddy sends by itself to an upstream over TLS.
const UPSTREAM_HOSTPORT: &str = "{http.reverse_proxy.upstream.hostport}";

/// `header_down [+|-]FIELD [VALUE|FIND [REPLACE]]`.
pub(super) fn down(line: Line<'_>, proxy: &mut Proxy, diagnostics: &mut Diagnostics) -> Read<()> {
    header::proxy_operation(line, &mut proxy.down, diagnostics)
}
