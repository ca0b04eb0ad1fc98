//! `copy_response [matcher] [STATUS] [{ status STATUS }]` and `copy_response_headers [matcher] {
//! include FIELD…, exclude FIELD… }`: take over what an upstream answered, in `handle_response`.
//! Caddy: `reverseproxy/caddyfile.go`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::{CopyResponse, CopyResponseHeaders};
use evenkeel_plan::value::Status;

use crate::args::{Line, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::Action;
use crate::subdirective::{Sub, read_block};
use crate::vocabulary::{self, Known};

pub(super) const COPY_RESPONSE: Directive =
    Directive::handlers("copy_response", response).adapts_only();

pub(super) const COPY_RESPONSE_HEADERS: Directive =
    Directive::handlers("copy_response_headers", headers).adapts_only();

const RESPONSE: &[Sub<CopyResponse>] = &[Sub::new("status", status).adapts_only()];

const HEADERS: &[Sub<CopyResponseHeaders>] = &[
    Sub::new("include", include).adapts_only(),
    Sub::new("exclude", exclude).adapts_only(),
];

/// The subdirectives, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    vocabulary::of_table(RESPONSE)
}

/// The subdirectives of `copy_response_headers`, and whether they work.
pub(crate) fn header_words() -> Vec<Known> {
    vocabulary::of_table(HEADERS)
}

fn response(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.at_most(1)?;
    let mut handler = CopyResponse::default();
    let found = &mut *lowering.diagnostics;
    read_block(line.name, line.block, RESPONSE, &mut handler, found);
    if let Some(word) = line.args.first() {
        handler.status_code = Some(Status::from_text(&word.text));
    }
    Ok(vec![Action::leaf(Handler::CopyResponse(handler))])
}

fn headers(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    line.at_most(0)?;
    let mut handler = CopyResponseHeaders::default();
    let found = &mut *lowering.diagnostics;
    read_block(line.name, line.block, HEADERS, &mut handler, found);
    Ok(vec![Action::leaf(Handler::CopyResponseHeaders(handler))])
}

/// `status STATUS`.
fn status(line: Line<'_>, handler: &mut CopyResponse, _: &mut Diagnostics) -> Read<()> {
    handler.status_code = Some(Status::from_text(&line.one("a status")?.text));
    Ok(())
}

/// `include FIELD…`.
fn include(line: Line<'_>, handler: &mut CopyResponseHeaders, _: &mut Diagnostics) -> Read<()> {
    handler.include.extend(texts(line.some("a field")?));
    Ok(())
}

/// `exclude FIELD…`.
fn exclude(line: Line<'_>, handler: &mut CopyResponseHeaders, _: &mut Diagnostics) -> Read<()> {
    handler.exclude.extend(texts(line.some("a field")?));
    Ok(())
}
