//! The directives, one file each.

mod handle;
mod header;
pub(crate) mod log;
mod respond;
pub(crate) mod reverse_proxy;
pub(crate) mod tls;

use crate::directive::Directive;
use crate::vocabulary::Known;

/// Directives that become routes, in the order in which they are carried out. Caddy:
/// `defaultDirectiveOrder` in `httpcaddyfile/directives.go`.
pub(crate) static DIRECTIVES: &[Directive] = &[
    Directive::later("tracing"),
    Directive::later("map"),
    Directive::later("vars"),
    Directive::later("fs"),
    Directive::later("root"),
    Directive::later("log_append"),
    Directive::later("skip_log"),
    Directive::later("log_skip"),
    Directive::later("log_name"),
    header::HEADER,
    Directive::later("copy_response_headers"),
    Directive::later("request_body"),
    Directive::later("timeouts"),
    Directive::later("redir"),
    Directive::later("method"),
    Directive::later("rewrite"),
    Directive::later("uri"),
    Directive::later("try_files"),
    Directive::later("basicauth"),
    Directive::later("basic_auth"),
    Directive::later("forward_auth"),
    Directive::later("request_header"),
    Directive::later("encode"),
    Directive::later("push"),
    Directive::later("intercept"),
    Directive::later("templates"),
    Directive::later("invoke"),
    handle::HANDLE,
    Directive::later("handle_path"),
    Directive::later("route"),
    Directive::later("abort"),
    Directive::later("error"),
    Directive::later("copy_response"),
    respond::RESPOND,
    Directive::later("metrics"),
    reverse_proxy::REVERSE_PROXY,
    Directive::later("php_fastcgi"),
    Directive::later("file_server"),
    Directive::later("acme_server"),
];

/// Directives that say something about their site, and `import`.
pub(crate) static SITE_DIRECTIVES: &[Directive] = &[
    Directive::later("bind"),
    tls::TLS,
    log::LOG,
    Directive::later("handle_errors"),
    Directive::later("import"),
];

/// The directive that becomes routes under this name, with its place in the order.
pub(crate) fn position(name: &str) -> Option<(usize, &'static Directive)> {
    DIRECTIVES
        .iter()
        .enumerate()
        .find(|(_, directive)| directive.name == name)
}

/// All names, for suggestions.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    all().map(|directive| directive.name)
}

/// All names, and whether they work.
pub(crate) fn words() -> Vec<Known> {
    let word = |directive: &Directive| Known {
        name: directive.name,
        support: directive.support(),
    };
    all().map(word).collect()
}

fn all() -> impl Iterator<Item = &'static Directive> {
    DIRECTIVES.iter().chain(SITE_DIRECTIVES)
}
