//! `rewrite [matcher] URI`: changes the URI of the request. Caddy:
//! `modules/caddyhttp/rewrite/caddyfile.go`.

use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::Rewrite;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read, Wording};
use crate::matchers::Scope;
use crate::routes::Action;

/// Changes the URI of the request for what comes behind.
///
/// ```caddyfile
/// rewrite [MATCHER] URI
/// ```
///
/// A URI with `?` replaces the query, one without keeps it.
pub(super) const REWRITE: Directive = Directive::handlers("rewrite", lower)
    .matcher_before_last("a URI")
    .says(
        Wording::USUAL
            .few("too few arguments; must have at least a rewrite URI")
            .many("too many arguments; should only be a matcher and a URI"),
    );

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let uri = first_of_two(line, "a URI", lowering)?;
    Ok(leaf(Rewrite {
        uri,
        ..Rewrite::default()
    }))
}

/// The first argument. Caddy takes two even if the first is no matcher, and leaves out the second.
pub(super) fn first_of_two(
    line: Line<'_>,
    what: &str,
    lowering: &mut Lowering<'_>,
) -> Read<String> {
    let first = line.first(what)?;
    line.at_most(2)?;
    if let Some(second) = line.args.get(1) {
        let found = errors::no_effect(line.name, second.span);
        lowering.diagnostics.push(found.into());
    }
    Ok(first.text.clone())
}

/// One handler.
pub(super) fn leaf(rewrite: Rewrite) -> Vec<Action> {
    vec![Action::leaf(Handler::Rewrite(Box::new(rewrite)))]
}
