//! `lb_…`: who gets the next attempt, and how long attempts go on.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::handlers::reverse_proxy::{LoadBalancing, SelectionPolicy};

use super::Proxy;
use crate::args::Line;
use crate::errors::{self, Read};
use crate::vocabulary::{self, Known};

/// All policies Caddy knows; those without a value are not supported yet.
const POLICIES: &[(&str, Option<SelectionPolicy>)] = &[
    ("random", Some(SelectionPolicy::Random {})),
    ("round_robin", Some(SelectionPolicy::RoundRobin {})),
    ("least_conn", Some(SelectionPolicy::LeastConn {})),
    ("first", Some(SelectionPolicy::First {})),
    ("ip_hash", Some(SelectionPolicy::IpHash {})),
    ("client_ip_hash", None),
    ("cookie", None),
    ("header", None),
    ("query", None),
    ("random_choose", None),
    ("uri_hash", None),
    ("weighted_round_robin", None),
];

/// The policies, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_list(POLICIES)
}

/// `lb_policy NAME`.
pub(super) fn policy(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    let name = line.first("a policy")?;
    let row = POLICIES.iter().find(|(known, _)| *known == name.text);
    let Some((_, policy)) = row else {
        let names = POLICIES.iter().map(|(known, _)| *known);
        return Err(errors::unknown_value(
            "unknown-policy",
            "selection policy",
            name,
            names,
        ));
    };
    let Some(policy) = policy else {
        return Err(errors::value_not_supported("lb_policy", name));
    };
    line.one("a policy")?;
    settings(proxy).selection_policy = Some(policy.clone());
    Ok(())
}

/// `lb_retries N`.
pub(super) fn retries(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    settings(proxy).retries = line.number()?;
    Ok(())
}

/// `lb_try_duration DURATION`.
pub(super) fn try_duration(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    settings(proxy).try_duration = line.duration()?;
    Ok(())
}

/// `lb_try_interval DURATION`.
pub(super) fn try_interval(line: Line<'_>, proxy: &mut Proxy, _: &mut Diagnostics) -> Read<()> {
    settings(proxy).try_interval = line.duration()?;
    Ok(())
}

fn settings(proxy: &mut Proxy) -> &mut LoadBalancing {
    proxy.handler.load_balancing.get_or_insert_default()
}
