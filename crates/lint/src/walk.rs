//! The way through a syntax tree: which blocks hold directives, and which lines these are.

use evenkeel_caddyfile::ast::{Block, Directive};

/// Directives whose blocks hold directives.
const CONTAINERS: [&str; 4] = ["handle", "handle_path", "handle_errors", "route"];

/// Directives that may hold such a block in a line of their own.
const RESPONDERS: [&str; 4] = ["reverse_proxy", "forward_auth", "php_fastcgi", "intercept"];

/// A directive with the block it stands in.
#[derive(Clone, Copy)]
pub(crate) struct Placed<'a> {
    /// The line.
    pub(crate) line: &'a Directive,
    /// The block around it.
    pub(crate) block: &'a Block,
    /// The directive whose block that is, if it is not a site's.
    pub(crate) owner: Option<&'a Directive>,
    /// The number of the site, in [`Subject::sites`](crate::subject::Subject::sites).
    pub(crate) site: usize,
}

/// All directives of a block and of the blocks in it. The depth is bounded by the parser.
pub(crate) fn directives<'a>(block: &'a Block, site: usize, found: &mut Vec<Placed<'a>>) {
    walk(block, None, site, found);
}

fn walk<'a>(
    block: &'a Block,
    owner: Option<&'a Directive>,
    site: usize,
    found: &mut Vec<Placed<'a>>,
) {
    for line in &block.lines {
        if line.name.text.starts_with('@') {
            continue;
        }
        found.push(Placed {
            line,
            block,
            owner,
            site,
        });
        let Some(inner) = &line.block else { continue };
        let name = line.name.text.as_str();
        if CONTAINERS.contains(&name) {
            walk(inner, Some(line), site, found);
        }
        if RESPONDERS.contains(&name) {
            for line in inner
                .lines
                .iter()
                .filter(|line| line.name.text == "handle_response")
            {
                if let Some(inner) = &line.block {
                    walk(inner, Some(line), site, found);
                }
            }
        }
    }
}
