//! `route [matcher] { directives }`: routes in the order in which they are written.

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::{self, Action};

use super::handle;

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
    let routes = routes::assemble_as_written(entries, &mut lowering.groups);
    Ok(vec![Action::Subroute(routes)])
}
