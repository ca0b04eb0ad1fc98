//! What Caddy warns of, and of which a rule of `check` with the same id says more.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostic, shorten};

use super::Finding;
use crate::args::Line;

/// An old name. `rule` is the id, and the new name.
pub(crate) fn deprecated_by_rule(word: &Word, kind: &str, rule: (&'static str, &str)) -> Finding {
    let (id, instead) = rule;
    let message = format!("`{}` is deprecated", shorten(&word.text));
    Finding::new(
        Diagnostic::warning(id, message)
            .at(word.span, "may go away")
            .help(format!("use `{instead}`")),
    )
    .note(format!(
        "Caddy says: the '{}' {kind} is deprecated, please use '{instead}' instead!",
        word.text
    ))
}

/// A field that every request has without the line. `rule` is that of `check`, which says more.
pub(crate) fn unnecessary_header(line: Line<'_>, rule: &'static str) -> Finding {
    let field = line.args.first().map_or("", |field| &field.text);
    let field = HEADERS.iter().find(|name| name.eq_ignore_ascii_case(field));
    let field = field.copied().unwrap_or_default();
    Finding::new(
        Diagnostic::warning(rule, format!("`{field}` is set without this line"))
            .at(line.span(), "")
            .help("remove it"),
    )
    .note(format!(
        "Caddy says: Unnecessary header_up {field}: the reverse proxy's default behavior is to \
         pass headers to the upstream"
    ))
}

/// `Host` with the name of an upstream over TLS.
pub(crate) fn unnecessary_host(line: Line<'_>) -> Finding {
    let message = "`Host` is the upstream's own name without this line";
    Finding::new(
        Diagnostic::warning("upstream-host-is-default", message)
            .at(line.span(), "")
            .help("remove it"),
    )
    .note(
        "Caddy says: Unnecessary header_up Host: the reverse proxy's default behavior is to pass \
         the configured upstream address to the upstream when proxying to HTTPS",
    )
}

/// A site address has a path, of which Caddy would rather hear in a `handle`.
pub(crate) fn path_in_address(key: &Word) -> Finding {
    let message = "a path in a site address is deprecated";
    Finding::new(
        Diagnostic::warning("deprecated-address-path", message)
            .at(key.span, "may go away")
            .help("leave out the path, and put the directives into a `handle` with it"),
    )
    .note(
        "Caddy says: Using a path in a site address is deprecated; please use the 'handle' \
         directive instead",
    )
}

/// As Caddy writes them.
const HEADERS: [&str; 3] = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"];
