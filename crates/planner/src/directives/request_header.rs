//! `request_header [matcher] [+|-]FIELD [VALUE|FIND [REPLACE]]`: edits of the request's header. Caddy:
//! `modules/caddyhttp/headers/caddyfile.go`.

use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::{Headers, ResponseHeaderOps};

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::Action;

use super::header;

/// Changes header fields of the request before it is handled.
///
/// ```caddyfile
/// request_header [MATCHER] [+|-]FIELD [VALUE|FIND REPLACEMENT]
/// ```
pub(super) const REQUEST_HEADER: Directive = Directive::handlers("request_header", lower);

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let mut ops = ResponseHeaderOps::default();
    header::request_operation(line, &mut ops, lowering.diagnostics)?;
    let headers = Headers {
        request: Some(header::request_ops(ops)),
        response: None,
    };
    Ok(vec![Action::leaf(Handler::Headers(Box::new(headers)))])
}
