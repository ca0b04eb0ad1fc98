//! The names of placeholders: the short ones of a Caddyfile, and the long ones that a plan has.
//! Caddy: `httpcaddyfile/shorthands.go`.

/// `{name}` of a Caddyfile, and the long name that the plan has.
pub static SHORT: &[(&str, &str)] = &[
    ("%path", "http.request.uri.path_escaped"),
    ("%query", "http.request.uri.query_escaped"),
    ("%uri", "http.request.uri_escaped"),
    ("?query", "http.request.uri.prefixed_query"),
    ("client_ip", "http.vars.client_ip"),
    ("dir", "http.request.uri.path.dir"),
    ("file", "http.request.uri.path.file"),
    ("file.base", "http.request.uri.path.file.base"),
    ("file.ext", "http.request.uri.path.file.ext"),
    ("host", "http.request.host"),
    ("hostport", "http.request.hostport"),
    ("method", "http.request.method"),
    ("orig_?query", "http.request.orig_uri.prefixed_query"),
    ("orig_dir", "http.request.orig_uri.path.dir"),
    ("orig_file", "http.request.orig_uri.path.file"),
    ("orig_method", "http.request.orig_method"),
    ("orig_path", "http.request.orig_uri.path"),
    ("orig_query", "http.request.orig_uri.query"),
    ("orig_uri", "http.request.orig_uri"),
    ("path", "http.request.uri.path"),
    ("port", "http.request.port"),
    ("query", "http.request.uri.query"),
    ("remote", "http.request.remote"),
    ("remote_host", "http.request.remote.host"),
    ("remote_port", "http.request.remote.port"),
    ("scheme", "http.request.scheme"),
    ("tls_cipher", "http.request.tls.cipher_suite"),
    (
        "tls_client_certificate_der_base64",
        "http.request.tls.client.certificate_der_base64",
    ),
    (
        "tls_client_certificate_pem",
        "http.request.tls.client.certificate_pem",
    ),
    (
        "tls_client_fingerprint",
        "http.request.tls.client.fingerprint",
    ),
    ("tls_client_issuer", "http.request.tls.client.issuer"),
    ("tls_client_serial", "http.request.tls.client.serial"),
    ("tls_client_subject", "http.request.tls.client.subject"),
    ("tls_version", "http.request.tls.version"),
    ("upstream_hostport", "http.reverse_proxy.upstream.hostport"),
    ("uri", "http.request.uri"),
    ("uuid", "http.request.uuid"),
];

/// `{prefix.rest}` of a Caddyfile, what the plan has for the prefix, and whether the rest may hold
/// dots.
pub static PREFIXES: &[(&str, &str, bool)] = &[
    ("header.", "http.request.header.", false),
    ("cookie.", "http.request.cookie.", false),
    ("labels.", "http.request.host.labels.", false),
    ("path.", "http.request.uri.path.", false),
    ("query.", "http.request.uri.query.", false),
    ("re.", "http.regexp.", true),
    ("vars.", "http.vars.", false),
    ("rp.", "http.reverse_proxy.", true),
    ("resp.", "http.intercept.", true),
    ("err.", "http.error.", true),
    ("file_match.", "http.matchers.file.", false),
];
