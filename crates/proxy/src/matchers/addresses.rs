//! `remote_ip` and `client_ip`: ranges of which one must hold the address of the peer, or of the
//! client that trusted proxies tell of. Caddy: `ip_matchers.go`.

use std::net::IpAddr;

use evenkeel_plan::http::matchers::AddressRanges as Plan;

use crate::address_range::AddressRange;
use crate::error::BuildError;
use crate::graph::BuildContext;
use crate::template::{Template, Unknown};

/// Ranges of addresses.
#[derive(Debug)]
pub(crate) struct Addresses(Box<[AddressRange]>);

impl Addresses {
    /// Placeholders may be those with a value at build only, as `{env.NAME}`.
    pub(crate) fn build(plan: &Plan, cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let mut ranges = Vec::new();
        for text in &plan.ranges {
            let template = Template::parse(text, Unknown::Empty, cx);
            let known = template.fixed().map(|text| String::from_utf8_lossy(text));
            let known = known.unwrap_or_default();
            // Several may come from one variable.
            for range in known.split([' ', ',']).filter(|range| !range.is_empty()) {
                ranges.push(
                    AddressRange::parse(range).ok_or_else(|| {
                        cx.error(format!("`{range}` is not an IP address or range"))
                    })?,
                );
            }
        }
        Ok(Self(ranges.into()))
    }

    /// Nobody knows the address of a peer on a Unix socket; it is in no range.
    pub(crate) fn contain(&self, address: Option<IpAddr>) -> bool {
        address.is_some_and(|address| self.0.iter().any(|range| range.contains(address)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(ranges: &[&str]) -> Result<Addresses, BuildError> {
        let ranges = ranges.iter().map(|&range| range.to_owned()).collect();
        crate::trial::build(|cx| Addresses::build(&Plan { ranges }, cx))
    }

    #[test]
    fn one_of_the_ranges_must_hold_the_address() {
        let addresses = build(&["10.0.0.0/8", "::1"]).unwrap();
        let contain = |text: &str| addresses.contain(text.parse().ok());
        assert!(contain("10.1.2.3") && contain("::1"));
        assert!(!contain("11.0.0.1") && !contain("::2"));
        assert!(!addresses.contain(None));
    }

    #[test]
    fn an_address_that_was_mapped_into_ipv6_is_the_same_address() {
        let addresses = build(&["10.0.0.0/8"]).unwrap();
        assert!(addresses.contain("::ffff:10.0.0.1".parse().ok()));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["10.0.0.0/33", "x", "fe80::1%eth0", "{env.NAME}"] {
            assert!(build(&[text]).is_err(), "{text}");
        }
    }
}
