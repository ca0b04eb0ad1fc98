//! The order of directives: by the table, then the more specific path first. Caddy: `sortRoutes`.

use crate::routes::{Entry, TracedRoute, sort_stable};

/// Sorts the directives of one block.
pub(crate) fn sort(entries: &mut [Entry]) {
    sort_stable(entries, &is_before);
}

fn is_before(left: &Entry, right: &Entry) -> bool {
    if left.position != right.position {
        return left.position < right.position;
    }
    if left.route.is_together() || right.route.is_together() {
        return false;
    }
    // Of variables the last that matches wins, so the most specific comes last.
    if left.name == "vars" {
        return !is_more_specific_route(left, right);
    }
    is_more_specific_route(left, right)
}

fn is_more_specific_route(left: &Entry, right: &Entry) -> bool {
    if let (Some(left), Some(right)) = (single_path(&left.route), single_path(&right.route)) {
        return is_more_specific(left, right);
    }
    !left.route.matcher_sets.is_empty() && right.route.matcher_sets.is_empty()
}

/// The path of a route whose only condition set has exactly one.
fn single_path(route: &TracedRoute) -> Option<&str> {
    match route.matcher_sets.as_slice() {
        [set] => match set.path.as_slice() {
            [path] => Some(path),
            _ => None,
        },
        _ => None,
    }
}

fn is_more_specific(left: &str, right: &str) -> bool {
    let stem = |path: &str| path.strip_suffix('*').unwrap_or(path).len();
    let (left_stem, right_stem) = (&left[..stem(left)], &right[..stem(right)]);
    if left_stem == right_stem {
        return left.len() < right.len();
    }
    if left_stem.len() == right_stem.len() {
        return left_stem < right_stem;
    }
    left_stem.len() > right_stem.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_paths_come_first_and_exact_ones_before_prefixes() {
        assert!(is_more_specific("/abc", "/ab"));
        assert!(is_more_specific("/a", "/a*"));
        assert!(is_more_specific("/ab*", "/a"));
        assert!(is_more_specific("/aa", "/ab"));
        assert!(!is_more_specific("/a*", "/a"));
    }
}
