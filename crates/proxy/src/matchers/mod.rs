//! Conditions on a request, compiled once. Caddy: `modules/caddyhttp/matchers.go`.

pub(crate) mod header;
pub(crate) mod host;
mod method;
mod not_yet;
pub(crate) mod path;
mod protocol;

use evenkeel_plan::http::MatcherSet as Plan;

use crate::error::BuildError;
use crate::exchange::Exchange;
use crate::graph::BuildContext;

/// Conditions that must all hold.
pub(crate) struct MatcherSet {
    matchers: Box<[Matcher]>,
}

/// One condition.
enum Matcher {
    Host(host::Hosts),
    Path(path::Paths),
    Method(method::Methods),
    Header(header::Headers),
    Protocol(protocol::Protocol),
}

impl MatcherSet {
    pub(crate) fn build(plan: &Plan, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        not_yet::build_refusal(plan, cx)?;
        let mut matchers = Vec::new();
        if !plan.method.is_empty() {
            matchers.push(Matcher::Method(method::Methods::build(&plan.method)));
        }
        if !plan.host.is_empty() {
            let hosts = cx.within("host", |cx| host::Hosts::build(&plan.host, cx))?;
            matchers.push(Matcher::Host(hosts));
        }
        if !plan.path.is_empty() {
            matchers.push(Matcher::Path(path::Paths::build(&plan.path, cx)));
        }
        if !plan.header.is_empty() {
            let headers = cx.within("header", |cx| header::Headers::build(&plan.header, cx))?;
            matchers.push(Matcher::Header(headers));
        }
        if let Some(protocol) = &plan.protocol {
            let protocol = cx.within("protocol", |cx| protocol::Protocol::build(protocol, cx))?;
            matchers.push(Matcher::Protocol(protocol));
        }
        Ok(Self {
            matchers: matchers.into(),
        })
    }

    /// Whether all conditions hold.
    pub(crate) fn matches(&self, exchange: &Exchange<'_>) -> bool {
        self.matchers.iter().all(|matcher| match matcher {
            Matcher::Host(hosts) => hosts.matches(exchange),
            Matcher::Path(paths) => paths.matches(exchange),
            Matcher::Method(methods) => methods.matches(exchange.request.method()),
            Matcher::Header(headers) => headers.matches(exchange),
            Matcher::Protocol(protocol) => protocol.matches(exchange),
        })
    }

    /// The hosts without which this set cannot hold, for the host index; `None` if it can hold for
    /// hosts that are not known at build.
    pub(crate) fn hosts(&self) -> Option<&[host::Pattern]> {
        self.matchers.iter().find_map(|matcher| match matcher {
            Matcher::Host(hosts) => hosts.patterns(),
            _ => None,
        })
    }
}
