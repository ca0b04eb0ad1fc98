//! `handle [matcher] { directives }`: routes of their own. Of several `handle` beside each other
//! only the first that matches runs.

use crate::args::Line;
use crate::directive::{Directive, Lowering, Place, lower_lines};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::{self, Action, Entry, TracedRoute};

/// Runs a block of directives, unless another `handle` beside it has already run.
///
/// ```caddyfile
/// handle [MATCHER] {
///     …directives
/// }
/// ```
///
/// Of several beside each other the first that matches runs, more specific paths first. `handle /`
/// matches the path `/` only: leave the matcher out for everything.
pub(super) const HANDLE: Directive = Directive::handlers("handle", lower);

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of directives has it"
)]
fn lower(line: Line<'_>, scope: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    // What stands in the block may have mistakes of its own.
    lowering.keep(line.at_most(0));
    Ok(vec![Action::Subroute(routes_of_block(
        line, scope, lowering,
    ))])
}

/// The routes of a block, in the order of directives. Without a block there are none.
pub(super) fn routes_of_block(
    line: Line<'_>,
    scope: &Scope<'_>,
    lowering: &mut Lowering<'_>,
) -> Vec<TracedRoute> {
    let entries = entries_of_block(line, scope, lowering);
    routes::assemble(entries, &mut lowering.groups)
}

/// The directives of a block, as they are written.
pub(super) fn entries_of_block(
    line: Line<'_>,
    scope: &Scope<'_>,
    lowering: &mut Lowering<'_>,
) -> Vec<Entry> {
    let Some(block) = line.block else {
        return Vec::new();
    };
    let inner = Scope::collect(block, Some(scope), lowering.diagnostics);
    lower_lines(block, &inner, Place::Nested(line.name), lowering)
}
