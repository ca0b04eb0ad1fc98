//! The logging part: which access log an exchange goes to, and all logs of the process.
//! Caddy: the ends of `serversFromPairings` and `Setup`.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::http::{LoggerNames, ServerLogs};
use evenkeel_plan::logging::{Level, Log, Logging};

use crate::directives::log::Places;
use crate::errors;
use crate::options::Options;
use crate::origins::Origins;
use crate::site::{Listener, ServedSite};

/// The log of the process.
pub(crate) const DEFAULT: &str = "default";

/// One `log` directive of a site.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccessLog {
    /// Given, or `log0`, `log1`, …; empty if the directive says nothing.
    pub(crate) name: String,
    /// Instead of the hosts of the site.
    pub(crate) hostnames: Vec<String>,
    /// For no host at all.
    pub(crate) no_hostname: bool,
    /// Where it goes; to the log of the process if absent.
    pub(crate) log: Option<TracedLog>,
}

/// A log and where it was written.
#[derive(Clone, Debug)]
pub(crate) struct TracedLog {
    /// The log.
    pub(crate) log: Log,
    /// The line that began it.
    pub(crate) span: Span,
    /// Where its parts were written.
    pub(crate) places: Places,
}

/// Which access log each host of a server has; nothing if no site has one.
pub(crate) fn server_logs(sites: &[ServedSite<'_>]) -> Option<ServerLogs> {
    if sites.iter().all(|served| served.site.logs.is_empty()) {
        return None;
    }
    let mut logs = ServerLogs::default();
    for served in sites {
        for log in served.site.logs.iter().filter(|log| !log.no_hostname) {
            associate(served, log, &mut logs);
        }
        if served.site.logs.is_empty() {
            logs.skip_unmapped_hosts |= served.has_hostless_address();
            logs.skip_hosts
                .extend(hosts_with_ports(served).into_iter().map(host_and_port));
        }
    }
    logs.skip_hosts.sort_unstable();
    Some(logs)
}

fn associate(served: &ServedSite<'_>, log: &AccessLog, logs: &mut ServerLogs) {
    if log.hostnames.is_empty() && served.has_hostless_address() {
        logs.default_logger_name.clone_from(&log.name);
        return;
    }
    let hosts = if log.hostnames.is_empty() {
        // A host with its port and without counts twice, as in Caddy.
        hosts_with_ports(served)
            .into_iter()
            .map(|(host, _)| host.to_owned())
            .collect()
    } else {
        log.hostnames.clone()
    };
    for host in hosts {
        let names = logs
            .logger_names
            .entry(host)
            .or_insert_with(|| LoggerNames(Vec::new()));
        names.0.push(log.name.clone());
    }
}

/// The hosts, with those ports that are not the usual ones.
fn hosts_with_ports<'s>(served: &ServedSite<'s>) -> BTreeSet<(&'s str, Option<u16>)> {
    let addresses = served
        .addresses
        .iter()
        .filter(|address| !address.host.is_empty());
    let unusual = |port: Option<u16>| port.filter(|port| ![80, 443].contains(port));
    addresses
        .map(|address| (address.host.as_str(), unusual(address.port)))
        .collect()
}

fn host_and_port((host, port): (&str, Option<u16>)) -> String {
    match port {
        None => host.to_owned(),
        Some(port) if host.contains(':') => format!("[{host}]:{port}"),
        Some(port) => format!("{host}:{port}"),
    }
}

/// All logs of the plan.
pub(crate) fn logging(
    listeners: &[Listener<'_>],
    options: &Options,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Option<Logging> {
    let mut logs: BTreeMap<String, Log> = BTreeMap::new();
    let mut spans: BTreeMap<String, Span> = BTreeMap::new();
    let access_logs = listeners.iter().flat_map(|listener| &listener.sites);
    let access_logs = access_logs.flat_map(|served| &served.site.logs);
    let access_logs = access_logs.filter_map(|log| Some((&log.name, log.log.as_ref()?)));
    // A log without settings has only a name that is taken.
    let process_logs = options.logs.iter();
    let process_logs = process_logs.filter(|(_, traced)| traced.log != Log::default());
    for (name, traced) in process_logs.chain(access_logs) {
        let mut log = traced.log.clone();
        if options.debug && log.level.is_none() {
            log.level = Some(Level::Debug.into());
        }
        // A site that listens on two sockets brings its logs twice.
        if let Some(first) = spans.get(name).filter(|first| **first != traced.span) {
            diagnostics.push(errors::log_redefined(name, traced.span, *first).into());
        }
        spans.insert(name.clone(), traced.span);
        trace(name, traced, origins);
        logs.insert(name.clone(), log);
    }
    // One without settings is enough for Caddy to add none.
    if options.debug && !options.logs.contains_key(DEFAULT) {
        logs.entry(DEFAULT.to_owned()).or_insert_with(|| Log {
            level: Some(Level::Debug.into()),
            ..Log::default()
        });
    }
    exclude_from_default(&mut logs);
    (!logs.is_empty()).then_some(Logging { sink: None, logs })
}

/// What another log takes, the log of the process leaves out.
fn exclude_from_default(logs: &mut BTreeMap<String, Log>) {
    let others = logs.iter().filter(|(name, _)| *name != DEFAULT);
    let taken: BTreeSet<String> = others.flat_map(|(_, log)| log.include.clone()).collect();
    if taken.is_empty() {
        return;
    }
    let default = logs.entry(DEFAULT.to_owned()).or_default();
    let all: BTreeSet<String> = default.exclude.drain(..).chain(taken).collect();
    default.exclude.extend(all);
}

fn trace(name: &str, traced: &TracedLog, origins: &mut Origins) {
    let path = format!("logging.logs.{name}");
    origins.insert(path.clone(), traced.span);
    traced.places.trace(&path, origins);
}
