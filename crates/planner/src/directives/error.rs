//! `error [matcher] [MESSAGE] [STATUS] [{ message TEXT }]`: fails on purpose. A single argument of
//! three digits is a status.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::StaticError;
use evenkeel_plan::value::Status;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read, Wording};
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_block};

use super::respond::is_status;

/// Fails the request, which `handle_errors` may then answer.
///
/// ```caddyfile
/// error [MATCHER] STATUS|MESSAGE [STATUS] {
///     message MESSAGE
/// }
/// ```
pub(super) const ERROR: Directive =
    Directive::handlers("error", lower).says(Wording::USUAL.counts_all());

const SUBDIRECTIVES: &[Sub<StaticError>] = &[
    Sub::new("message", message).counts_taken(),
    Sub::others("unrecognized subdirective '$value'"),
];

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.at_most(2)?;
    line.first("a message or a status")?;
    let mut handler = StaticError::default();
    match line.args {
        [only] if is_status(&only.text) => {
            handler.status_code = Status::read(&only.text);
        }
        [message, rest @ ..] => {
            handler.error.clone_from(&message.text);
            handler.status_code = rest.first().and_then(|word| Status::read(&word.text));
        }
        [] => {}
    }
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut handler,
        lowering.diagnostics,
    );
    Ok(vec![Action::leaf(Handler::StaticError(handler))])
}

/// `message TEXT`: what the error says.
fn message(line: Line<'_>, handler: &mut StaticError, _: &mut Diagnostics) -> Read<()> {
    if !handler.error.is_empty() {
        let message = "the message is given both in the arguments and in the block";
        let found = errors::conflict(message, line.name.span, None);
        return Err(found.caddy("message already specified"));
    }
    let word = line.one("a text")?;
    handler.error.clone_from(&word.text);
    Ok(())
}
