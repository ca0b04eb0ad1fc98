//! Modules that plugins of Caddy bring, by their place in Caddy, but for DNS providers.

use super::{Kind, Row};

const LISTENERS: Kind = Kind::Module("caddy.listeners");
const MATCHERS: Kind = Kind::Module("http.matchers");
const REVERSE_PROXY_TRANSPORT: Kind = Kind::Module("http.reverse_proxy.transport");
const ENCODERS: Kind = Kind::Module("http.encoders");
const LOGGING_ENCODERS: Kind = Kind::Module("caddy.logging.encoders");
const STORAGE: Kind = Kind::Module("caddy.storage");
const IP_SOURCES: Kind = Kind::Module("http.ip_sources");
const FS: Kind = Kind::Module("caddy.fs");
const REVERSE_PROXY_UPSTREAMS: Kind = Kind::Module("http.reverse_proxy.upstreams");

const TCP: &str = "this is for HTTP alone; take HAProxy or keep Caddy for TCP and UDP";
const STORE: &str = "certificates are kept in files: leave `storage` out, or write `storage \
    file_system PATH` with a folder that all machines share";
const FORMAT: &str = "use `format json` and let the collector change the form, or `format console`";

/// Names behind the first words of lines.
pub(super) static MODULES: &[Row] = &[
    (LISTENERS, "layer4", "mholt/caddy-l4", TCP),
    (
        MATCHERS,
        "maxmind_geolocation",
        "porech/caddy-maxmind-geolocation",
        "match `remote_ip` or `client_ip` with the ranges of the countries, or let a \
     CDN in front name the country in a header field and match `header`",
    ),
    (
        REVERSE_PROXY_TRANSPORT,
        "tailscale",
        "tailscale/caddy-tailscale",
        "run tailscaled beside Evenkeel and name the upstreams as usual",
    ),
    (
        REVERSE_PROXY_TRANSPORT,
        "http_ntlm",
        "caddyserver/ntlm-transport",
        "",
    ),
    (
        MATCHERS,
        "fail2ban",
        "Javex/caddy-fail2ban",
        "let fail2ban read the access log and block in the firewall",
    ),
    (
        MATCHERS,
        "dynamic_client_ip",
        "tuzzmaniandevil/caddy-dynamic-clientip",
        "match `client_ip` with the ranges themselves",
    ),
    (
        ENCODERS,
        "br",
        "ueffel/caddy-brotli",
        "`encode zstd gzip` is built in; an upstream may compress with brotli itself",
    ),
    (
        LOGGING_ENCODERS,
        "transform",
        "caddyserver/transform-encoder",
        FORMAT,
    ),
    (
        LOGGING_ENCODERS,
        "formatted",
        "caddyserver/transform-encoder",
        FORMAT,
    ),
    (
        LOGGING_ENCODERS,
        "elastic",
        "firecow/caddy-elastic-encoder",
        "use `format json` and let the collector change the form",
    ),
    (STORAGE, "redis", "pberkel/caddy-storage-redis", STORE),
    (STORAGE, "s3", "ss098/certmagic-s3", STORE),
    (STORAGE, "consul", "pteich/caddy-tlsconsul", STORE),
    (STORAGE, "etcd", "BTBurke/caddy-etcd", STORE),
    (STORAGE, "postgres", "yroc92/postgres-storage", STORE),
    (
        STORAGE,
        "dynamodb",
        "sil-org/certmagic-storage-dynamodb",
        STORE,
    ),
    (STORAGE, "gcs", "grafana/certmagic-gcs", STORE),
    (STORAGE, "vault", "gerolf-vent/caddy-vault-storage", STORE),
    (
        IP_SOURCES,
        "cloudflare",
        "WeidiDeng/caddy-cloudflare-ip",
        "write `trusted_proxies static` and the ranges that Cloudflare publishes",
    ),
    (
        IP_SOURCES,
        "cloudfront",
        "xcaddyplugins/caddy-trusted-cloudfront",
        "write `trusted_proxies static` and the ranges that AWS publishes",
    ),
    (
        IP_SOURCES,
        "gcp_cloudcdn",
        "xcaddyplugins/caddy-trusted-gcp-cloudcdn",
        "write `trusted_proxies static` and the ranges that Google publishes",
    ),
    (
        IP_SOURCES,
        "dns",
        "fvbommel/caddy-dns-ip-range",
        "write `trusted_proxies static` and the addresses themselves",
    ),
    (
        IP_SOURCES,
        "combine",
        "fvbommel/caddy-combine-ip-ranges",
        "write all ranges behind one `trusted_proxies static`",
    ),
    (
        FS,
        "s3",
        "sagikazarmark/caddy-fs-s3",
        "mount the bucket and name the folder",
    ),
    (
        REVERSE_PROXY_UPSTREAMS,
        "docker",
        "invzhi/caddy-docker-upstreams",
        "use `dynamic a` with the name of the service, which Docker resolves to its \
     containers",
    ),
];
