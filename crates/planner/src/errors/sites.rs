//! Site addresses, matchers, and sites that do not fit together.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{CaddyText, Diagnostic, Span, nearest, shorten};

use super::Finding;
use crate::site::{Scheme, SiteAddress};

/// A word in address position that is none.
pub(crate) fn bad_site_address(word: &Word, why: impl Into<String>) -> Finding {
    let message = format!("`{}` is not a site address", shorten(&word.text));
    Finding::new(Diagnostic::error("bad-site-address", message).at(word.span, why))
}

/// A directive where a site address must stand.
pub(crate) fn directive_as_address(word: &Word) -> Finding {
    let name = shorten(&word.text);
    let message = format!("the directive `{name}` stands where a site address must stand");
    Finding::new(
        Diagnostic::error("directive-as-address", message)
            .at(word.span, "taken for a site address")
            .help("put directives into the braces of a site; with several sites, each needs braces")
            .caddy(CaddyText::led_by(
                word.span,
                &format!(
                    "parsed '{}' as a site address, but it is a known directive; directives must \
                     appear in a site block",
                    word.text
                ),
            )),
    )
}

/// A site that would be served at a port that there is not, which a global option gives.
pub(crate) fn unusable_site_port(port: i64, span: Span) -> Finding {
    let message = format!("the port {port} is out of range");
    Finding::new(
        Diagnostic::error("port-out-of-range", message)
            .at(span, "a global option gives this site the port")
            .help("correct `http_port` or `https_port`"),
    )
}

/// `http://…:443` or `https://…:80`.
pub(crate) fn scheme_and_port(word: &Word, scheme: &str, port: i64) -> Finding {
    let message = format!("the scheme {scheme}:// and the port {port} contradict each other");
    let other = if scheme == "http" { "HTTPS" } else { "HTTP" };
    Finding::new(
        Diagnostic::error("scheme-and-port", message)
            .at(word.span, format!("{port} is the port of {other}"))
            .help("leave out the scheme or the port")
            .caddy(format!(
                "[{}] scheme and port violate convention",
                word.text
            )),
    )
}

/// The same address in two sites.
pub(crate) fn duplicate_site(key: &str, span: Span, first: Span) -> Finding {
    let message = format!("the site `{}` is defined twice", shorten(key));
    Finding::new(
        Diagnostic::error("duplicate-site", message)
            .at(span, "defined again here")
            .also(first, "first defined here")
            .help("merge the two blocks, or give them different addresses")
            .caddy(format!("ambiguous site definition: {key}")),
    )
}

/// What Caddy says of a key of which it cannot tell where to listen.
pub(crate) fn no_listener(key: &str, place: (usize, usize), why: &str) -> CaddyText {
    CaddyText::new(while_looking(key, place) + why).whole()
}

/// What Caddy does when it looks where a key listens.
pub(super) fn while_looking(key: &str, (block, index): (usize, usize)) -> String {
    format!("server block {block}, key {index} ({key}): determining listener address: ")
}

/// HTTP and HTTPS at one socket address.
pub(crate) fn mixed_schemes(
    listen: &str,
    address: &SiteAddress,
    other: Span,
    is_https: bool,
) -> Finding {
    let (this, that) = if is_https {
        ("HTTPS", "HTTP")
    } else {
        ("HTTP", "HTTPS")
    };
    let message = format!("`{}` cannot serve HTTP and HTTPS at once", shorten(listen));
    let hint = if !is_https && address.scheme == Scheme::Any && address.host.is_empty() {
        " (try specifying https:// in the address)"
    } else {
        ""
    };
    Finding::new(
        Diagnostic::error("mixed-schemes", message)
            .at(address.span, format!("this site is {this}"))
            .also(other, format!("this site is {that}"))
            .caddy(format!(
                "server listening on [{listen}] is configured for {that} and cannot natively \
                 multiplex HTTP and HTTPS: {}{hint}",
                address.text
            ))
            .help("give one of the two sites another port"),
    )
}

/// A `tls` directive for a site that is plain HTTP.
pub(crate) fn tls_on_http(listen: &str, site: Span, tls: Span) -> Finding {
    let message = format!(
        "`{}` is plain HTTP, so `tls` has no effect there",
        shorten(listen)
    );
    Finding::new(
        Diagnostic::error("tls-on-http", message)
            .at(tls, "switches TLS on")
            .also(site, "this site is HTTP")
            .help("remove `tls`, or serve the site on another port")
            .caddy(format!(
                "server listening on [{listen}] is HTTP, but attempts to configure TLS connection \
                 policies"
            )),
    )
}

/// `@x` twice.
pub(crate) fn duplicate_matcher(name: &Word, first: Span) -> Finding {
    let message = format!("the matcher `{}` is defined twice", shorten(&name.text));
    Finding::new(
        Diagnostic::error("duplicate-matcher", message)
            .at(name.span, "defined again here")
            .also(first, "first defined here")
            .caddy(format!("matcher is defined more than once: {}", name.text)),
    )
}

