//! Ranges of IP addresses in CIDR notation.

use std::net::IpAddr;

/// A range in CIDR notation (RFC 4632), as numbers of 128 bits. IPv4 stands at the end of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AddressRange {
    is_v4: bool,
    prefix: u128,
    mask: u128,
}

impl AddressRange {
    /// Parses an address (`10.0.0.1`) or a range (`10.0.0.0/8`).
    pub(crate) fn parse(text: &str) -> Option<Self> {
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

    /// Whether an address is in it; one of IPv4 that was mapped into IPv6 counts as it was.
    pub(crate) fn contains(self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
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
        let range = AddressRange::parse(range).expect("a range");
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
            assert_eq!(AddressRange::parse(text), None, "{text}");
        }
    }
}
