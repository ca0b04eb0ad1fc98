//! TLS and HTTP/2 towards an upstream on real sockets: one server behind another.

use std::path::Path;

use tempfile::TempDir;

use crate::harness::{Evenkeel, free_port, get};

/// The upstream's own authority, as it stores it.
fn root_of(folder: &Path) -> String {
    let data = folder.join("data");
    let root = data.join("caddy/pki/authorities/local/root.crt");
    assert!(root.exists(), "{}", root.display());
    root.display().to_string()
}

#[test]
fn an_https_upstream_is_verified_by_its_own_authority() {
    let folder = TempDir::new().expect("a folder for the test");
    let (inner, plain) = (free_port(), free_port());
    let upstream = format!(
        "{{\n admin off\n http_port {plain}\n https_port {inner}\n}}\nlocalhost:{inner} {{\n \
         tls internal\n respond \"{{http.request.proto}} {{host}}\"\n}}\n"
    );
    let _upstream = Evenkeel::start_in(folder.path(), &upstream);
    let root = root_of(folder.path());
    for (options, status, body) in [
        (
            format!("tls_trusted_ca_certs {root}"),
            200,
            "HTTP/2.0 localhost",
        ),
        (
            format!("tls_trusted_ca_certs {root}\n versions 1.1"),
            200,
            "HTTP/1.1 localhost",
        ),
        (
            "tls_insecure_skip_verify".to_owned(),
            200,
            "HTTP/2.0 localhost",
        ),
        (
            format!("tls_trusted_ca_certs {root}\n tls_server_name other.test"),
            502,
            "",
        ),
    ] {
        let port = free_port();
        let _server = Evenkeel::start(&format!(
            "{{\n admin off\n}}\nhttp://:{port} {{\n reverse_proxy https://localhost:{inner} {{\n \
             transport http {{\n {options}\n }}\n }}\n}}\n"
        ));
        for _ in 0..2 {
            let reply = get(port, "/");
            assert_eq!(
                (reply.status, reply.body.trim()),
                (status, body),
                "{options}"
            );
        }
    }
}
