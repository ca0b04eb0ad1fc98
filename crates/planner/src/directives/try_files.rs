//! `try_files FILE… [{ policy POLICY }]`: rewrites to the first file that exists. A file with a query
//! gets a route of its own. Caddy: `parseTryFiles` in `modules/caddyhttp/fileserver/caddyfile.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::http::handlers::Rewrite;
use evenkeel_plan::http::matchers::FileMatcher;
use evenkeel_plan::http::{Handler, MatcherSet};

use crate::args::Line;
use crate::directive::{Directive, Lowering};
use crate::errors::{self, Read};
use crate::matchers::Scope;
use crate::routes::{Action, TracedRoute};
use crate::subdirective::{Sub, read_lines};

/// Rewrites the request to the first file that there is.
///
/// ```caddyfile
/// try_files FILE… {
///     policy POLICY
/// }
/// ```
///
/// The last may be `=STATUS`, which fails the request instead.
pub(super) const TRY_FILES: Directive = Directive::routes("try_files", lower);

const SUBDIRECTIVES: &[Sub<String>] =
    &[Sub::once("policy", policy).on_twice("try policy already configured")];

const POLICIES: [&str; 5] = [
    "first_exist",
    "first_exist_fallback",
    "largest_size",
    "smallest_size",
    "most_recently_modified",
];

fn lower(line: Line<'_>, _: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<TracedRoute>> {
    line.first("a file")?;
    let mut policy = String::new();
    // Caddy passes over words it does not know.
    let names = || SUBDIRECTIVES.iter().map(|row| row.name);
    let unknown =
        |word: &Word| errors::unknown_subdirective(line.name, word, names()).into_warning();
    let found = &mut *lowering.diagnostics;
    read_lines(line.block, SUBDIRECTIVES, &mut policy, found, &unknown);
    let mut routes = Vec::new();
    let mut files: Vec<String> = Vec::new();
    for word in line.args {
        let Some((file, query)) = word.text.split_once('?') else {
            files.push(word.text.clone());
            continue;
        };
        if !files.is_empty() {
            routes.push(route(std::mem::take(&mut files), "", &policy, line.span()));
        }
        let query = format!("?{query}");
        routes.push(route(vec![file.to_owned()], &query, &policy, line.span()));
    }
    if !files.is_empty() {
        routes.push(route(files, "", &policy, line.span()));
    }
    if routes.len() > 1 {
        let group = lowering.groups.draw();
        for route in &mut routes {
            route.group.clone_from(&group);
        }
    }
    Ok(routes)
}

fn route(try_files: Vec<String>, query: &str, policy: &str, span: Span) -> TracedRoute {
    let file = FileMatcher {
        try_files,
        try_policy: policy.to_owned(),
        ..FileMatcher::default()
    };
    let rewrite = Rewrite {
        uri: format!("{{http.matchers.file.relative}}{query}"),
        ..Rewrite::default()
    };
    TracedRoute {
        matcher_sets: vec![MatcherSet {
            file: Some(file),
            ..MatcherSet::default()
        }],
        ..TracedRoute::of(Action::leaf(Handler::Rewrite(Box::new(rewrite))), span)
    }
}

/// `policy NAME`: which of the files there are is taken.
fn policy(line: Line<'_>, policy: &mut String, diagnostics: &mut Diagnostics) -> Read<()> {
    let word = line.keep_only(1, diagnostics).one("a policy")?;
    if !POLICIES.contains(&word.text.as_str()) {
        let names = POLICIES.into_iter();
        let found = errors::unknown_value("unknown-try-policy", "policy", word, names);
        return Err(found.caddy(format!("unrecognized try policy: {}", word.text)));
    }
    policy.clone_from(&word.text);
    Ok(())
}
