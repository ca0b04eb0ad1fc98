//! One upstream as it is written.

use evenkeel_caddyfile::ast::Word;

/// Networks an address may begin with.
const NETWORKS: [&str; 9] = [
    "unix",
    "unixgram",
    "unixpacket",
    "tcp",
    "tcp4",
    "tcp6",
    "udp",
    "fd",
    "unix+h2c",
];

/// An upstream.
#[derive(Clone, Copy)]
pub(crate) struct Dial<'a> {
    /// As written.
    pub(crate) word: &'a Word,
    scheme: Option<&'a str>,
    network: Option<&'a str>,
    /// Host and port.
    rest: &'a str,
}

impl<'a> Dial<'a> {
    pub(crate) fn of(word: &'a Word) -> Self {
        let text = word.text.as_str();
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, text),
        };
        let (network, rest) = match rest.split_once('/') {
            Some((network, rest)) if NETWORKS.contains(&network) => (Some(network), rest),
            _ => (None, rest),
        };
        Self {
            word,
            scheme,
            network,
            rest,
        }
    }

    /// Whether it is a file and no host.
    pub(crate) fn is_socket_file(&self) -> bool {
        self.network
            .is_some_and(|network| network.starts_with("unix") || network == "fd")
    }

    /// Whether only the request tells the address.
    pub(crate) fn is_open(&self) -> bool {
        self.rest.contains('{')
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
    }

    /// What follows the host and port, from the slash on, where nothing may.
    pub(crate) fn path(&self) -> Option<&'a str> {
        if self.scheme.is_some() || self.is_socket_file() || self.rest.starts_with('/') {
            return None;
        }
        let at = self.rest.find('/')?;
        Some(&self.rest[at..])
    }

    /// Whether the port is left to the default, and the scheme does not name it.
    pub(crate) fn lacks_port(&self) -> bool {
        if self.scheme.is_some()
            || self.is_socket_file()
            || self.is_open()
            || self.rest.contains('/')
        {
            return false;
        }
        !self.behind_host().contains(':')
    }

    /// How many addresses it stands for.
    pub(crate) fn count(&self) -> usize {
        let ports = self.behind_host().rsplit_once(':').and_then(|(_, ports)| {
            let (first, last) = ports.split_once('-')?;
            let (first, last): (u16, u16) = (first.parse().ok()?, last.parse().ok()?);
            last.checked_sub(first)
        });
        1 + usize::from(ports.unwrap_or(0))
    }

    /// The address without what makes no difference.
    pub(crate) fn key(&self) -> String {
        let port = match (self.lacks_port(), self.scheme) {
            (true, _) => ":80",
            (false, Some(scheme)) if !self.behind_host().contains(':') => match scheme {
                "https" => ":443",
                _ => ":80",
            },
            _ => "",
        };
        format!(
            "{}/{}{port}",
            self.network.unwrap_or("tcp"),
            self.rest.to_ascii_lowercase()
        )
    }

    /// The host's last part with the port; a bracketed IPv6 address is no part of it.
    fn behind_host(&self) -> &'a str {
        self.rest.rsplit(']').next().unwrap_or(self.rest)
    }
}

#[cfg(test)]
mod tests {
    use evenkeel_caddyfile::ast::Quote;
    use evenkeel_diagnostics::{SourceMap, Span};

    use super::*;

    fn word(text: &str) -> Word {
        let source = SourceMap::new().add("Caddyfile", text);
        Word {
            text: text.to_owned(),
            quote: Quote::Bare,
            span: Span::new(source, 0, 0),
        }
    }

    #[test]
    fn an_address_is_taken_apart_as_caddy_does() {
        let table = [
            ("app", true, None, 1),
            ("app:80", false, None, 1),
            ("[::1]", true, None, 1),
            ("[::1]:80", false, None, 1),
            ("app:80/x", false, Some("/x"), 1),
            ("http://app", false, None, 1),
            ("unix//run/app.sock", false, None, 1),
            ("tcp/app:1-3", false, None, 3),
            ("{host}", false, None, 1),
        ];
        for (text, lacks_port, path, count) in table {
            let word = word(text);
            let dial = Dial::of(&word);
            let found = (dial.lacks_port(), dial.path(), dial.count());
            assert_eq!(found, (lacks_port, path, count), "{text}");
        }
    }

    #[test]
    fn one_address_is_known_again_in_another_form() {
        let key = |text| Dial::of(&word(text)).key();
        assert_eq!(key("app"), key("App:80"));
        assert_eq!(key("http://app"), key("app:80"));
        assert_ne!(key("https://app"), key("app"));
    }
}
