//! What a directive is, and what its lowering works with.

use std::collections::{BTreeMap, BTreeSet};

use evenkeel_caddyfile::Host;
use evenkeel_caddyfile::ast::{Block, Directive as AstLine, File, Word};
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::MatcherSet;
use evenkeel_plan::tls::Issuer;

use crate::args::Line;
use crate::directives;
use crate::errors::{self, Finding, Read, Wording};
use crate::matchers::{self, Scope};
use crate::options::Options;
use crate::order::Order;
use crate::routes::{Action, Entry, TracedRoute};
use crate::site::Site;
use crate::vocabulary::Support;

/// One row of the tables of directives.
pub(crate) struct Directive {
    /// The first word of its line.
    pub(crate) name: &'static str,
    /// Whether its first argument may be a matcher token.
    pub(crate) matcher: Matching,
    /// What it becomes.
    pub(crate) lower: Lower,
    /// Whether what it becomes can be served.
    runs: bool,
    wording: Wording,
}

/// Whether a directive takes a matcher token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matching {
    /// `*`, `/path` or `@name` may stand first.
    Optional,
    /// The same, but a single argument is an ordinary one even if it looks like a matcher.
    /// The text says for messages what that argument is.
    BeforeLast(&'static str),
    /// The first argument is an ordinary one.
    None,
}

