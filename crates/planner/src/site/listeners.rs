//! From sites to sockets: which sites, with which of their addresses, share one.
//! Caddy: `mapAddressToProtocolToServerBlocks`.

use std::collections::BTreeMap;

use evenkeel_diagnostics::Diagnostics;

use crate::errors;
use crate::options::Options;
use crate::site::{ServedSite, Site, SiteAddress};

/// One socket address and the sites behind it: what becomes one server.
#[derive(Debug)]
pub(crate) struct Listener<'s> {
    /// As in the plan: `:443`.
    pub(crate) address: String,
    /// Its port.
    pub(crate) port: u16,
    /// The sites, the most specific first.
    pub(crate) sites: Vec<ServedSite<'s>>,
}

/// The sockets of all sites, in the order of their servers (`srv0`, `srv1`, …), which is that of
/// the addresses as text.
pub(crate) fn listeners<'s>(
    sites: &'s [Site],
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Vec<Listener<'s>> {
    let mut by_address: BTreeMap<String, Listener<'s>> = BTreeMap::new();
    for site in sites {
        for address in &site.addresses {
            if let Err(found) = address.check(options) {
                diagnostics.push(found.into());
                continue;
            }
            let port = address.listen_port(options);
            let socket = format!(":{port}");
            let listener = by_address
                .entry(socket.clone())
                .or_insert_with(|| Listener {
                    address: socket,
                    port,
                    sites: Vec::new(),
                });
            match listener.sites.last_mut() {
                Some(served) if std::ptr::eq(served.site, site) => served.addresses.push(address),
                _ => listener.sites.push(ServedSite {
                    site,
                    addresses: vec![address],
                }),
            }
        }
    }
    let mut listeners: Vec<Listener<'s>> = by_address.into_values().collect();
    for listener in &mut listeners {
        refuse_duplicates(listener, diagnostics);
        super::served::sort(&mut listener.sites);
    }
    listeners
}

fn refuse_duplicates(listener: &Listener<'_>, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<_, &SiteAddress> = BTreeMap::new();
    for address in listener.sites.iter().flat_map(|served| &served.addresses) {
        if let Some(first) = seen.get(&address.identity()) {
            let found = errors::duplicate_site(&address.text, address.span, first.span);
            diagnostics.push(found.into());
            continue;
        }
        seen.insert(address.identity(), address);
    }
}
