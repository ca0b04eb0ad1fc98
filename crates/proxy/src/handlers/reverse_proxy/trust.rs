//! Which peers are proxies of our own: whose `X-Forwarded-*` fields are believed.

use std::net::IpAddr;

use crate::address_range::AddressRange;
use crate::error::BuildError;
use crate::graph::BuildContext;

/// Addresses and ranges of trusted peers.
#[derive(Clone, Debug, Default)]
pub(super) struct TrustedProxies {
    ranges: Box<[AddressRange]>,
}

impl TrustedProxies {
    /// Parses addresses (`10.0.0.1`) and ranges (`10.0.0.0/8`).
    pub(super) fn build(texts: &[String], cx: &BuildContext<'_>) -> Result<Self, BuildError> {
        let range = |text: &String| {
            AddressRange::parse(text)
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