/// What a directive becomes.
#[derive(Clone, Copy)]
pub(crate) enum Lower {
    /// Handlers of a route; several if each needs a route of its own.
    Handlers(fn(Line<'_>, &Scope<'_>, &mut Lowering<'_>) -> Read<Vec<Action>>),
    /// Routes with matchers of their own.
    Routes(fn(Line<'_>, &Scope<'_>, &mut Lowering<'_>) -> Read<Vec<TracedRoute>>),
    /// A property of the site.
    Site(fn(Line<'_>, &mut Site, &Scope<'_>, &mut Lowering<'_>) -> Read<()>),
}

impl Directive {
    /// A directive that takes a matcher and becomes handlers.
    pub(crate) const fn handlers(
        name: &'static str,
        lower: fn(Line<'_>, &Scope<'_>, &mut Lowering<'_>) -> Read<Vec<Action>>,
    ) -> Self {
        Self {
            name,
            matcher: Matching::Optional,
            lower: Lower::Handlers(lower),
            runs: true,
            wording: Wording::USUAL,
        }
    }

    /// A directive that becomes routes with matchers of their own.
    pub(crate) const fn routes(
        name: &'static str,
        lower: fn(Line<'_>, &Scope<'_>, &mut Lowering<'_>) -> Read<Vec<TracedRoute>>,
    ) -> Self {
        Self {
            name,
            matcher: Matching::None,
            lower: Lower::Routes(lower),
            runs: true,
            wording: Wording::USUAL,
        }
    }

    /// A directive that says something about its site.
    pub(crate) const fn site(
        name: &'static str,
        lower: fn(Line<'_>, &mut Site, &Scope<'_>, &mut Lowering<'_>) -> Read<()>,
    ) -> Self {
        Self {
            name,
            matcher: Matching::None,
            lower: Lower::Site(lower),
            runs: true,
            wording: Wording::USUAL,
        }
    }

    /// The same, with a matcher only in front of another argument.
    /// `what` the argument is ("a path").
    pub(crate) const fn matcher_before_last(self, what: &'static str) -> Self {
        Self {
            matcher: Matching::BeforeLast(what),
            ..self
        }
    }

    /// The same, of which the plan cannot be served yet.
    pub(crate) const fn adapts_only(self) -> Self {
        Self {
            runs: false,
            ..self
        }
    }

    /// The same, of which Caddy has words of its own for mistakes.
    pub(crate) const fn says(self, wording: Wording) -> Self {
        Self { wording, ..self }
    }

    /// How far it is supported.
    pub(crate) const fn support(&self) -> Support {
        if self.runs {
            Support::Works
        } else {
            Support::AdaptsOnly
        }
    }
}

/// What the lowering of one file shares.
pub(crate) struct Lowering<'a> {
    /// The bag.
    pub(crate) diagnostics: &'a mut Diagnostics,
    /// The counter behind `group0`, `group1`, …
    pub(crate) groups: Groups,
    /// How many access logs have got a number for a name.
    pub(crate) numbered_logs: usize,
    /// Certificate files and their marks.
    pub(crate) certificate_tags: BTreeMap<String, String>,
    /// What the global options say about issuers.
    pub(crate) issuance: Issuance,
    /// Where the files are that must be read to know what a line means.
    pub(crate) host: &'a dyn Host,
    /// How many upstreams port ranges may still become.
    pub(crate) upstream_budget: usize,
    /// The names of the files the configuration is in, which `file_server` hides.
    pub(crate) file_names: &'a [String],
    /// Where each directive comes in its block.
    pub(crate) order: Order,
    /// The routes that have a name.
    pub(crate) named_routes: BTreeSet<String>,
    /// Those that `invoke` has named since this was last taken.
    pub(crate) invoked: BTreeSet<String>,
}

/// What a `tls` directive must know of the global options.
pub(crate) struct Issuance {
    /// The issuers that are named there.
    pub(crate) issuers: Vec<Issuer>,
    /// Whether `acme_dns` has every ACME issuer use a DNS provider.
    pub(crate) has_dns_provider: bool,
}

impl Issuance {
    fn of(options: &Options) -> Self {
        let issuers = options.tls.cert_issuers.iter();
        Self {
            issuers: issuers.map(|traced| traced.issuer.clone()).collect(),
            has_dns_provider: options.tls.acme_dns.is_some(),
        }
    }
}

/// More upstreams than this from port ranges are a mistake or an attack.
const MOST_RANGED_UPSTREAMS: usize = 100_000;

impl<'a> Lowering<'a> {
    /// Nothing lowered yet.
    pub(crate) fn new(
        file: &'a File,
        options: &Options,
        host: &'a dyn Host,
        diagnostics: &'a mut Diagnostics,
    ) -> Self {
        let names = file
            .named_routes
            .iter()
            .map(|route| route.name.text.clone());
        Self {
            file_names: &file.names,
            order: options.order.clone(),
            issuance: Issuance::of(options),
            host,
            named_routes: names.collect(),
            invoked: BTreeSet::new(),
            diagnostics,
            groups: Groups::new(),
            numbered_logs: 0,
            certificate_tags: BTreeMap::new(),
            upstream_budget: MOST_RANGED_UPSTREAMS,
        }
    }

    /// Unwraps what was read, or pushes the reason why it was not.
    pub(crate) fn keep<T>(&mut self, read: Read<T>) -> Option<T> {
        read.map_err(|found| self.diagnostics.push(found.into()))
            .ok()
    }
}

/// The counter behind the names of route groups.
#[derive(Debug)]
pub(crate) struct Groups(u32);

impl Groups {
    /// From `group0` on.
    pub(crate) const fn new() -> Self {
        Self(0)
    }

    /// `group0`, `group1`, …
    pub(crate) fn draw(&mut self) -> String {
        let name = format!("group{}", self.0);
        self.0 += 1;
        name
    }
}

/// Lowers the lines of a site (`site` given) or of a nested block into entries that still have
/// to be sorted. `owner` opened the nested block.
pub(crate) fn lower_lines(
    block: &Block,
    scope: &Scope<'_>,
    mut place: Place<'_, '_>,
    lowering: &mut Lowering<'_>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    let known = lowering.diagnostics.len();
    for line in &block.lines {
        if line.name.text.starts_with('@') {
            continue;
        }
        if lowering.diagnostics.is_full() {
            break;
        }
        let lowered = match directives::find(&line.name.text) {
            Some(directive) => lower_line(directive, line, scope, &mut place, lowering),
            None => Err(unknown(line, block, &place)),
        };
        entries.extend(lowering.keep(lowered).into_iter().flatten());
    }
    if let Place::Nested(_) = place {
        // Caddy reads the whole block before it looks into it, so it names the end as well.
        let caddy = lowering.diagnostics.caddy_texts(known);
        caddy.for_each(|text| text.also_at(block.close()));
    }
    entries
}

/// Where lines stand.
pub(crate) enum Place<'s, 'w> {
    /// Directly in a site.
    Site(&'s mut Site),
    /// In the block of a directive.
    Nested(&'w Word),
}

/// Caddy's words for what is wrong in a line begin with the line's name.
fn lower_line(
    directive: &'static Directive,
    line: &AstLine,
    scope: &Scope<'_>,
    place: &mut Place<'_, '_>,
    lowering: &mut Lowering<'_>,
) -> Read<Vec<Entry>> {
    if let (Lower::Site(_), Place::Nested(owner)) = (directive.lower, &place) {
        return Err(errors::misplaced_directive(&line.name, owner));
    }
    let known = lowering.diagnostics.len();
    let name = line.name.text.as_str();
    let lowered = lower_words(directive, line, scope, place, lowering);
    let caddy = lowering.diagnostics.caddy_texts(known);
    caddy.for_each(|text| text.while_parsing(name));
    lowered.map_err(|found| found.worded(&directive.wording).while_parsing(name))
}

fn lower_words(
    directive: &'static Directive,
    line: &AstLine,
    scope: &Scope<'_>,
    place: &mut Place<'_, '_>,
    lowering: &mut Lowering<'_>,
) -> Read<Vec<Entry>> {
    let line = Line::from(line);
    match (directive.lower, place) {
        (Lower::Handlers(lower), _) => {
            let span = line.span();
            let words = line.args.len();
            let (matcher_sets, line) = matcher(line, directive, scope, lowering);
            if let (Matching::BeforeLast(what), [_, rest @ ..]) = (directive.matcher, line.args)
                && line.args.len() < words
                && !rest.is_empty()
            {
                return Err(errors::more_than_matcher_and(what, line));
            }
            let route = |action| TracedRoute {
                matcher_sets: matcher_sets.clone(),
                ..TracedRoute::of(action, span)
            };
            let actions = lower(line, scope, lowering)?;
            let routes = actions.into_iter().map(route).collect();
            Ok(entries(directive, routes, lowering))
        }
        (Lower::Routes(lower), _) => {
            let routes = lower(line, scope, lowering)?;
            Ok(entries(directive, routes, lowering))
        }
        (Lower::Site(lower), Place::Site(site)) => {
            lower(line, site, scope, lowering)?;
            Ok(Vec::new())
        }
        (Lower::Site(_), Place::Nested(owner)) => {
            Err(errors::misplaced_directive(line.name, owner))
        }
    }
}

fn unknown(line: &AstLine, block: &Block, place: &Place<'_, '_>) -> Finding {
    let name = &line.name;
    let caddy = match place {
        Place::Site(_) => {
            let first = block.lines.first();
            let has_braces = first.is_none_or(|first| first.name.span.start != block.span.start);
            errors::unknown_in_site(name, has_braces)
        }
        Place::Nested(_) => errors::unknown_in_block(name),
    };
    errors::unknown_directive(name, directives::names()).caddy_text(caddy)
}

/// The conditions of a line, and what is left of it.
fn matcher<'l>(
    line: Line<'l>,
    directive: &Directive,
    scope: &Scope<'_>,
    lowering: &mut Lowering<'_>,
) -> (Vec<MatcherSet>, Line<'l>) {
    let takes_one = match directive.matcher {
        Matching::Optional => true,
        Matching::BeforeLast(_) => line.args.len() > 1,
        Matching::None => false,
    };
    if !takes_one {
        return (Vec::new(), line);
    }
    matchers::token(line, scope).unwrap_or_else(|found| {
        // The rest of the line may have mistakes of its own.
        lowering.diagnostics.push(found.into());
        (Vec::new(), line.skip_first())
    })
}

fn entries(
    directive: &'static Directive,
    routes: Vec<TracedRoute>,
    lowering: &Lowering<'_>,
) -> Vec<Entry> {
    // The two exclude each other, so they are sorted as if they were one.
    let name = match directive.name {
        "handle_path" => "handle",
        name => name,
    };
    let position = lowering.order.position(name);
    let entry = |route| Entry {
        position,
        name,
        route,
    };
    routes.into_iter().map(entry).collect()
}
