//! `copy_response [matcher] [STATUS] [{ status STATUS }]`: takes over what an upstream answered, in
//! `handle_response`. Caddy: `reverseproxy/caddyfile.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::CopyResponse;
use evenkeel_plan::value::Status;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

/// Gives on the response of the upstream, in a `handle_response` of `reverse_proxy` or in
/// `intercept`.
///
/// ```caddyfile
/// copy_response [MATCHER] [STATUS] {
///     status STATUS
/// }
/// ```
pub(super) const COPY_RESPONSE: Directive = Directive::handlers("copy_response", lower);

const SUBDIRECTIVES: &[Sub<CopyResponse>] = &[Sub::new("status", status)];

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.at_most(1)?;
    let mut handler = CopyResponse::default();
    let found = &mut *lowering.diagnostics;
    read_block(line.name, line.block, SUBDIRECTIVES, &mut handler, found);
    if let Some(word) = line.args.first() {
        handler.status_code = Some(Status::from_text(&word.text));
    }
    Ok(vec![Action::leaf(Handler::CopyResponse(handler))])
}

/// `status STATUS`.
fn status(line: Line<'_>, handler: &mut CopyResponse, _: &mut Diagnostics) -> Read<()> {
    handler.status_code = Some(Status::from_text(&line.one("a status")?.text));
    Ok(())
}
