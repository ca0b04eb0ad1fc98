//! `abort [matcher]`: the connection is dropped without a response.

use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::StaticResponse;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::Action;

/// Drops the connection without a response.
///
/// ```caddyfile
/// abort [MATCHER]
/// ```
///
/// What a scanner gets that asks for a path nobody should ask for. HTTP/2 clients see a reset
/// stream.
pub(super) const ABORT: Directive = Directive::handlers("abort", lower);

fn lower(line: Line<'_>, _: &Scope<'_>, _: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.at_most(0)?;
    line.no_block_as_word()?;
    Ok(vec![Action::leaf(Handler::StaticResponse(
        StaticResponse {
            abort: true,
            ..StaticResponse::default()
        },
    ))])
}
