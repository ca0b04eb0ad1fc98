//! Whom a plan wants asked for the addresses of upstreams.

use std::time::Duration;

use evenkeel_net::{NameServer, NameServers};
use evenkeel_plan::http::handlers::reverse_proxy::Resolver as Plan;

use crate::error::BuildError;
use crate::graph::BuildContext;

/// The name servers of a plan; the system's if it names none. Caddy: `upstreams.go`,
/// `UpstreamResolver`.
pub(crate) fn build(
    plan: Option<&Plan>,
    timeout: Option<Duration>,
    cx: &mut BuildContext<'_>,
) -> Result<NameServers, BuildError> {
    let addresses = plan.map_or(&[][..], |plan| &plan.addresses);
    cx.within("resolver", |cx| {
        let servers = addresses.iter().map(|text| {
            NameServer::parse(text)
                .ok_or_else(|| cx.error(format!("`{text}` is not the address of a name server")))
        });
        Ok(NameServers {
            servers: servers.collect::<Result<_, _>>()?,
            timeout,
        })
    })
}
