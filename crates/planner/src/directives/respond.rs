//! `respond [matcher] [body] [status] [{ body TEXT; close }]`: an answer of our own. A single
//! argument of three digits is a status.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::StaticResponse;
use evenkeel_plan::value::Status;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read, Wording};
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_block};

/// Answers with a fixed text.
///
/// ```caddyfile
/// respond [MATCHER] [BODY] [STATUS] {
///     body TEXT
///     close
/// }
/// ```
///
/// A single argument of three digits is a status.
pub(super) const RESPOND: Directive =
    Directive::handlers("respond", lower).says(Wording::USUAL.counts_all());

const SUBDIRECTIVES: &[Sub<StaticResponse>] = &[
    Sub::once("body", body)
        .counts_taken()
        .on_twice("body already specified"),
    Sub::once("close", close).on_twice("close already specified"),
    Sub::others("unrecognized subdirective '$value'").reads_on(),
];

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.at_most(2)?;
    let mut response = StaticResponse::default();
    match line.args {
        [] => {
            return Err(errors::missing_argument(line, "a body or a status"));
        }
        [only] if is_status(&only.text) => {
            response.status_code = status(only, lowering.diagnostics);
        }
        [body] => response.body.clone_from(&body.text),
        [body, code, ..] => {
            response.body.clone_from(&body.text);
            response.status_code = status(code, lowering.diagnostics);
        }
    }
    read_block(
        line.name,
        line.block,
        SUBDIRECTIVES,
        &mut response,
        lowering.diagnostics,
    );
    Ok(vec![Action::leaf(Handler::StaticResponse(response))])
}

/// Whether a single argument is a status, not a body.
pub(super) fn is_status(text: &str) -> bool {
    text.len() == 3 && text.parse().is_ok_and(|number: u16| number > 0)
}

/// A code, or a text with placeholders that becomes one; with a warning if it is neither.
fn status(word: &Word, diagnostics: &mut Diagnostics) -> Option<Status> {
    let status = Status::read(&word.text);
    let is_usable = match &status {
        None => true,
        Some(Status::Code(code)) => (100..=999).contains(code),
        Some(Status::Template(text)) => text.contains('{'),
    };
    if !is_usable {
        diagnostics.push(errors::bad_status(word).into_warning().into());
    }
    status
}

/// `body TEXT`: what is answered.
fn body(line: Line<'_>, response: &mut StaticResponse, _: &mut Diagnostics) -> Read<()> {
    if !response.body.is_empty() {
        let message = "the body is given both in the arguments and in the block";
        let found = errors::conflict(message, line.name.span, None);
        return Err(found.caddy("body already specified"));
    }
    let word = line.one("a text")?;
    response.body.clone_from(&word.text);
    Ok(())
}

/// `close`: the connection is closed behind the answer.
fn close(line: Line<'_>, response: &mut StaticResponse, _: &mut Diagnostics) -> Read<()> {
    line.nothing()?;
    response.close = true;
    Ok(())
}
