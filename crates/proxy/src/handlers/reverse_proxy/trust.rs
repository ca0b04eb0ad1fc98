//! Which peers are proxies of our own: whose `X-Forwarded-*` fields are believed.

use std::net::IpAddr;

use crate::error::BuildError;
use crate::graph::BuildContext;

/// Addresses and ranges of trusted peers.
#[derive(Clone, Debug, Default)]
pub(super) struct TrustedProxies {
    ranges: Box<[Range]>,
}

/// A range in CIDR notation (RFC 4632), as numbers of 128 bits. IPv4 stands at the end of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    is_v4: bool,
    prefix: u128,
    mask: u128,
}

impl TrustedProxies {
    /// Parses addresses (`10.0.0.1`) and ranges (`10.0.0.0/8`).
    pub(super) fn build(texts: &[String], cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let range = |text: &String| {
            Range::parse(text)
                .ok_or_else(|| cx.error(format!("trusted_proxies: `{text}` is not an IP range")))
        };
        Ok(Self {
            ranges: texts.iter().map(range).collect::<Result<_, _>>()?,
        })
    }

    /// Whether a peer is trusted.
    pub(super) fn contains(&self, peer: IpAddr) -> bool {
        self.ranges.iter().any(|range| range.contains(peer))
    }
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let ip: IpAddr = address.parse().ok()?;
        let width = if ip.is_ipv4() { 32 } else { 128 };
        let length = match length {
            None => width,
            Some(text) => text.parse().ok().filter(|length| *length <= width)?,
        };
        let mask = u128::MAX.checked_shl(width - length).unwrap_or(0);
        Some(Self {
            is_v4: ip.is_ipv4(),
            prefix: number(ip) & mask,
            mask,
        })
    }

    fn contains(self, ip: IpAddr) -> bool {
        self.is_v4 == ip.is_ipv4() && number(ip) & self.mask == self.prefix
    }
}

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => u128::from(ip.to_bits()),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(range: &str, ip: &str) -> bool {
        let range = Range::parse(range).expect("a range");
        range.contains(ip.parse().expect("an address"))
    }

    #[test]
    fn a_range_holds_what_shares_its_prefix() {
        assert!(contains("10.0.0.0/8", "10.255.0.1"));
        assert!(!contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("10.1.2.3/8", "10.0.0.1"), "host bits do not count");
        assert!(contains("fd00::/8", "fdff::1"));
        assert!(!contains("fd00::/8", "fe00::1"));
    }

    #[test]
    fn an_address_is_a_range_of_one() {
        assert!(contains("192.0.2.1", "192.0.2.1"));
        assert!(!contains("192.0.2.1", "192.0.2.0"));
        assert!(contains("::1", "::1"));
    }

    #[test]
    fn everything_is_of_one_family_only() {
        assert!(contains("0.0.0.0/0", "255.255.255.255"));
        assert!(contains("::/0", "ffff::"));
        assert!(!contains("::/0", "192.0.2.1"));
        assert!(!contains("0.0.0.0/0", "::1"));
    }

    #[test]
    fn what_is_not_a_range_is_refused() {
        for text in [
            "",
            "x",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "::/129",
            "10.0.0/8",
            "10.0.0.0/",
        ] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }
}
