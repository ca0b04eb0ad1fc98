//! `root`: the folder of the files.

use serde_json::Value;

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{Read, Wording};
use crate::matchers::Scope;
use crate::routes::Action;

use super::rewrite::first_of_two;
use super::vars::one;

/// Sets the folder of a site's files.
///
/// ```caddyfile
/// root [MATCHER] FOLDER
/// ```
pub(super) const ROOT: Directive = Directive::handlers("root", lower)
    .matcher_before_last("a path")
    .says(
        Wording::USUAL
            .few("too few arguments; must have at least a root path")
            .many("too many arguments; should only be a matcher and a path"),
    );

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let folder = first_of_two(line, "a folder", lowering)?;
    Ok(one("root", Value::from(folder)))
}
