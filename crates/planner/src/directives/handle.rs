//! `handle [matcher] { directives }`: routes of their own. Of several `handle` beside each other
//! only the first that matches runs.

use crate::args::Line;
use crate::directive::{Directive, Lowering, Place, lower_lines};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::{self, Action};

pub(super) const HANDLE: Directive = Directive::handlers("handle", lower);

fn lower(line: Line<'_>, scope: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    lowering.keep(line.at_most(0));
    let block = line
        .block
        .ok_or_else(|| errors::missing_block(line.name, line.span()))?;
    let inner = Scope::collect(block, Some(scope), lowering.diagnostics);
    let entries = lower_lines(block, &inner, Place::Nested(line), lowering);
    Ok(vec![Action::Subroute(routes::assemble(
        entries,
        &mut lowering.groups,
    ))])
}
