//! `request_body [matcher] { max_size SIZE; set TEXT }`: limits or replaces what the client sends.
//! Caddy: `modules/caddyhttp/requestbody/caddyfile.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::RequestBody;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::Action;
use crate::sizes;
use crate::subdirective::{Sub, read_block_alone};

/// Limits or replaces the body of the request.
///
/// ```caddyfile
/// request_body [MATCHER] {
///     max_size SIZE
///     read_timeout DURATION
///     write_timeout DURATION
///     set TEXT
/// }
/// ```
///
/// A body beyond the size is answered with 413.
pub(super) const REQUEST_BODY: Directive = Directive::handlers("request_body", lower);

const SUBDIRECTIVES: &[Sub<RequestBody>] = &[
    Sub::new("max_size", max_size)
        .counts_taken()
        .on_value("parsing max_size: $why"),
    Sub::new("set", set).counts_taken(),
    Sub::others("unrecognized request_body subdirective '$value'"),
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of directives has it"
)]
fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let handler: RequestBody = read_block_alone(line, SUBDIRECTIVES, lowering.diagnostics);
    Ok(vec![Action::leaf(Handler::RequestBody(handler))])
}

/// `max_size SIZE`: a longer body gets a 413.
fn max_size(line: Line<'_>, handler: &mut RequestBody, _: &mut Diagnostics) -> Read<()> {
    handler.max_size = sizes::bytes(line.one("a size")?)?;
    Ok(())
}

/// `set TEXT`: the body in place of the one that came.
fn set(line: Line<'_>, handler: &mut RequestBody, _: &mut Diagnostics) -> Read<()> {
    handler.set = line.text("a text")?;
    Ok(())
}
