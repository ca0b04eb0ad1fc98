//! What the rules about the matcher `/` share: it is the path `/` and no other.

use crate::proxy::matcher;
use crate::subject::Subject;
use crate::walk::Placed;

/// The directives with the matcher `/`, unless the rest is cared for beside them: then it is meant.
pub(super) fn only_root<'a>(
    subject: &Subject<'a>,
    names: &'static [&'static str],
) -> Vec<Placed<'a>> {
    let of_name = subject.named(names);
    let is_root = |placed: &Placed<'_>| matcher(placed.line).is_some_and(|word| word.text == "/");
    of_name
        .filter(|placed| is_root(placed) && !has_rest(placed))
        .collect()
}

/// Whether a directive of the same name beside it is for every path.
fn has_rest(placed: &Placed<'_>) -> bool {
    let name = &placed.line.name.text;
    let same = placed
        .block
        .lines
        .iter()
        .filter(|line| line.name.text == *name);
    same.map(matcher).any(|word| match word {
        None => true,
        Some(word) => ["*", "/*"].contains(&word.text.as_str()),
    })
}
