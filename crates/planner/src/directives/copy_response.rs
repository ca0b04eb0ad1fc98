//! `copy_response [matcher] [STATUS] [{ status STATUS }]`: takes over what an upstream answered, in
//! `handle_response`. Caddy: `reverseproxy/caddyfile.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::CopyResponse;
use evenkeel_plan::value::Status;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
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

const SUBDIRECTIVES: &[Sub<CopyResponse>] = &[
    Sub::new("status", status),
    Sub::others("unrecognized subdirective '$value'").reads_on(),
];

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of directives has it"
)]
fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let mut handler = CopyResponse::default();
    let found = &mut *lowering.diagnostics;
    // Behind a status Caddy does not look for a block.
    let line = match code(line.args) {
        Some(_) => line.without_block(found),
        None => line,
    };
    read_block(line.name, line.block, SUBDIRECTIVES, &mut handler, found);
    match (line.args, code(line.args)) {
        (_, Some(code)) => handler.status_code = Some(Status::Code(code)),
        ([first, .., last] | [first @ last], None) => {
            let span = first.span.to(last.span);
            found.push(errors::no_effect(line.name, span).into());
        }
        ([], None) => {}
    }
    Ok(vec![Action::leaf(Handler::CopyResponse(handler))])
}

/// The status, if it is the only word and a number. Caddy takes anything else there and does
/// nothing with it.
fn code(words: &[Word]) -> Option<i64> {
    match words {
        [word] => word.text.parse().ok(),
        _ => None,
    }
}

/// `status STATUS`.
fn status(line: Line<'_>, handler: &mut CopyResponse, _: &mut Diagnostics) -> Read<()> {
    handler.status_code = Status::read(&line.one("a status")?.text);
    Ok(())
}
