//! `log_append [matcher] [<]FIELD VALUE`: a field for the access log; with `<` it is evaluated before
//! the other handlers. Caddy: `modules/caddyhttp/logging/caddyfile.go`.

use evenkeel_plan::http::Handler;
use evenkeel_plan::http::handlers::LogAppend;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::Action;

/// Adds a field to the entry of the access log.
///
/// ```caddyfile
/// log_append [MATCHER] [<]FIELD VALUE
/// ```
///
/// `<` reads the value before the request is handled instead of behind.
pub(super) const LOG_APPEND: Directive = Directive::handlers("log_append", lower);

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let field = &line.first("a field and a value")?.text;
    let Some(value) = line.args.get(1) else {
        return Err(errors::missing_argument(line, "a value"));
    };
    line.keep_only(2, lowering.diagnostics);
    let early = field.strip_prefix('<').filter(|name| !name.is_empty());
    Ok(vec![Action::leaf(Handler::LogAppend(LogAppend {
        key: early.unwrap_or(field).to_owned(),
        value: value.text.clone(),
        early: early.is_some(),
    }))])
}
