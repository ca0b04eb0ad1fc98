//! Directives and global options that plugins of Caddy bring, as people have them in their files.

use super::{Kind, Row};

const DIRECTIVE: Kind = Kind::Directive;
const OPTION: Kind = Kind::Option;

const LIMIT: &str = "to bound what reaches the upstreams at once use `lb_max_requests` and \
    `lb_queue` in `reverse_proxy`; rates must be limited in front of Evenkeel or \
    by the upstream";
const WAF: &str = "run the firewall as a server of its own (or as `forward_auth`) in front of the \
    upstreams";
const CACHE: &str = "put a cache such as Varnish between Evenkeel and the upstreams, with \
    `reverse_proxy` to it";
const AUTH: &str = "use `basic_auth`, or `forward_auth` with Authelia, Authentik or oauth2-proxy";
const PHP: &str = "run PHP-FPM and use `php_fastcgi`, or FrankenPHP as a server of its own behind \
    `reverse_proxy`";
const BEHIND: &str = "run it as a server of its own and use `reverse_proxy` to it";
const TCP: &str = "this is for HTTP alone; take HAProxy or keep Caddy for TCP and UDP";
const DDNS: &str = "run ddclient or the like beside Evenkeel";
const CROWDSEC: &str = "let CrowdSec block addresses in the firewall (cs-firewall-bouncer)";
const REPLACE: &str =
    "change the text in the upstream; header fields can be replaced with `header`";
const GEO: &str = "let a CDN in front name the country in a header field";
const EXEC: &str = "run commands with systemd units or timers";
const GIT: &str = "fetch the repository with a timer or a web hook of its own";
const SYSTEMD: &str = "run the programs as systemd units";
const NO_PROXY: &str = "Evenkeel is no forward proxy";
const ANUBIS: &str = "run Anubis or the like as a server of its own in front of the upstreams";

