//! `log_skip`: requests that no log writes. Formerly `skip_log`.

use serde_json::Value;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::Action;

use super::vars::one;

/// Leaves the request out of the access log.
///
/// ```caddyfile
/// log_skip [MATCHER]
/// ```
pub(super) const LOG_SKIP: Directive = Directive::handlers("log_skip", lower);

/// The former name of `log_skip`, with a warning.
///
/// ```caddyfile
/// skip_log [MATCHER]
/// ```
pub(super) const SKIP_LOG: Directive = Directive::handlers("skip_log", lower);

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    if line.name.text == "skip_log" {
        let found = errors::deprecated_directive(line.name, "log_skip");
        lowering.diagnostics.push(found.into());
    }
    line.at_most(0)?;
    line.no_lines("log_skip directive does not accept blocks")?;
    Ok(one("log_skip", Value::Bool(true)))
}
