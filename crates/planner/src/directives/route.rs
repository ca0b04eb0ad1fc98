//! `route [matcher] { directives }`: routes in the order in which they are written.

use evenkeel_caddyfile::ast::Block;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::{self, Action, Entry};

use super::{acme_server, handle};

/// Runs directives in the order in which they are written.
///
/// ```caddyfile
/// route [MATCHER] {
///     …directives
/// }
/// ```
pub(super) const ROUTE: Directive = Directive::handlers("route", lower);

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of directives has it"
)]
fn lower(line: Line<'_>, scope: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    // What stands in the block may have mistakes of its own.
    lowering.keep(line.at_most(0));
    let entries = handle::entries_of_block(line, scope, lowering);
    refuse_authorities(&entries, line, lowering);
    let routes = routes::assemble_as_written(entries, &mut lowering.groups);
    Ok(vec![Action::Subroute(routes)])
}

/// Caddy takes the authority that an `acme_server` names for a second value of the line, and in
/// this block, unlike in all others, there may be none but routes.
fn refuse_authorities(entries: &[Entry], line: Line<'_>, lowering: &mut Lowering<'_>) {
    for entry in entries {
        let span = entry.route.handlers.first().map(|handler| handler.span);
        if let (Some(_), Some(span)) = (acme_server::named_authority(entry), span) {
            let found = errors::authority_in_route(span, line.block.map(Block::close));
            lowering.diagnostics.push(found.into());
        }
    }
}
