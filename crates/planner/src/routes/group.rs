//! Groups: of the routes of some directives only the first that matches runs.

use crate::directive::Groups;
use crate::routes::Entry;

/// Directives whose routes exclude each other, in the order in which names are drawn. `rewrite`
/// draws even where it is not used, so that the numbers are Caddy's.
const EXCLUSIVE: [(&str, Draw); 3] = [
    ("handle", Draw::IfSeveral),
    ("rewrite", Draw::Always),
    ("root", Draw::IfSeveral),
];

#[derive(PartialEq, Eq)]
enum Draw {
    Always,
    IfSeveral,
}

/// Puts the routes of exclusive directives into groups.
pub(super) fn assign(entries: &mut [Entry], groups: &mut Groups) {
    for (name, draw) in EXCLUSIVE {
        let count = entries.iter().filter(|entry| entry.name == name).count();
        if draw == Draw::IfSeveral && count < 2 {
            continue;
        }
        let group = groups.draw();
        for entry in entries.iter_mut().filter(|entry| entry.name == name) {
            entry.route.group.clone_from(&group);
        }
    }
}
