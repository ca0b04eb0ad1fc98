//! `header_up` and `header_down`: edits of header fields on the way to and from an upstream.

use evenkeel_diagnostics::Diagnostics;

use super::Proxy;
use crate::args::Line;
use crate::directives::header;
use crate::errors::{self, Read};

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
        ("host", "hostport") => Some("host-is-default"),
        ("x-forwarded-for", "remote" | "remote_host" | "remote.host") => {
            Some("forwarded-for-is-default")
        }
        ("x-forwarded-proto", "scheme") => Some("forwarded-proto-is-default"),
        ("x-forwarded-host", "host" | "hostport") => Some("forwarded-host-is-default"),
        _ => None,
    }
}

/// `header_down [+|-]FIELD [VALUE|FIND [REPLACE]]`.
pub(super) fn down(line: Line<'_>, proxy: &mut Proxy, diagnostics: &mut Diagnostics) -> Read<()> {
    header::proxy_operation(line, &mut proxy.down, diagnostics)
}
