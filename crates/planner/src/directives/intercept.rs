//! `intercept [matcher] { @name …, replace_status …, handle_response … }`: other answers than those
//! of the handlers behind. Caddy: `modules/caddyhttp/intercept/intercept.go`.

use evenkeel_caddyfile::ast::Block;
use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::Intercept;

use super::reverse_proxy::STATUS_COUNT;
use super::reverse_proxy::responses::Responses;
use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

/// Looks at the response of what comes behind, and may answer in its place.
///
/// ```caddyfile
/// intercept [MATCHER] {
///     @NAME status STATUS… | header FIELD VALUE
///     replace_status [@NAME] STATUS
///     handle_response [@NAME] { …directives }
/// }
/// ```
pub(super) const INTERCEPT: Directive = Directive::handlers("intercept", lower).adapts_only();

const SUBDIRECTIVES: &[Sub<Responses>] = &[
    Sub::new("replace_status", replace_status)
        .adapts_only()
        .on_few(STATUS_COUNT)
        .on_many(STATUS_COUNT),
    Sub::new("handle_response", handle_response).adapts_only(),
];

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(SUBDIRECTIVES)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the type of the readers in the table"
)]
fn lower(line: Line<'_>, scope: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let mut responses = Responses::default();
    // Behind a word Caddy does not look for a block.
    let line = if line.args.is_empty() {
        line
    } else {
        line.keep_only(0, lowering.diagnostics)
    };
    if let Some(block) = line.block {
        let mut block: Block = block.clone();
        responses.take_matchers(&mut block, lowering.diagnostics);
        let (table, found) = (SUBDIRECTIVES, &mut *lowering.diagnostics);
        read_block(line.name, Some(&block), table, &mut responses, found);
    }
    let mut intercept = Intercept::default();
    let mut routes = Vec::new();
    for response in responses.finish(scope, lowering) {
        intercept.handle_response.push(response.handler);
        routes.push(response.routes);
    }
    let handler = Handler::Intercept(intercept);
    Ok(vec![Action::Responses(handler, Vec::new(), routes)])
}

/// `replace_status [@name] STATUS`.
fn replace_status(line: Line<'_>, responses: &mut Responses, _: &mut Diagnostics) -> Read<()> {
    responses.replace_status(line)
}

/// `handle_response [@name] { directives }`.
fn handle_response(line: Line<'_>, responses: &mut Responses, _: &mut Diagnostics) -> Read<()> {
    responses.handle_response(line)
}
