//! The order of directives, and the global option `order`, which changes it. Caddy:
//! `httpcaddyfile/directives.go` and `parseOptOrder`.

use evenkeel_diagnostics::Diagnostics;

use crate::args::Line;
use crate::directives::{self, DIRECTIVES};
use crate::errors::{self, Read};
use crate::options::Options;

/// The names of directives, the first to come first.
#[derive(Clone, Debug)]
pub(crate) struct Order(Vec<&'static str>);

impl Default for Order {
    fn default() -> Self {
        Self(DIRECTIVES.iter().map(|directive| directive.name).collect())
    }
}

impl Order {
    /// Where a directive comes.
    pub(crate) fn position(&self, name: &str) -> usize {
        self.0.iter().position(|known| *known == name).unwrap_or(0)
    }
}

const PLACES: [&str; 4] = ["first", "last", "before", "after"];

/// `order DIRECTIVE first|last|before OTHER|after OTHER`.
pub(crate) fn option(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let order = &mut options.order.0;
    let line = line.without_block(diagnostics);
    line.at_most(3)?;
    let word = line.first("a directive")?;
    let Some(directive) = directives::find(&word.text) else {
        let found = errors::unknown_directive(word, directives::names());
        return Err(found.caddy(format!("{} is not a registered directive", word.text)));
    };
    let Some(place) = line.args.get(1) else {
        return Err(errors::missing_argument(line, "a place"));
    };
    order.retain(|name| *name != directive.name);
    let at = match place.text.as_str() {
        "first" | "last" => {
            line.at_most(2)?;
            if place.text == "first" {
                0
            } else {
                order.len()
            }
        }
        "before" | "after" => {
            let Some(other) = line.args.get(2) else {
                let what = "another directive";
                return Err(errors::missing_argument(line, what));
            };
            let Some(found) = order.iter().position(|name| *name == other.text) else {
                return Err(errors::not_in_order(other));
            };
            found + usize::from(place.text == "after")
        }
        _ => {
            let (id, what) = ("unknown-place", "place");
            return Err(errors::unknown_value(id, what, place, PLACES.into_iter()));
        }
    };
    order.insert(at, directive.name);
    Ok(())
}
