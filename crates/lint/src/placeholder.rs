//! Placeholders in words: which there are, and what one stands for in its long form.

use evenkeel_plan::placeholders::{PREFIXES, SHORT};

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

/// What a name with a dot may begin with, beside [`PREFIXES`].
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
    "rate_limit.",
    "request.",
    "extra.",
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
        || PREFIXES.iter().any(|(prefix, ..)| name.starts_with(prefix))
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
