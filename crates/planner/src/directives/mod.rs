//! The directives, one file each.

mod abort;
pub(crate) mod acme_server;
mod basic_auth;
pub(crate) mod bind;
pub(crate) mod copy_response;
pub(crate) mod copy_response_headers;
mod encode;
mod error;
mod file_server;
pub(crate) mod forward_auth;
mod fs;
mod handle;
mod handle_errors;
mod handle_path;
mod header;
pub(crate) mod intercept;
mod invoke;
pub(crate) mod log;
mod log_append;
mod log_name;
mod log_skip;
mod map;
mod method;
mod metrics;
pub(crate) mod php_fastcgi;
mod push;
mod redir;
mod request_body;
mod request_header;
mod respond;
pub(crate) mod reverse_proxy;
mod rewrite;
mod root;
mod route;
mod templates;
mod timeouts;
pub(crate) mod tls;
mod tracing;
mod trust_pool;
mod try_files;
mod uri;
mod vars;

use crate::directive::Directive;
use crate::vocabulary::Known;

/// Directives that become routes, in the order in which they are carried out. Caddy:
/// `defaultDirectiveOrder` in `httpcaddyfile/directives.go`.
pub(crate) static DIRECTIVES: &[Directive] = &[
    tracing::TRACING,
    map::MAP,
    vars::VARS,
    fs::FS,
    root::ROOT,
    log_append::LOG_APPEND,
    log_skip::SKIP_LOG,
    log_skip::LOG_SKIP,
    log_name::LOG_NAME,
    header::HEADER,
    copy_response_headers::COPY_RESPONSE_HEADERS,
    request_body::REQUEST_BODY,
    timeouts::TIMEOUTS,
    redir::REDIR,
    method::METHOD,
    rewrite::REWRITE,
    uri::URI,
    try_files::TRY_FILES,
    basic_auth::BASICAUTH,
    basic_auth::BASIC_AUTH,
    forward_auth::FORWARD_AUTH,
    request_header::REQUEST_HEADER,
    encode::ENCODE,
    push::PUSH,
    intercept::INTERCEPT,
    templates::TEMPLATES,
    invoke::INVOKE,
    handle::HANDLE,
    handle_path::HANDLE_PATH,
    route::ROUTE,
    abort::ABORT,
    error::ERROR,
    copy_response::COPY_RESPONSE,
    respond::RESPOND,
    metrics::METRICS,
    reverse_proxy::REVERSE_PROXY,
    php_fastcgi::PHP_FASTCGI,
    file_server::FILE_SERVER,
    acme_server::ACME_SERVER,
];

/// Directives that say something about their site.
pub(crate) static SITE_DIRECTIVES: &[Directive] =
    &[bind::BIND, tls::TLS, log::LOG, handle_errors::HANDLE_ERRORS];

/// The directive with this name.
pub(crate) fn find(name: &str) -> Option<&'static Directive> {
    all().find(|directive| directive.name == name)
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
