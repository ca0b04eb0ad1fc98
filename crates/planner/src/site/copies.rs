//! How much of a file may be written out again. A site with several ports becomes a part of
//! several servers, and so do the named routes it invokes: a few thousand addresses and as many
//! lines would fill the memory with their product.

use std::collections::BTreeSet;

use evenkeel_caddyfile::ast::{Block, Word};
use evenkeel_diagnostics::Span;

use crate::directives::bind::Bind;
use crate::errors::{self, Read};
use crate::named_routes::NamedRoutes;
use crate::site::{Listener, Site};

/// Words that all copies together may hold.
const MOST_WORDS: usize = 1_000_000;
/// Addresses of sites on further interfaces, in all.
const MOST_SOCKETS: usize = 250_000;
/// A word counts once more for each of these many bytes.
const BYTES_PER_WORD: usize = 256;

/// What is left.
#[derive(Debug)]
pub(crate) struct Copies {
    words: usize,
    sockets: usize,
    /// Sites that were written once.
    written: BTreeSet<*const Site>,
    has_named_routes: bool,
}

impl Copies {
    /// Nothing copied yet.
    pub(crate) const fn new() -> Self {
        Self {
            words: MOST_WORDS,
            sockets: MOST_SOCKETS,
            written: BTreeSet::new(),
            has_named_routes: false,
        }
    }

    /// Takes the room of a site's addresses on all its interfaces but the first.
    pub(crate) fn take_sockets(&mut self, site: &Site, default_bind: &[Bind]) -> Read<()> {
        let binds = match site.binds.as_slice() {
            [] => default_bind,
            own => own,
        };
        let Some(first) = site.addresses.first() else {
            return Ok(());
        };
        let interfaces: usize = binds.iter().map(|bind| bind.addresses.len()).sum();
        let more = site
            .addresses
            .len()
            .saturating_mul(interfaces.saturating_sub(1));
        let left = self.sockets.checked_sub(more);
        self.sockets = left.ok_or_else(|| errors::too_many_sockets(first.span, MOST_SOCKETS))?;
        Ok(())
    }

    /// Takes the room of what a server repeats of the servers before it.
    pub(crate) fn take_server(
        &mut self,
        listener: &Listener<'_>,
        named_routes: &NamedRoutes,
    ) -> Read<()> {
        let mut invoked = BTreeSet::new();
        for served in &listener.sites {
            if !self.written.insert(std::ptr::from_ref(served.site)) {
                self.take(served.site.words, served.addresses[0].span)?;
            }
            invoked.extend(&served.site.invoked);
        }
        let (Some(first), false) = (listener.sites.first(), invoked.is_empty()) else {
            return Ok(());
        };
        if std::mem::replace(&mut self.has_named_routes, true) {
            let words = named_routes.words(invoked.into_iter());
            self.take(words, first.addresses[0].span)?;
        }
        Ok(())
    }

    fn take(&mut self, words: usize, at: Span) -> Read<()> {
        let left = self.words.checked_sub(words);
        self.words = left.ok_or_else(|| errors::too_many_copies(at, MOST_WORDS))?;
        Ok(())
    }
}

/// The words of a block and all blocks in it; long ones count more.
pub(crate) fn words(block: &Block) -> usize {
    let one = |word: &Word| 1 + word.text.len() / BYTES_PER_WORD;
    let line = |line: &evenkeel_caddyfile::ast::Directive| {
        let args = line.args.iter().map(one).sum::<usize>();
        one(&line.name) + args + line.block.as_ref().map_or(0, words)
    };
    block.lines.iter().map(line).sum()
}
