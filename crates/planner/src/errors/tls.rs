//! Certificates, issuers, and connections that contradict each other.

use std::io;

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{CaddyText, Diagnostic, Span, shorten};

use super::Finding;
use crate::plugins::dns;

/// Any DNS provider: Caddy has them as plugins, and Evenkeel has none.
pub(crate) fn dns_provider_is_plugin(name: &Word) -> Finding {
    let text = shorten(&name.text);
    let message = format!("the DNS provider `{text}` is a plugin of Caddy's, which Evenkeel lacks");
    let help = "leave out DNS challenges: HTTP and TLS-ALPN challenges need no provider; for a \
                wildcard, have another ACME client write the certificate and load it with `tls \
                CERTIFICATE KEY`";
    let place = match dns::repository(&name.text) {
        Some(repository) => format!("the plugin github.com/{repository}"),
        None => "not built in".to_owned(),
    };
    Finding::new(
        Diagnostic::error("dns-provider", message)
            .at(name.span, place)
            .help(help),
    )
    .caddy(format!(
        "getting module named 'dns.providers.{0}': module not registered: dns.providers.{0}",
        name.text
    ))
}

/// Lines about a DNS challenge where none takes place.
pub(crate) fn dns_options_without_provider(options: &[(String, Span)], end: Span) -> Finding {
    let names: Vec<&str> = options.iter().map(|(name, _)| name.as_str()).collect();
    let message = format!("`{}` needs a DNS provider", names[0]);
    let found = Diagnostic::error("dns-options-without-provider", message)
        .at(
            options[0].1,
            "part of a DNS challenge, which nobody asks for",
        )
        .help("remove it, or name a provider with `dns` here or with the global option `acme_dns`");
    let says = format!(
        "setting DNS challenge options [{}] requires a DNS provider (set with the \
             'dns' subdirective or 'acme_dns' global option)",
        names.join(", ")
    );
    let more = options[1..].iter();
    Finding::new(more.fold(found, |found, (_, span)| found.also(*span, "so is this")))
        .caddy_text(CaddyText::new(says).at(end))
}

/// `acme_dns` without a provider, and none by the option `dns` either.
pub(crate) fn acme_dns_without_provider(span: Span) -> Finding {
    let message = "`acme_dns` needs a DNS provider";
    Finding::new(
        Diagnostic::error("acme-dns-without-provider", message)
            .at(span, "names none, and there is no global option `dns`"),
    )
    .caddy_text(
        "filling in global issuer defaults for AP 0, issuer 0: acme_dns specified without DNS \
         provider config, but no provider specified with 'dns' global option",
    )
}

/// A file that has to be read while the Caddyfile is.
pub(crate) fn unreadable_file(word: &Word, error: &io::Error) -> Finding {
    let message = format!("the file `{}` cannot be read", shorten(&word.text));
    let why = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        _ => error.to_string(),
    };
    let caddy = match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    Finding::new(Diagnostic::error("unreadable-file", message).at(word.span, why))
        .caddy(format!("open {}: {caddy}", word.text))
}

/// A file that should hold certificates.
pub(crate) fn no_certificate_in(word: &Word) -> Finding {
    let message = format!("`{}` is not a file of certificates", shorten(&word.text));
    Finding::new(
        Diagnostic::error("no-certificate-in-file", message)
            .at(word.span, "only blocks `CERTIFICATE` in PEM are expected"),
    )
    .caddy(format!("no CERTIFICATE pem block found in {}", word.text))
}

/// A line that Caddy will not take for ever.
pub(crate) fn deprecated_field(word: &Word, instead: &str) -> Finding {
    let caddy = format!("Use the '{instead}' field instead.");
    deprecated(word, instead).note(format!(
        "Caddy says: The '{}' field is deprecated. {caddy}",
        word.text
    ))
}

/// [`deprecated_field`] for `forward_proxy_url`, of which Caddy speaks in its own way.
pub(crate) fn deprecated_proxy(word: &Word) -> Finding {
    let caddy = "The 'forward_proxy_url' field is deprecated. Use 'network_proxy <url>' instead.";
    deprecated(word, "network_proxy url").note(format!("Caddy says: {caddy}"))
}

/// [`deprecated_field`] for the old name of a directive.
pub(crate) fn deprecated_directive(word: &Word, instead: &str) -> Finding {
    deprecated(word, instead).note(format!(
        "Caddy says: the '{}' directive is deprecated, please use '{instead}' instead!",
        word.text
    ))
}

fn deprecated(word: &Word, instead: &str) -> Finding {
    let message = format!("`{}` is deprecated", shorten(&word.text));
    Finding::new(
        Diagnostic::warning("deprecated", message)
            .at(word.span, "may go away")
            .help(format!("use `{instead}`")),
    )
}

/// Two `tls` directives for the same names that say different things about `what`.
pub(crate) fn conflicting_policies(what: &str, values: &str, span: Span, other: Span) -> Finding {
    let message = "two `tls` directives for the same names contradict each other";
    let found = Diagnostic::error("conflict", message).at(span, format!("has another {what}"));
    let found = if span == other {
        found
    } else {
        found.also(other, "the other")
    };
    let says = "two policies with same match criteria have conflicting";
    Finding::new(found).caddy_text(format!("{says} {what}{values}"))
}
