//! Sites: their addresses, the sockets these imply, and the servers behind the sockets.

mod address;
mod copies;
mod listeners;
mod served;
mod servers;
mod socket;

use std::collections::BTreeSet;

use evenkeel_caddyfile::ast::SiteBlock;

pub(crate) use address::{Scheme, SiteAddress};
pub(crate) use copies::{Copies, words};
pub(crate) use listeners::{Listener, listeners};
pub(crate) use served::ServedSite;
pub(crate) use servers::{Build, servers};

use crate::directive::{Lowering, Place, lower_lines};
use crate::directives;
use crate::directives::bind::Bind;
use crate::directives::tls::TlsSettings;
use crate::errors;
use crate::logs::AccessLog;
use crate::matchers::Scope;
use crate::routes::{Entry, TracedRoute};
use crate::shorthand;

/// One site block, lowered.
#[derive(Debug, Default)]
pub(crate) struct Site {
    /// What it answers to, as far as the addresses were right.
    pub(crate) addresses: Vec<SiteAddress>,
    /// Its routes, not sorted yet.
    pub(crate) entries: Vec<Entry>,
    /// Its `log` directives.
    pub(crate) logs: Vec<AccessLog>,
    /// Its `bind` directives.
    pub(crate) binds: Vec<Bind>,
    /// Its `handle_errors` directives, each a route.
    pub(crate) errors: Vec<TracedRoute>,
    /// The named routes it invokes.
    pub(crate) invoked: BTreeSet<String>,
    /// Its `tls` directives.
    pub(crate) tls: Vec<TlsSettings>,
    /// How many words it is made of, upstreams from port ranges included.
    pub(crate) words: usize,
}

/// Lowers all site blocks of a file.
pub(crate) fn lower_all(blocks: &[SiteBlock], lowering: &mut Lowering<'_>) -> Vec<Site> {
    let blocks = blocks.iter().enumerate();
    blocks
        .map(|(number, block)| lower(block, number, lowering))
        .collect()
}

fn lower(block: &SiteBlock, number: usize, lowering: &mut Lowering<'_>) -> Site {
    let mut site = Site::default();
    for (at, key) in block.keys.iter().enumerate() {
        if directives::names().any(|name| name == key.text) {
            // What follows belongs to no site; to judge it would only add noise.
            lowering
                .diagnostics
                .push(errors::directive_as_address(key).into());
            return site;
        }
        let address = lowering.keep(SiteAddress::read(key, (number, at)));
        if address
            .as_ref()
            .is_some_and(|address| !address.path.is_empty())
        {
            lowering
                .diagnostics
                .push(errors::path_in_address(key).into());
        }
        site.addresses.extend(address);
    }
    drop_repeated(&mut site.addresses);
    let body = shorthand::expand_block(&block.block);
    let scope = Scope::collect(&body, None, lowering.diagnostics);
    let upstreams = lowering.upstream_budget;
    let entries = lower_lines(&body, &scope, Place::Site(&mut site), lowering);
    site.entries = entries;
    site.words = words(&body) + upstreams.saturating_sub(lowering.upstream_budget);
    site.invoked = std::mem::take(&mut lowering.invoked);
    site
}

/// An address that a site repeats counts once.
fn drop_repeated(addresses: &mut Vec<SiteAddress>) {
    let mut seen = BTreeSet::new();
    let is_new: Vec<bool> = addresses
        .iter()
        .map(|address| seen.insert(address.identity()))
        .collect();
    drop(seen);
    let mut is_new = is_new.into_iter();
    addresses.retain(|_| is_new.next().unwrap_or(true));
}