/// `@x` without a definition.
pub(crate) fn undefined_matcher<'a>(word: &Word, names: impl Iterator<Item = &'a str>) -> Finding {
    let message = format!("the matcher `{}` is not defined", shorten(&word.text));
    let found = Diagnostic::error("undefined-matcher", message)
        .at(word.span, "no such matcher")
        .caddy(format!("unrecognized matcher name: {}", word.text));
    Finding::new(match nearest(&word.text, names) {
        Some(name) => found.fix(format!("did you mean `{name}`?"), word.span, name),
        None => found.help(format!(
            "define it in the same site, as `{} path /api/*`",
            shorten(&word.text)
        )),
    })
}

/// `@x` with nothing in it.
pub(crate) fn empty_matcher(name: &Word) -> Finding {
    let message = format!("the matcher `{}` has no condition", shorten(&name.text));
    Finding::new(
        Diagnostic::warning("empty-matcher", message).at(name.span, "matches every request"),
    )
}

/// A name no certificate can be issued for.
pub(crate) fn no_certificate_for(name: &str, span: Span) -> Finding {
    let message = format!("no certificate can be issued for `{}`", shorten(name));
    Finding::new(
        Diagnostic::error("no-certificate-for", message)
            .at(span, "not a name or an address")
            .help("write `http://` in front of it to serve it without TLS")
            .caddy(format!(
                "subject does not qualify for certificate: '{name}'"
            )),
    )
}

/// Two sites want certificates of one name in different ways.
pub(crate) fn ambiguous_subject(name: &str, span: Option<Span>) -> Finding {
    let message = format!(
        "two sites want the certificate of `{}` in different ways",
        shorten(name)
    );
    let found = Diagnostic::error("ambiguous-subject", message).caddy(format!(
        "hostname appears in more than one automation policy, making certificate management \
         ambiguous: {name}"
    ));
    Finding::new(match span {
        Some(span) => found.at(span, "served more than once, with different `tls` settings"),
        None => found,
    })
}

/// A word that is no address of an upstream, for the reason that Caddy gives.
pub(crate) fn bad_upstream(word: &Word, why: &str) -> Finding {
    let message = format!("`{}` is not an address", shorten(&word.text));
    let short = why.split(": strconv.").next().unwrap_or_default();
    let short = short.lines().next().unwrap_or_default();
    Finding::new(
        Diagnostic::error("bad-address", message)
            .at(word.span, short)
            .help("an upstream looks like `app:8080`, `https://app` or `unix//run/app.sock`"),
    )
    .caddy(format!("parsing upstream '{}': {why}", word.text))
}

/// `http://a b`.
pub(crate) fn mixed_upstream_schemes(word: &Word, before: &str, now: &str) -> Finding {
    let message = "the upstreams of one `reverse_proxy` need the same scheme";
    Finding::new(
        Diagnostic::error("mixed-upstream-schemes", message)
            .at(
                word.span,
                "has another scheme than the upstream before, or none",
            )
            .help("write the scheme in front of all of them, or of none"),
    )
    .caddy(format!(
        "parsing upstream '{}': for now, all proxy upstreams must use the same scheme (transport \
         protocol); expecting '{before}://' but got '{now}://'",
        word.text
    ))
}

/// `http://{host}`.
pub(crate) fn placeholder_behind_scheme(word: &Word) -> Finding {
    let message = "an upstream with a scheme cannot have placeholders";
    Finding::new(
        Diagnostic::error("bad-value", message)
            .at(word.span, "placeholders are not replaced here")
            .help("leave out the scheme, and write `transport http { tls }` for https"),
    )
    .caddy(format!(
        "parsing upstream '{}': due to parsing difficulties, placeholders are not allowed when an \
         upstream address contains a scheme",
        word.text
    ))
}

/// Two sites with settings for one log: the last ones count, as in Caddy.
pub(crate) fn log_redefined(name: &str, span: Span, first: Span) -> Finding {
    let message = format!("the log `{}` is defined twice", shorten(name));
    Finding::new(
        Diagnostic::warning("log-redefined", message)
            .at(span, "these settings are used")
            .also(first, "these are not")
            .help("give the settings once, and only the name elsewhere"),
    )
}

/// Sites in more servers than can be written out.
pub(crate) fn too_many_copies(site: Span, most: usize) -> Finding {
    let message = "sites with many ports become too much when written out for each port";
    let why = format!("the copies up to this site hold more than {most} words");
    Finding::new(
        Diagnostic::error("too-many-copies", message)
            .at(site, why)
            .help("give the site fewer ports, or fewer lines"),
    )
}

/// More pairs of a site and a socket than can be listened on.
pub(crate) fn too_many_sockets(site: Span, most: usize) -> Finding {
    let message = format!("the addresses of sites on all their interfaces are more than {most}");
    Finding::new(
        Diagnostic::error("too-many-sockets", message)
            .at(site, "too many with this site")
            .help("give the sites fewer ports, or fewer addresses in `bind`"),
    )
}
