//! `php_fastcgi [matcher] UPSTREAM… { subdirectives, and what reverse_proxy has }`: the routes that
//! most applications in PHP need. Caddy: `reverseproxy/fastcgi/caddyfile.go`.

use evenkeel_caddyfile::ast::Word;
use evenkeel_diagnostics::{Diagnostics, Span};
use evenkeel_plan::http::handlers::reverse_proxy::FastCgiTransport;
use evenkeel_plan::http::handlers::{Rewrite, StaticResponse};
use evenkeel_plan::http::matchers::FileMatcher;
use evenkeel_plan::http::{Handler, MatcherSet};
use evenkeel_plan::value::Status;

use super::reverse_proxy::{self, FASTCGI, Proxy};
use crate::args::{Line, texts};
use crate::directive::{Directive, Lowering};
use crate::errors::Read;
use crate::matchers::Scope;
use crate::routes::{Action, TracedRoute};
use crate::subdirective::{Sub, read_own_lines};
use crate::vocabulary::{self, Known};

/// Gives requests to PHP: `try_files`, a redirect for folders, and `reverse_proxy` over `FastCGI`.
///
/// ```caddyfile
/// php_fastcgi [MATCHER] UPSTREAM… {
///     root FOLDER
///     split SUFFIX…
///     index FILE|off
///     try_files FILE…
///     env NAME VALUE
///     resolve_root_symlink
///     …options of reverse_proxy
/// }
/// ```
pub(super) const PHP_FASTCGI: Directive = Directive::handlers("php_fastcgi", lower);

const SUBDIRECTIVES: &[Sub<Site>] = &[Sub::new("index", index), Sub::new("try_files", try_files)];

/// What neither `reverse_proxy` nor `transport fastcgi` has.
struct Site {
    index: String,
    try_files: Vec<String>,
}

/// The subdirectives that `reverse_proxy` does not have, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    let mut words = vocabulary::of_table(SUBDIRECTIVES);
    words.extend(vocabulary::of_table(FASTCGI));
    words
}

fn lower(line: Line<'_>, scope: &Scope<'_>, lowering: &mut Lowering<'_>) -> Read<Vec<Action>> {
    let mut site = Site {
        index: "index.php".to_owned(),
        try_files: Vec::new(),
    };
    let mut transport = FastCgiTransport {
        split_path: vec![".php".to_owned()],
        ..FastCgiTransport::default()
    };
    let found = &mut *lowering.diagnostics;
    let rest = read_own_lines(line.block, SUBDIRECTIVES, &mut site, found);
    let rest = read_own_lines(rest.as_ref(), FASTCGI, &mut transport, found);
    let endings = transport.split_path.clone();
    let line = Line {
        block: rest.as_ref(),
        ..line
    };
    let proxy = Proxy::fastcgi(transport, line.span());
    let proxy = reverse_proxy::read(line, proxy, scope, lowering)?;
    let scripts = MatcherSet {
        path: endings.iter().map(|ending| format!("*{ending}")).collect(),
        ..MatcherSet::default()
    };
    let mut routes = match site.index.as_str() {
        "off" => Vec::new(),
        _ => to_scripts(site, endings, line.name),
    };
    routes.push(when(scripts, proxy, line.span()));
    Ok(vec![Action::Together(routes)])
}

/// A request for a folder with an index gets its slash, and one for no file goes to the index.
fn to_scripts(site: Site, endings: Vec<String>, name: &Word) -> Vec<TracedRoute> {
    let of_folder = format!("{{http.request.uri.path}}/{}", site.index);
    let is_custom = !site.try_files.is_empty();
    let files = if is_custom {
        site.try_files
    } else {
        let path = "{http.request.uri.path}".to_owned();
        vec![path, of_folder.clone(), site.index]
    };
    let ends_in_script = files
        .last()
        .is_some_and(|file| file.as_bytes().ends_with(b".php"));
    let mut routes = Vec::new();
    if files.contains(&of_folder) {
        routes.push(to_folder(of_folder, name.span));
    }
    let policy = if is_custom && !ends_in_script {
        ""
    } else {
        "first_exist_fallback"
    };
    let exists = MatcherSet {
        file: Some(FileMatcher {
            try_files: files,
            try_policy: policy.to_owned(),
            split_path: endings,
            ..FileMatcher::default()
        }),
        ..MatcherSet::default()
    };
    let rewrite = Rewrite {
        uri: "{http.matchers.file.relative}".to_owned(),
        ..Rewrite::default()
    };
    let rewrite = Action::leaf(Handler::Rewrite(Box::new(rewrite)));
    routes.push(when(exists, rewrite, name.span));
    routes
}

fn to_folder(index: String, span: Span) -> TracedRoute {
    let has_slash = MatcherSet {
        path: vec!["*/".to_owned()],
        ..MatcherSet::default()
    };
    let is_folder = MatcherSet {
        file: Some(FileMatcher {
            try_files: vec![index],
            ..FileMatcher::default()
        }),
        not: vec![has_slash],
        ..MatcherSet::default()
    };
    let target = "{http.request.orig_uri.path}/{http.request.orig_uri.prefixed_query}";
    let mut redirect = StaticResponse {
        status_code: Some(Status::Code(308)),
        ..StaticResponse::default()
    };
    let headers = &mut redirect.headers;
    headers.insert("Location".to_owned(), vec![target.to_owned()]);
    let redirect = Action::leaf(Handler::StaticResponse(redirect));
    when(is_folder, redirect, span)
}

fn when(set: MatcherSet, action: Action, span: Span) -> TracedRoute {
    TracedRoute {
        matcher_sets: vec![set],
        ..TracedRoute::of(action, span)
    }
}

/// `index FILE|off`.
fn index(line: Line<'_>, site: &mut Site, _: &mut Diagnostics) -> Read<()> {
    site.index = line.text("a file, or `off`")?;
    Ok(())
}

/// `try_files FILE…`.
fn try_files(line: Line<'_>, site: &mut Site, _: &mut Diagnostics) -> Read<()> {
    site.try_files = texts(line.some("a file")?);
    Ok(())
}
