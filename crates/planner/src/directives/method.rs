//! `method [matcher] METHOD`: changes the method of the request. Caddy:
//! `modules/caddyhttp/rewrite/caddyfile.go`.

use evenkeel_plan::http::handlers::Rewrite;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::Action;

use super::rewrite::leaf;

/// Changes the method of the request.
///
/// ```caddyfile
/// method [MATCHER] METHOD
/// ```
pub(super) const METHOD: Directive = Directive::handlers("method", lower);

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    Ok(leaf(Rewrite {
        method: line.without_block(lowering.diagnostics).text("a method")?,
        ..Rewrite::default()
    }))
}
