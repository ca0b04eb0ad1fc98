//! From sites to sockets: which sites, with which of their addresses, share one.
//! Caddy: `mapAddressToProtocolToServerBlocks`.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_diagnostics::Diagnostics;

use crate::directives::bind::Bind;
use crate::errors;
use crate::options::Options;
use crate::site::{Copies, ServedSite, Site, SiteAddress, socket};

/// Socket addresses and the sites behind them: what becomes one server.
#[derive(Debug, Default)]
pub(crate) struct Listener<'s> {
    /// The addresses, sorted.
    pub(crate) sockets: Vec<Socket>,
    /// Their port; zero for those without.
    pub(crate) port: u16,
    /// The sites, the most specific first.
    pub(crate) sites: Vec<ServedSite<'s>>,
}

/// One socket address.
#[derive(Clone, Debug)]
pub(crate) struct Socket {
    /// As in the plan: `:443`.
    pub(crate) address: String,
    /// What is spoken there; what the server speaks if empty.
    pub(crate) protocols: Vec<String>,
}

impl Listener<'_> {
    /// The addresses, as text.
    pub(crate) fn addresses(&self) -> String {
        let addresses = self.sockets.iter().map(|socket| socket.address.as_str());
        addresses.collect::<Vec<_>>().join(" ")
    }
}

/// The sites of each protocol (empty: what the server speaks) of one address, and its port.
type AtAddress<'s> = BTreeMap<String, (u16, Vec<ServedSite<'s>>)>;

/// The sockets of all sites, in the order of their servers (`srv0`, `srv1`, …), which is that of
/// the addresses as text. Addresses with the same sites share a server.
pub(crate) fn listeners<'s>(
    sites: &'s [Site],
    options: &Options,
    copies: &mut Copies,
    diagnostics: &mut Diagnostics,
) -> Vec<Listener<'s>> {
    let mut by_address: BTreeMap<String, AtAddress<'s>> = BTreeMap::new();
    for site in sites {
        let found = copies.take_sockets(site, options.default_bind.as_slice());
        if let Err(found) = found {
            diagnostics.push(found.into());
            return Vec::new();
        }
        for address in &site.addresses {
            let port = match address.port(options) {
                Ok(port) => port,
                Err(found) => {
                    diagnostics.push(found.into());
                    continue;
                }
            };
            for (socket, protocols) in sockets(site, port, options) {
                let here = by_address.entry(socket).or_default();
                for protocol in protocols {
                    let (_, sites) = here.entry(protocol).or_insert((port, Vec::new()));
                    serve(sites, site, address);
                }
            }
        }
    }
    let mut listeners = join_alike(by_address);
    for listener in &mut listeners {
        refuse_duplicates(listener, diagnostics);
        super::served::sort(&mut listener.sites);
    }
    listeners
}

/// Where a site listens with one of its ports, and what is spoken there.
fn sockets(site: &Site, port: u16, options: &Options) -> BTreeMap<String, BTreeSet<String>> {
    let binds = match site.binds.as_slice() {
        [] => options.default_bind.as_slice(),
        own => own,
    };
    let any = || BTreeSet::from([String::new()]);
    if binds.is_empty() {
        return BTreeMap::from([(format!(":{port}"), any())]);
    }
    let socket = |bind: &Bind, interface: &String| {
        let protocols = match bind.protocols.as_slice() {
            [] => any(),
            some => some.iter().cloned().collect(),
        };
        (socket::join(interface, port), protocols)
    };
    binds
        .iter()
        .flat_map(|bind| bind.addresses.iter().map(move |one| socket(bind, one)))
        .collect()
}

fn serve<'s>(sites: &mut Vec<ServedSite<'s>>, site: &'s Site, address: &'s SiteAddress) {
    match sites.last_mut() {
        Some(served) if std::ptr::eq(served.site, site) => served.addresses.push(address),
        _ => sites.push(ServedSite {
            site,
            addresses: vec![address],
        }),
    }
}

/// Sites and their addresses by where they are in memory: what must be the same for two sockets
/// to share a server.
type Identity = Vec<(*const Site, Vec<*const SiteAddress>)>;

fn join_alike(by_address: BTreeMap<String, AtAddress<'_>>) -> Vec<Listener<'_>> {
    let mut listeners: Vec<Listener<'_>> = Vec::new();
    let mut known: BTreeMap<Identity, usize> = BTreeMap::new();
    for (address, by_protocol) in by_address {
        for (protocol, (port, sites)) in by_protocol {
            let known_here = known.len();
            let at = *known.entry(identity(&sites)).or_insert_with(|| {
                listeners.push(Listener {
                    sockets: Vec::new(),
                    port: if has_port(&address) { port } else { 0 },
                    sites,
                });
                listeners.len() - 1
            });
            let is_known = known.len() == known_here;
            let sockets = &mut listeners[at].sockets;
            let is_repeated = sockets
                .first()
                .is_some_and(|first| first.address == address);
            if sockets.last().is_none_or(|last| last.address != address) {
                sockets.push(Socket {
                    address: address.clone(),
                    protocols: Vec::new(),
                });
            }
            if let Some(last) = sockets.last_mut().filter(|_| !protocol.is_empty()) {
                last.protocols.push(protocol);
            }
            if is_known && is_repeated {
                // Caddy leaves an empty server for each further protocol of a first address.
                listeners.push(Listener::default());
            }
        }
    }
    listeners
}

fn identity(sites: &[ServedSite<'_>]) -> Identity {
    let one = |served: &ServedSite<'_>| {
        let addresses = served.addresses.iter();
        let addresses = addresses.map(|&address| std::ptr::from_ref(address));
        (std::ptr::from_ref(served.site), addresses.collect())
    };
    sites.iter().map(one).collect()
}

fn has_port(address: &str) -> bool {
    !address.starts_with("unix") && !address.starts_with("fd/")
}

/// Caddy refuses an address that two sites write alike. Written in two ways it is the first that
/// answers.
fn refuse_duplicates(listener: &Listener<'_>, diagnostics: &mut Diagnostics) {
    let mut written: BTreeMap<&str, &SiteAddress> = BTreeMap::new();
    let mut meant: BTreeMap<_, &SiteAddress> = BTreeMap::new();
    for address in listener.sites.iter().flat_map(|served| &served.addresses) {
        let duplicate =
            |first: &SiteAddress| errors::duplicate_site(&address.text, address.span, first.span);
        if let Some(first) = written.get(address.text.as_str()) {
            diagnostics.push(duplicate(first).into());
        } else if let Some(first) = meant.get(&address.identity()) {
            diagnostics.push(duplicate(first).into_warning().into());
        }
        written.entry(&address.text).or_insert(address);
        meant.entry(address.identity()).or_insert(address);
    }
}
