//! What the rules look at: a file's directives and proxies, found once for all of them.

use evenkeel_caddyfile::ast::{Block, Directive, File, Word};
use evenkeel_diagnostics::{SourceMap, Span};

use crate::proxy::Proxy;
use crate::walk::{self, Placed};

/// A file, prepared.
pub(crate) struct Subject<'a> {
    /// The texts.
    pub(crate) sources: &'a SourceMap,
    /// The lines of the global options.
    pub(crate) options: &'a [Directive],
    /// Sites first, then named routes.
    pub(crate) sites: Vec<Site<'a>>,
    /// Every directive of every site, through nested blocks.
    pub(crate) directives: Vec<Placed<'a>>,
    /// Those with the syntax of `reverse_proxy`.
    pub(crate) proxies: Vec<Proxy<'a>>,
}

/// A site, or a named route.
pub(crate) struct Site<'a> {
    /// Its addresses; none for a named route.
    pub(crate) keys: &'a [Word],
    /// Its lines.
    pub(crate) block: &'a Block,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(file: &'a File, sources: &'a SourceMap) -> Self {
        let sites = file.sites.iter().map(|site| Site {
            keys: &site.keys,
            block: &site.block,
        });
        let routes = file.named_routes.iter().map(|route| Site {
            keys: &[],
            block: &route.block,
        });
        let sites: Vec<Site<'a>> = sites.chain(routes).collect();
        let mut directives = Vec::new();
        for (number, site) in sites.iter().enumerate() {
            walk::directives(site.block, number, &mut directives);
        }
        let proxies = directives.iter().filter_map(Proxy::of).collect();
        let options = file.options.as_ref().map(|block| block.lines.as_slice());
        Self {
            sources,
            options: options.unwrap_or_default(),
            sites,
            directives,
            proxies,
        }
    }

    /// The directives of these names.
    pub(crate) fn named(&self, names: &'static [&'static str]) -> impl Iterator<Item = Placed<'a>> {
        let is_named = |placed: &&Placed<'a>| names.contains(&placed.line.name.text.as_str());
        self.directives.iter().filter(is_named).copied()
    }

    /// The proxies that balance over upstreams: `reverse_proxy` and `php_fastcgi`.
    pub(crate) fn balancers(&self) -> impl Iterator<Item = &Proxy<'a>> {
        self.proxies
            .iter()
            .filter(|proxy| proxy.name() != "forward_auth")
    }

    /// The last global option of this name.
    pub(crate) fn option(&self, name: &str) -> Option<&'a Directive> {
        self.options.iter().rfind(|line| line.name.text == name)
    }

    /// The lines inside the global options of this name.
    pub(crate) fn inside_option(&self, name: &'static str) -> impl Iterator<Item = &'a Directive> {
        let named = self
            .options
            .iter()
            .filter(move |line| line.name.text == name);
        named
            .flat_map(|line| line.block.iter())
            .flat_map(|block| &block.lines)
    }

    /// Whether `auto_https` has this value.
    pub(crate) fn auto_https(&self, value: &str) -> bool {
        let option = self.option("auto_https");
        option.is_some_and(|line| line.args.iter().any(|word| word.text == value))
    }

    /// Where a part of a word was written; the whole word if it cannot be told.
    pub(crate) fn part(&self, word: &Word, part: &str) -> Span {
        let text = self.sources.slice(word.span);
        let Some(start) = text.find(part).and_then(|at| u32::try_from(at).ok()) else {
            return word.span;
        };
        let start = word.span.start + start;
        let length = u32::try_from(part.len()).unwrap_or(0);
        Span::new(word.span.source, start, start + length)
    }
}
