//! `log_name`: which logs write the request.

use serde_json::Value;

use crate::args::{Line, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::Action;

use super::vars::one;

/// Names the logs that write the request.
///
/// ```caddyfile
/// log_name [MATCHER] NAME…
/// ```
pub(super) const LOG_NAME: Directive = Directive::handlers("log_name", lower).adapts_only();

#[expect(
    clippy::unnecessary_wraps,
    reason = "as the table of directives has it"
)]
fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let line = line.without_block(lowering.diagnostics);
    let names = match texts(line.args) {
        // As Go writes a list that was never made.
        none if none.is_empty() => Value::Null,
        names => Value::from(names),
    };
    Ok(one("access_logger_names", names))
}
