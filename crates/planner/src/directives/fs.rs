//! `fs`: which file system files come from.

use serde_json::Value;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::Action;

use super::vars::one;

/// Chooses the file system that `file_server` and the `file` matcher read from.
///
/// ```caddyfile
/// fs [MATCHER] NAME
/// ```
///
/// The names are those of the global option `filesystem`.
pub(super) const FS: Directive = Directive::handlers("fs", lower).adapts_only();

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let name = line
        .without_block(lowering.diagnostics)
        .text("a file system")?;
    Ok(one("fs", Value::from(name)))
}
