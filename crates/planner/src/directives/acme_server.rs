//! `acme_server [matcher] [{ ca, lifetime, resolvers, challenges, allow_wildcard_names, allow, deny,
//! sign_with_root }]`: an ACME authority of our own. Caddy: `modules/caddypki/acmeserver/caddyfile.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::{AcmeRules, AcmeServer};

use crate::args::{Line, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::{Action, Entry};
use crate::subdirective::{Sub, read_block, read_lines};
use crate::vocabulary::{self, Known};

/// Gives certificates to others: an ACME server over the local authority.
///
/// ```caddyfile
/// acme_server [MATCHER] {
///     ca NAME
///     lifetime DURATION
///     …
/// }
/// ```
pub(super) const ACME_SERVER: Directive = Directive::handlers("acme_server", lower).adapts_only();

const SUBDIRECTIVES: &[Sub<AcmeServer>] = &[
    Sub::new("ca", authority).counts_taken().adapts_only(),
    Sub::new("lifetime", lifetime)
        .on_value_anywhere("$why")
        .adapts_only(),
    Sub::new("resolvers", resolvers)
        .on_few("must specify at least one resolver address")
        .adapts_only(),
    Sub::new("challenges", challenges).adapts_only(),
    Sub::new("allow_wildcard_names", allow_wildcard_names).adapts_only(),
    Sub::new("allow", allow).adapts_only(),
    Sub::new("deny", deny).adapts_only(),
    Sub::new("sign_with_root", sign_with_root)
        .counts()
        .adapts_only(),
    Sub::others("unrecognized ACME server directive: $value").reads_on(),
];

/// The options of `allow` and `deny`.
const RULES: &[Sub<AcmeRules>] = &[
    Sub::new("domains", domains),
    Sub::new("ip_ranges", ip_ranges),
];

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

/// The authority that a route of a site names, which the PKI app then must have.
pub(crate) fn named_authority(entry: &Entry) -> Option<&str> {
    entry
        .route
        .handlers
        .iter()
        .find_map(|handler| match &handler.action {
            Action::Leaf(Handler::AcmeServer(server), _) if !server.ca.is_empty() => {
                Some(server.ca.as_str())
            }
            _ => None,
        })
}

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.at_most(0)?;
    let mut handler = AcmeServer::default();
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut handler,
        lowering.diagnostics,
    );
    Ok(vec![Action::leaf(Handler::AcmeServer(Box::new(handler)))])
}

/// `ca NAME`: the local authority that signs.
fn authority(line: Line<'_>, handler: &mut AcmeServer, _: &mut Diagnostics) -> Read<()> {
    handler.ca = line.text("the id of an authority")?;
    Ok(())
}

/// `lifetime DURATION`: how long a certificate is valid.
fn lifetime(line: Line<'_>, handler: &mut AcmeServer, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("a duration")?;
    handler.lifetime = word
        .text
        .parse()
        .map_err(|error| errors::bad_duration(word, error))?;
    Ok(())
}

/// `resolvers ADDRESS…`: the name servers asked about challenges.
fn resolvers(line: Line<'_>, handler: &mut AcmeServer, _: &mut Diagnostics) -> Read<()> {
    handler.resolvers = texts(line.some("the address of a name server")?);
    Ok(())
}

/// `challenges NAME…`: the challenges that a client may choose from.
fn challenges(line: Line<'_>, handler: &mut AcmeServer, _: &mut Diagnostics) -> Read<()> {
    line.no_block()?;
    handler.challenges.extend(texts(line.args));
    Ok(())
}

/// `allow_wildcard_names`: wildcards may be asked for.
fn allow_wildcard_names(line: Line<'_>, handler: &mut AcmeServer, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    handler.policy.get_or_insert_default().allow_wildcard_names = true;
    Ok(())
}

/// `allow { domains NAME…; ip_ranges RANGE… }`. A second block starts over.
fn allow(line: Line<'_>, handler: &mut AcmeServer, diagnostics: &mut Diagnostics) -> Read<()> {
    handler.policy.get_or_insert_default().allow = Some(rules(line, diagnostics)?);
    Ok(())
}

/// `deny { domains NAME…; ip_ranges RANGE… }`. A second block starts over.
fn deny(line: Line<'_>, handler: &mut AcmeServer, diagnostics: &mut Diagnostics) -> Read<()> {
    handler.policy.get_or_insert_default().deny = Some(rules(line, diagnostics)?);
    Ok(())
}

fn rules(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<AcmeRules> {
    line.at_most(0)?;
    let mut rules = AcmeRules::default();
    let names = || RULES.iter().map(|row| row.name);
    // Caddy counts the words before it looks at the name.
    let has_words = |word: &Word| {
        let mut lines = line.block.into_iter().flat_map(|block| &block.lines);
        lines.any(|line| line.name.span == word.span && !line.args.is_empty())
    };
    let unknown = |word: &Word| {
        let found = errors::unknown_subdirective(line.name, word, names());
        if has_words(word) {
            let (name, word) = (&line.name.text, &word.text);
            return found.caddy(format!("unrecognized '{name}' subdirective: {word}"));
        }
        found.ended_after(word)
    };
    read_lines(line.block, RULES, &mut rules, diagnostics, &unknown);
    Ok(rules)
}

/// `domains NAME…`: of these names.
fn domains(line: Line<'_>, rules: &mut AcmeRules, _: &mut Diagnostics) -> Read<()> {
    line.first("a name")?;
    line.no_block_as_word()?;
    rules.domains.extend(texts(line.args));
    Ok(())
}

/// `ip_ranges RANGE…`: of addresses in these ranges.
fn ip_ranges(line: Line<'_>, rules: &mut AcmeRules, _: &mut Diagnostics) -> Read<()> {
    line.first("a range")?;
    line.no_block_as_word()?;
    rules.ip_ranges.extend(texts(line.args));
    Ok(())
}

/// `sign_with_root`: the root signs, and no intermediate.
fn sign_with_root(line: Line<'_>, handler: &mut AcmeServer, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    handler.sign_with_root = true;
    Ok(())
}
