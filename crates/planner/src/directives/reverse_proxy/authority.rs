//! An upstream's address in its three parts, split where Go splits it, so that what looks odd
//! (`app:8080/path`, `a:b:`) becomes the same dial address. Caddy: `SplitNetworkAddress` in
//! `listeners.go` and `parsedAddr` in `modules/caddyhttp/reverseproxy/addresses.go`.

use std::ops::RangeInclusive;

use crate::errors::go;

/// Network, host and port of an upstream, as texts that may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Authority<'a> {
    pub(super) network: String,
    pub(super) host: &'a str,
    pub(super) port: &'a str,
}

impl<'a> Authority<'a> {
    /// Splits `[NETWORK/]HOST[:PORT]`; the error is Go's.
    pub(super) fn split(text: &'a str) -> Result<Self, String> {
        let (network, address) = text.split_once('/').unwrap_or(("", text));
        let network = network.trim().to_lowercase();
        let (host, port) = if is_portless(&network) {
            (address, "")
        } else {
            host_and_port(address)?
        };
        Ok(Self {
            network,
            host,
            port,
        })
    }

    /// Whether the host is a path or a number, and there is no port.
    pub(super) fn is_portless(&self) -> bool {
        is_portless(&self.network)
    }

    /// The ports, of which the last is not below the first; the error is Caddy's.
    pub(super) fn ports(&self) -> Result<RangeInclusive<u16>, String> {
        let (first, last) = self.port.split_once('-').unwrap_or((self.port, self.port));
        let number = |which: &str, text: &str| {
            let port = text.parse::<u16>();
            port.map_err(|_| format!("invalid {which} port: {}", go::number("ParseUint", text)))
        };
        let (first, last) = (number("start", first)?, number("end", last)?);
        if last < first {
            return Err("end port must not be less than start port".to_owned());
        }
        Ok(first..=last)
    }

    /// The address to dial at one port, without the network.
    pub(super) fn at(&self, port: &str) -> String {
        if self.host.contains(':') {
            format!("[{}]:{port}", self.host)
        } else {
            format!("{}:{port}", self.host)
        }
    }
}

/// Caddy: `IsUnixNetwork` and `IsFdNetwork`.
fn is_portless(network: &str) -> bool {
    ["unix", "fd"].iter().any(|kind| network.starts_with(kind))
}

/// What is no host and port is a host; Caddy puts the port behind it and asks Go again.
fn host_and_port(address: &str) -> Result<(&str, &str), String> {
    if let Ok(parts) = split_host_port(address) {
        return Ok(parts);
    }
    let host = address.trim_matches(['[', ']']);
    let bracket = match (host.contains('['), host.contains(']')) {
        (false, false) => return Ok((host, "")),
        (true, _) => '[',
        (false, true) => ']',
    };
    let why = format!("unexpected '{bracket}' in address");
    Err(format!(
        "address {address}:80: {why}\naddress [{address}:80]:0: {why}"
    ))
}

/// Go: `net.SplitHostPort`.
pub(super) fn split_host_port(address: &str) -> Result<(&str, &str), &'static str> {
    let colon = address.rfind(':').ok_or("missing port in address")?;
    let (host, opened, closed) = match address.strip_prefix('[') {
        Some(inner) => {
            let end = inner.find(']').ok_or("missing ']' in address")?;
            match end + 2 {
                after if after == address.len() => return Err("missing port in address"),
                after if after == colon => {}
                after if address.as_bytes().get(after) == Some(&b':') => {
                    return Err("too many colons in address");
                }
                _ => return Err("missing port in address"),
            }
            (&inner[..end], inner, &address[colon..])
        }
        None if address[..colon].contains(':') => return Err("too many colons in address"),
        None => (&address[..colon], address, address),
    };
    if opened.contains('[') {
        return Err("unexpected '[' in address");
    }
    if closed.contains(']') {
        return Err("unexpected ']' in address");
    }
    Ok((host, &address[colon + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Result<(String, &str, &str), String> {
        let parts = Authority::split(text)?;
        Ok((parts.network, parts.host, parts.port))
    }

    #[test]
    fn an_address_is_split_where_go_splits_it() {
        let is = |text, network: &str, host, port| {
            assert_eq!(parts(text), Ok((network.to_owned(), host, port)), "{text}");
        };
        is("app", "", "app", "");
        is("app:8080", "", "app", "8080");
        is(":8080", "", "", "8080");
        is("TCP/app:1", "tcp", "app", "1");
        is("app:80/path", "app:80", "path", "");
        is("unix//run/a:b", "unix", "/run/a:b", "");
        is("fd/3", "fd", "3", "");
        is("[::1]:80", "", "::1", "80");
        is("[::1]", "", "::1", "");
        is("::1", "", "::1", "");
        is("a:b:", "", "a:b:", "");
    }

    #[test]
    fn a_bracket_in_the_middle_is_refused_in_the_words_of_go() {
        let why = "address a[b:80: unexpected '[' in address\n\
                   address [a[b:80]:0: unexpected '[' in address";
        assert_eq!(parts("a[b"), Err(why.to_owned()));
        assert!(parts("a]b:1").is_err());
    }

    #[test]
    fn ports_are_one_or_a_range_that_rises() {
        let ports = |text| Authority::split(text).and_then(|parts| parts.ports());
        assert_eq!(ports("a:0"), Ok(0..=0));
        assert_eq!(ports("a:80-82"), Ok(80..=82));
        assert_eq!(
            ports("a:82-80"),
            Err("end port must not be less than start port".to_owned())
        );
        let why = "invalid end port: strconv.ParseUint: parsing \"70000\": value out of range";
        assert_eq!(ports("a:1-70000"), Err(why.to_owned()));
        let why = "invalid start port: strconv.ParseUint: parsing \"\": invalid syntax";
        assert_eq!(ports("a:-1"), Err(why.to_owned()));
    }
}
