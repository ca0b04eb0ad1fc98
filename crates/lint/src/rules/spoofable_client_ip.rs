//! A client's address taken from a field that the client can send.

use evenkeel_diagnostics::{Severity, shorten};

use crate::rule::{Report, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    id: "spoofable-client-ip",
    severity: Severity::Security,
    why: "a client that reaches this server directly can send the field with any address in it",
    instead: "name the proxies in front with `servers { trusted_proxies static …; client_ip_headers … }`, and write `{client_ip}`",
    look,
};

fn look(subject: &Subject<'_>, report: Report<'_>) {
    let trusts = subject
        .inside_option("servers")
        .any(|line| line.name.text == "trusted_proxies");
    if trusts {
        return;
    }
    for proxy in &subject.proxies {
        for up in proxy.headers_up() {
            let is_address = ADDRESS_FIELDS
                .iter()
                .any(|field| up.field.eq_ignore_ascii_case(field));
            let Some(from) = source(&up.value.text).filter(|_| is_address) else {
                continue;
            };
            let message = format!(
                "the client's address comes from the field `{}`",
                shorten(from)
            );
            report(RULE.at(
                up.value.span,
                message,
                "sent by the client, or by a proxy in front",
            ));
        }
    }
}

/// Fields by which upstreams know the client.
const ADDRESS_FIELDS: [&str; 5] = [
    "X-Forwarded-For",
    "X-Real-IP",
    "X-Client-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
];

/// The field of the request that the value is.
fn source(value: &str) -> Option<&str> {
    let name = value.strip_prefix('{')?.strip_suffix('}')?;
    name.strip_prefix("header.")
        .or_else(|| name.strip_prefix("http.request.header."))
}
