//! Placeholders in words: which there are, and what one stands for in its long form.

/// The names that need nothing behind them, beside those of [`SHORT`].
const NAMES: &[&str] = &[
    "http.error",
    "http.shutting_down",
    "http.time_until_shutdown",
    "time.now",
    "event",
    // `encode`'s and `log`'s own, and the ones of named arguments of snippets.
    "block",
];

/// What a name with a dot may begin with.
const NAMESPACES: &[&str] = &[
    "http.",
    "env.",
    "file.",
    "system.",
    "time.",
    "event.",
    "pki.",
    "tls.",
    "l4.",
    "args",
    "blocks.",
    "header.",
    "cookie.",
    "labels.",
    "path.",
    "query.",
    "re.",
    "vars.",
    "rp.",
    "resp.",
    "err.",
    "file_match.",
    "file.",
    "rate_limit.",
    "request.",
    "extra.",
];

/// Shorthands and their long forms. Caddy: `httpcaddyfile/shorthands.go`.
const SHORT: &[(&str, &str)] = &[
    ("client_ip", "http.vars.client_ip"),
    ("dir", "http.request.uri.path.dir"),
    ("file", "http.request.uri.path.file"),
    ("host", "http.request.host"),
    ("hostport", "http.request.hostport"),
    ("method", "http.request.method"),
    ("orig_?query", "http.request.orig_uri.prefixed_query"),
    ("orig_dir", "http.request.orig_uri.path.dir"),
    ("orig_file", "http.request.orig_uri.path.file"),
    ("orig_method", "http.request.orig_method"),
    ("orig_path", "http.request.orig_uri.path"),
    ("orig_query", "http.request.orig_uri.query"),
    ("orig_uri", "http.request.orig_uri"),
    ("path", "http.request.uri.path"),
    ("port", "http.request.port"),
    ("query", "http.request.uri.query"),
    ("?query", "http.request.uri.prefixed_query"),
    ("remote", "http.request.remote"),
    ("remote_host", "http.request.remote.host"),
    ("remote_port", "http.request.remote.port"),
    ("scheme", "http.request.scheme"),
    ("tls_cipher", "http.request.tls.cipher_suite"),
    (
        "tls_client_certificate_der_base64",
        "http.request.tls.client.certificate_der_base64",
    ),
    (
        "tls_client_certificate_pem",
        "http.request.tls.client.certificate_pem",
    ),
    (
        "tls_client_fingerprint",
        "http.request.tls.client.fingerprint",
    ),
    ("tls_client_issuer", "http.request.tls.client.issuer"),
    ("tls_client_serial", "http.request.tls.client.serial"),
    ("tls_client_subject", "http.request.tls.client.subject"),
    ("tls_version", "http.request.tls.version"),
    ("upstream_hostport", "http.reverse_proxy.upstream.hostport"),
    ("uri", "http.request.uri"),
    ("uuid", "http.request.uuid"),
    ("%path", "http.request.uri.path_escaped"),
    ("%query", "http.request.uri.query_escaped"),
    ("%uri", "http.request.uri_escaped"),
];

/// Names of nginx, Apache, Caddy 1 and of imagination, with what is meant.
const MEANT: &[(&str, &str)] = &[
    ("remote_ip", "{remote_host}"),
    ("remote_addr", "{remote_host}"),
    ("real_ip", "{client_ip}"),
    ("clientip", "{client_ip}"),
    ("client", "{client_ip}"),
    ("ip", "{client_ip}"),
    ("http_host", "{host}"),
    ("hostname", "{host}"),
    ("hostonly", "{host}"),
    ("server_name", "{host}"),
    ("request_uri", "{uri}"),
    ("rewrite_uri", "{uri}"),
    ("rewrite_path", "{path}"),
    ("path_and_query", "{uri}"),
    ("args", "{query}"),
    ("query_string", "{query}"),
    ("request_method", "{method}"),
    ("request_id", "{uuid}"),
    ("http_x_request_id", "{header.X-Request-Id}"),
    ("http_user_agent", "{header.User-Agent}"),
    ("user_agent", "{header.User-Agent}"),
    ("http_upgrade", "{header.Upgrade}"),
    ("http_connection", "{header.Connection}"),
    ("when", "{time.now}"),
    ("status", "{http.error.status_code}"),
];

/// Every `{name}` in a text, without the braces.
pub(crate) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('}')?;
        is_name(name).then_some(name)
    })
}

/// Whether Caddy has a placeholder of this name, as far as names can tell.
pub(crate) fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
        || SHORT.iter().any(|(short, _)| *short == name)
        || NAMESPACES.iter().any(|space| name.starts_with(space))
}

/// What an unknown name means where it comes from.
pub(crate) fn meant(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    MEANT
        .iter()
        .find(|(other, _)| *other == lower)
        .map(|(_, meant)| *meant)
}

/// The short names, for suggestions.
pub(crate) fn short_names() -> impl Iterator<Item = &'static str> {
    SHORT.iter().map(|(short, _)| *short)
}

/// Whether a word is this placeholder, in the short or the long form, and nothing else.
pub(crate) fn is(text: &str, short: &str) -> bool {
    let name = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    let is_long = |name| SHORT.contains(&(short, name));
    name.is_some_and(|name| name == short || is_long(name))
}

fn is_name(text: &str) -> bool {
    let inner = |char: char| char.is_ascii_alphanumeric() || "_-.:%?".contains(char);
    let first = |char: char| char.is_ascii_alphabetic() || "%?_".contains(char);
    text.starts_with(first) && text.chars().all(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_words() {
        let found: Vec<&str> = names("a {host}:{port} {\"json\": {1}} {remote_ip").collect();
        assert_eq!(found, ["host", "port"]);
    }

    #[test]
    fn short_and_long_forms_are_the_same() {
        assert!(is("{host}", "host"));
        assert!(is("{http.request.host}", "host"));
        assert!(!is("{host}:80", "host"));
    }

    #[test]
    fn what_others_have_is_not_known() {
        for name in ["remote_ip", "http_upgrade", "request_id"] {
            assert!(!is_known(name), "{name}");
            assert!(meant(name).is_some(), "{name}");
        }
        assert!(is_known("http.request.header.X"));
    }
}