/// First words of lines.
pub(super) static LINES: &[Row] = &[
    (DIRECTIVE, "rate_limit", "mholt/caddy-ratelimit", LIMIT),
    (DIRECTIVE, "coraza_waf", "corazawaf/coraza-caddy", WAF),
    (DIRECTIVE, "waf", "fabriziosalmi/caddy-waf", WAF),
    (DIRECTIVE, "cache", "caddyserver/cache-handler", CACHE),
    (OPTION, "cache", "caddyserver/cache-handler", CACHE),
    (
        OPTION,
        "crowdsec",
        "hslatman/caddy-crowdsec-bouncer",
        CROWDSEC,
    ),
    (
        DIRECTIVE,
        "crowdsec",
        "hslatman/caddy-crowdsec-bouncer",
        CROWDSEC,
    ),
    (DIRECTIVE, "appsec", "hslatman/caddy-crowdsec-bouncer", WAF),
    (OPTION, "security", "greenpau/caddy-security", AUTH),
    (DIRECTIVE, "authenticate", "greenpau/caddy-security", AUTH),
    (DIRECTIVE, "authorize", "greenpau/caddy-security", AUTH),
    (DIRECTIVE, "authp", "greenpau/caddy-auth-portal", AUTH),
    (DIRECTIVE, "auth_portal", "greenpau/caddy-auth-portal", AUTH),
    (DIRECTIVE, "jwt", "greenpau/caddy-authorize", AUTH),
    (DIRECTIVE, "jwtauth", "ggicci/caddy-jwt", AUTH),
    (DIRECTIVE, "oidc", "relvacode/caddy-oidc", AUTH),
    (OPTION, "oidc", "relvacode/caddy-oidc", AUTH),
    (DIRECTIVE, "discord", "enum-gg/caddy-discord", AUTH),
    (
        DIRECTIVE,
        "mercure",
        "dunglas/mercure",
        "run Mercure as a server of its own and use `reverse_proxy /.well-known/mercure* HUB`",
    ),
    (
        DIRECTIVE,
        "vulcain",
        "dunglas/vulcain",
        "run Vulcain as a server of its own and use `reverse_proxy` to it",
    ),
    (OPTION, "frankenphp", "php/frankenphp", PHP),
    (DIRECTIVE, "php_server", "php/frankenphp", PHP),
    (DIRECTIVE, "php", "php/frankenphp", PHP),
    (DIRECTIVE, "webdav", "mholt/caddy-webdav", BEHIND),
    (
        DIRECTIVE,
        "cgi",
        "aksdb/caddy-cgi",
        "run the programs behind fcgiwrap and use `reverse_proxy` with `transport \
     fastcgi`, or as a server of their own",
    ),
    (
        DIRECTIVE,
        "reverse_bin",
        "tarasglek/caddy-reverse-bin",
        BEHIND,
    ),
    (
        DIRECTIVE,
        "python",
        "mliezun/caddy-snake",
        "run the application with uvicorn or gunicorn and use `reverse_proxy` to it",
    ),
    (OPTION, "layer4", "mholt/caddy-l4", TCP),
    (
        DIRECTIVE,
        "replace",
        "caddyserver/replace-response",
        REPLACE,
    ),
    (DIRECTIVE, "filter", "sjtug/caddy2-filter", REPLACE),
    (DIRECTIVE, "geoip2_vars", "zhangjiayin/caddy-geoip2", GEO),
    (OPTION, "geoip2", "zhangjiayin/caddy-geoip2", GEO),
    (DIRECTIVE, "geo_ip", "shift72/caddy-geo-ip", GEO),
    (OPTION, "dynamic_dns", "mholt/caddy-dynamicdns", DDNS),
    (DIRECTIVE, "exec", "abiosoft/caddy-exec", EXEC),
    (OPTION, "exec", "abiosoft/caddy-exec", EXEC),
    (DIRECTIVE, "git", "greenpau/caddy-git", GIT),
    (OPTION, "git", "greenpau/caddy-git", GIT),
    (
        DIRECTIVE,
        "s3proxy",
        "lindenlab/caddy-s3-proxy",
        "use `reverse_proxy` to the public address of the bucket",
    ),
    (
        DIRECTIVE,
        "request_id",
        "luludotdev/caddy-requestid",
        "use the placeholder `{http.request.uuid}`, as in `header_up X-Request-Id \
     {http.request.uuid}`",
    ),
    (
        DIRECTIVE,
        "trace",
        "greenpau/caddy-trace",
        "use the access log, with `log` and `log_append`",
    ),
    (OPTION, "supervisor", "Baldinof/caddy-supervisor", SYSTEMD),
    (
        OPTION,
        "tailscale",
        "tailscale/caddy-tailscale",
        "run tailscaled beside Evenkeel and `bind` its address",
    ),
    (
        DIRECTIVE,
        "tailscale_auth",
        "tailscale/caddy-tailscale",
        AUTH,
    ),
    (
        DIRECTIVE,
        "forward_proxy",
        "caddyserver/forwardproxy",
        "Evenkeel is no forward proxy; take Squid or the like",
    ),
    (DIRECTIVE, "trojan", "imgk/caddy-trojan", NO_PROXY),
    (OPTION, "trojan", "imgk/caddy-trojan", NO_PROXY),
    (
        DIRECTIVE,
        "teapot",
        "hairyhenderson/caddy-teapot-module",
        "use `respond 418`",
    ),
    (
        DIRECTIVE,
        "defender",
        "JasonLovesDoggo/caddy-defender",
        "match `remote_ip` or `client_ip` with the ranges to refuse, and `abort` or \
     `respond 403`",
    ),
    (DIRECTIVE, "cerberus", "sjtug/cerberus", ANUBIS),
    (OPTION, "cerberus", "sjtug/cerberus", ANUBIS),
    (
        DIRECTIVE,
        "bandwidth",
        "mediafoundation/caddy-bandwidth",
        "limit the bandwidth with `tc` or in the upstream",
    ),
    (
        DIRECTIVE,
        "image_filter",
        "ueffel/caddy-imagefilter",
        BEHIND,
    ),
    (
        DIRECTIVE,
        "image_processor",
        "quix-labs/caddy-image-processor",
        BEHIND,
    ),
];
