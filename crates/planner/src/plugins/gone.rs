//! Words of Caddy 1 and of early releases of Caddy 2 that are no words any more.

use super::{Gone, Kind};

const fn gone(kind: Kind, word: &'static str, until: &'static str, instead: &'static str) -> Gone {
    Gone {
        kind,
        word,
        until,
        instead,
    }
}

/// All of them.
pub(super) static GONE: &[Gone] = &[
    gone(Kind::Directive, "proxy", "1", "use `reverse_proxy`"),
    gone(Kind::Directive, "gzip", "1", "use `encode gzip`"),
    gone(
        Kind::Directive,
        "errors",
        "1",
        "use `handle_errors { … }`, and `log` for the log",
    ),
    gone(
        Kind::Directive,
        "markdown",
        "1",
        "use `templates` with its function `markdown`",
    ),
    gone(
        Kind::Directive,
        "fastcgi",
        "1",
        "use `php_fastcgi`, or `reverse_proxy` with `transport fastcgi`",
    ),
    gone(Kind::Directive, "browse", "1", "use `file_server browse`"),
    gone(
        Kind::Directive,
        "ext",
        "1",
        "use `try_files {path} {path}.html`",
    ),
    gone(
        Kind::Directive,
        "index",
        "1",
        "use `index` in the block of `file_server`",
    ),
    gone(
        Kind::Directive,
        "internal",
        "1",
        "use `respond /path* 404`, or `intercept` for files that an upstream names",
    ),
    gone(
        Kind::Directive,
        "limits",
        "1",
        "use `request_body { max_size … }`",
    ),
    gone(
        Kind::Directive,
        "mime",
        "1",
        "use `header /path* Content-Type …`",
    ),
    gone(Kind::Directive, "pprof", "1", "profiles are not offered"),
    gone(Kind::Directive, "expvar", "1", "use `metrics`"),
    gone(Kind::Directive, "status", "1", "use `respond /path* 404`"),
    gone(
        Kind::Directive,
        "startup",
        "1",
        "run the command with systemd, as `ExecStartPre=`",
    ),
    gone(
        Kind::Directive,
        "shutdown",
        "1",
        "run the command with systemd, as `ExecStopPost=`",
    ),
    gone(Kind::Directive, "on", "1", "run the command with systemd"),
    gone(
        Kind::Directive,
        "websocket",
        "1",
        "run the program as a server and use `reverse_proxy`, which passes WebSocket on",
    ),
    gone(
        Kind::Directive,
        "websockets",
        "1",
        "leave it out: `reverse_proxy` passes WebSocket on",
    ),
    gone(
        Kind::Directive,
        "realip",
        "1",
        "use the global option `servers { trusted_proxies static … }`",
    ),
    gone(
        Kind::Directive,
        "cors",
        "1",
        "use `header Access-Control-Allow-Origin …`",
    ),
    gone(
        Kind::Directive,
        "minify",
        "1",
        "let the upstream or the build do it",
    ),
    gone(
        Kind::Directive,
        "hsts",
        "1",
        "use `header Strict-Transport-Security \"max-age=31536000\"`",
    ),
    gone(
        Kind::Directive,
        "ipfilter",
        "1",
        "match `remote_ip` and use `abort` or `respond 403`",
    ),
    gone(
        Kind::Directive,
        "geoip",
        "1",
        "let a CDN in front name the country in a header field",
    ),
    gone(
        Kind::Directive,
        "ratelimit",
        "1",
        "to bound what reaches the upstreams at once use `lb_max_requests` and `lb_queue` in \
         `reverse_proxy`",
    ),
    gone(
        Kind::Directive,
        "filemanager",
        "1",
        "run File Browser as a server of its own and use `reverse_proxy` to it",
    ),
    gone(
        Kind::Directive,
        "header_upstream",
        "1",
        "use `header_up` in the block of `reverse_proxy`",
    ),
    gone(
        Kind::Directive,
        "header_downstream",
        "1",
        "use `header_down` in the block of `reverse_proxy`",
    ),
    gone(
        Kind::Directive,
        "strip_prefix",
        "2.0 beta",
        "use `uri strip_prefix /path` or `handle_path /path/*`",
    ),
    gone(
        Kind::Directive,
        "strip_suffix",
        "2.0 beta",
        "use `uri strip_suffix TEXT`",
    ),
    gone(
        Kind::Directive,
        "uri_replace",
        "2.0 beta",
        "use `uri replace OLD NEW`",
    ),
    gone(
        Kind::Directive,
        "match",
        "2.0 beta",
        "name conditions with `@name`",
    ),
];
