//! What name servers are asked, and who is asked: addresses of names (`A`, `AAAA`) and services
//! (`SRV`, RFC 2782).

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

/// Name servers to ask instead of the system's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NameServers {
    /// Whom to ask; those of `resolv.conf` if empty.
    pub servers: Box<[NameServer]>,
    /// How long one of them may take to answer; as `resolv.conf` says, or 5 s, if absent.
    pub timeout: Option<Duration>,
}

/// One name server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NameServer {
    /// An IP address, or a name that the system knows.
    pub host: Box<str>,
    /// The port.
    pub port: u16,
    /// Whether it is asked over TCP only. Otherwise TCP is for what does not fit into a datagram.
    pub tcp_only: bool,
}

/// Which addresses are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Families {
    /// All.
    #[default]
    Both,
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// A service record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Service {
    /// Lower ones come first.
    pub priority: u16,
    /// The share among those of one priority.
    pub weight: u16,
    /// The host, as the record has it: with a dot at its end.
    pub target: Box<str>,
    /// The port.
    pub port: u16,
}

/// The port of name servers (RFC 1035 section 4.2).
const PORT: u16 = 53;

impl NameServer {
    /// Reads `HOST`, `HOST:PORT`, with `udp/` or `tcp/` in front. `None` if it is no such thing.
    /// Caddy: `upstreams.go`, `UpstreamResolver.ParseAddresses`.
    pub fn parse(text: &str) -> Option<Self> {
        let (network, address) = text.split_once('/').unwrap_or(("udp", text));
        let tcp_only = match network {
            "udp" | "udp4" | "udp6" => false,
            "tcp" | "tcp4" | "tcp6" => true,
            _ => return None,
        };
        let (host, port) = split(address)?;
        (!host.is_empty()).then(|| Self {
            host: host.into(),
            port,
            tcp_only,
        })
    }
}

fn split(address: &str) -> Option<(&str, u16)> {
    if address.parse::<Ipv6Addr>().is_ok() {
        return Some((address, PORT));
    }
    if let Some(rest) = address.strip_prefix('[') {
        let (host, port) = rest.split_once(']')?;
        return match port.strip_prefix(':') {
            None if port.is_empty() => Some((host, PORT)),
            None => None,
            Some(port) => Some((host, port.parse().ok()?)),
        };
    }
    match address.split_once(':') {
        None => Some((address, PORT)),
        Some((host, port)) => Some((host, port.parse().ok()?)),
    }
}

impl Families {
    /// Whether such an address is asked for.
    pub const fn include(self, ip: IpAddr) -> bool {
        match self {
            Self::Both => true,
            Self::V4 => ip.is_ipv4(),
            Self::V6 => ip.is_ipv6(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_server_is_read_in_every_form() {
        for (text, host, port, tcp_only) in [
            ("1.1.1.1", "1.1.1.1", 53, false),
            ("dns.test:5353", "dns.test", 5353, false),
            ("udp/1.1.1.1:54", "1.1.1.1", 54, false),
            ("tcp/dns.test", "dns.test", 53, true),
            ("::1", "::1", 53, false),
            ("[::1]", "::1", 53, false),
            ("tcp/[::1]:99", "::1", 99, true),
        ] {
            let expected = NameServer {
                host: host.into(),
                port,
                tcp_only,
            };
            assert_eq!(NameServer::parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_name_server_is_refused() {
        for text in [
            "",
            ":53",
            "a:b",
            "unix//run/dns",
            "[::1]x",
            "[::1",
            "a:1:2",
            "tcp/",
        ] {
            assert_eq!(NameServer::parse(text), None, "{text}");
        }
    }
}
