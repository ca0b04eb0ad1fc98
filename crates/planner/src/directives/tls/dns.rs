//! Lines about DNS challenges, the same in `tls`, `issuer acme` and `issuer zerossl`; and DNS
//! providers, which are plugins of Caddy's all of them.

use evenkeel_plan::tls::{DnsChallenge, DnsProvider};
use evenkeel_plan::value::Duration;

use crate::args::{Line, texts};
use crate::errors::{self, Read};

/// Reads the provider behind the name of a line. This is where a provider that is built in would
/// be told from a plugin.
pub(crate) fn provider(line: Line<'_>) -> Read<DnsProvider> {
    let name = line.first("a DNS provider")?;
    Err(errors::dns_provider_is_plugin(name))
}

pub(super) fn propagation_delay(line: Line<'_>, challenge: &mut DnsChallenge) -> Read<()> {
    challenge.propagation_delay = line.signed_duration()?;
    Ok(())
}

/// `-1` stands for no bound.
pub(super) fn propagation_timeout(line: Line<'_>, challenge: &mut DnsChallenge) -> Read<()> {
    let word = line.one("a duration, or `-1`")?;
    challenge.propagation_timeout = match word.text.as_str() {
        "-1" => Duration::from_nanos(-1),
        _ => line.signed_duration()?,
    };
    Ok(())
}

pub(super) fn resolvers(line: Line<'_>, challenge: &mut DnsChallenge) -> Read<()> {
    challenge.resolvers = texts(line.some("a DNS server")?);
    Ok(())
}

pub(super) fn ttl(line: Line<'_>, challenge: &mut DnsChallenge) -> Read<()> {
    challenge.ttl = line.signed_duration()?;
    Ok(())
}

pub(super) fn override_domain(line: Line<'_>, challenge: &mut DnsChallenge) -> Read<()> {
    challenge.override_domain = line.text("a name")?;
    Ok(())
}
