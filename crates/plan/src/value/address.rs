//! Network addresses in Caddy's notation: `[network/]host[:port[-end]]`. Caddy: `listeners.go`,
//! `ParseNetworkAddress`.

use std::fmt;
use std::ops::RangeInclusive;

/// How an address is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Network {
    /// TCP over IPv4 or IPv6.
    Tcp,
    /// TCP over IPv4 only.
    Tcp4,
    /// TCP over IPv6 only.
    Tcp6,
    /// A Unix stream socket; the host is its path.
    Unix,
}

/// A parsed network address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NetworkAddress {
    /// How it is reached.
    pub network: Network,
    /// A name, an IP address without brackets, a socket path; empty for all interfaces.
    pub host: String,
    /// One port or several; `None` when the text has none (a Unix socket never has).
    pub ports: Option<RangeInclusive<u16>>,
}

/// Why a text is not a network address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// A network that cannot be used here.
    #[error("the network `{0}` is not supported")]
    UnknownNetwork(String),
    /// A port that is no number.
    #[error("the port `{0}` is not a number")]
    NotAPort(String),
    /// A port above 65535.
    #[error("the port {0} is out of range (0 to 65535)")]
    PortOutOfRange(u64),
    /// `8080-80`.
    #[error("the port range ends before it starts")]
    EmptyRange,
    /// Colons that belong to no port, or brackets that do not close.
    #[error("an IPv6 address must be in brackets, as `[::1]:80`")]
    UnbracketedIpv6,
}

impl NetworkAddress {
    /// Parses `[network/]host[:port[-end]]`.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (network, rest) = match text.split_once('/') {
            Some((name, rest)) => (network(name)?, rest),
            None => (Network::Tcp, text),
        };
        if network == Network::Unix {
            let path = rest.split_once('|').map_or(rest, |(path, _mode)| path);
            return Ok(Self {
                network,
                host: path.to_owned(),
                ports: None,
            });
        }
        let (host, port) = split_host_port(rest)?;
        // `host:` names no port, as in Go.
        let port = port.filter(|port| !port.is_empty());
        let ports = port.map(parse_ports).transpose()?;
        Ok(Self {
            network,
            host: host.to_owned(),
            ports,
        })
    }

    /// The first port, or `default` if the text has none.
    pub fn port_or(&self, default: u16) -> u16 {
        self.ports.as_ref().map_or(default, |range| *range.start())
    }
}

impl fmt::Display for NetworkAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.network {
            Network::Tcp => {}
            Network::Tcp4 => f.write_str("tcp4/")?,
            Network::Tcp6 => f.write_str("tcp6/")?,
            Network::Unix => return write!(f, "unix/{}", self.host),
        }
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(&self.host)?;
        }
        match &self.ports {
            None => Ok(()),
            Some(range) if range.start() == range.end() => write!(f, ":{}", range.start()),
            Some(range) => write!(f, ":{}-{}", range.start(), range.end()),
        }
    }
}

fn network(name: &str) -> Result<Network, AddressError> {
    match name.to_ascii_lowercase().as_str() {
        "tcp" => Ok(Network::Tcp),
        "tcp4" => Ok(Network::Tcp4),
        "tcp6" => Ok(Network::Tcp6),
        "unix" => Ok(Network::Unix),
        _ => Err(AddressError::UnknownNetwork(name.to_owned())),
    }
}

fn split_host_port(text: &str) -> Result<(&str, Option<&str>), AddressError> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, tail) = rest.split_once(']').ok_or(AddressError::UnbracketedIpv6)?;
        return match tail.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if tail.is_empty() => Ok((host, None)),
            None => Err(AddressError::UnbracketedIpv6),
        };
    }
    match text.split_once(':') {
        None => Ok((text, None)),
        // More than one colon: a bare IPv6 address, which then has no port.
        Some((_, port)) if port.contains(':') => {
            text.parse::<std::net::Ipv6Addr>()
                .map_err(|_| AddressError::UnbracketedIpv6)?;
            Ok((text, None))
        }
        Some((host, port)) => Ok((host, Some(port))),
    }
}

fn parse_ports(text: &str) -> Result<RangeInclusive<u16>, AddressError> {
    let (start, end) = text.split_once('-').unwrap_or((text, text));
    let (start, end) = (parse_port(start)?, parse_port(end)?);
    if end < start {
        return Err(AddressError::EmptyRange);
    }
    Ok(start..=end)
}

fn parse_port(text: &str) -> Result<u16, AddressError> {
    // `parse` would take a plus sign.
    let digits = text.strip_prefix('+').map_or(text, |_| "");
    let number: u64 = digits
        .parse()
        .map_err(|_| AddressError::NotAPort(text.to_owned()))?;
    u16::try_from(number).map_err(|_| AddressError::PortOutOfRange(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_prints_as_it_was_read() -> Result<(), AddressError> {
        let texts = [
            ":443",
            "localhost:2019",
            "tcp4/10.0.0.1:80",
            "[::1]:8080",
            "a:1-3",
            "host",
        ];
        for text in texts {
            assert_eq!(NetworkAddress::parse(text)?.to_string(), text);
        }
        assert_eq!(
            NetworkAddress::parse("unix//run/x.sock|0200")?.host,
            "/run/x.sock"
        );
        assert_eq!(NetworkAddress::parse("::1")?.host, "::1");
        assert_eq!(NetworkAddress::parse("a:")?, NetworkAddress::parse("a")?);
        Ok(())
    }

    #[test]
    fn says_what_is_wrong() {
        let table = [
            ("a:70000", AddressError::PortOutOfRange(70000)),
            ("a:http", AddressError::NotAPort("http".into())),
            ("a:+80", AddressError::NotAPort("+80".into())),
            ("a:9-1", AddressError::EmptyRange),
            ("ip/1.2.3.4", AddressError::UnknownNetwork("ip".into())),
            ("a:b:c", AddressError::UnbracketedIpv6),
            ("[::1", AddressError::UnbracketedIpv6),
        ];
        for (text, expected) in table {
            assert_eq!(NetworkAddress::parse(text), Err(expected), "{text}");
        }
    }
}
