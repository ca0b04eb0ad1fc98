//! TLS on a stage: one certificate authority, and a certificate for whatever name is asked for.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use evenkeel_plan::http::handlers::reverse_proxy::TransportTls;
use evenkeel_proxy::{ClientTls, ServeTls, TlsChoice};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::ClientHello;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// A stage's certificates.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().expect("key generation does not fail");
        let mut params = CertificateParams::new(Vec::new()).expect("there is no name to be bad");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, key).expect("the parameters are valid");
        Self { issuer }
    }

    /// What a client needs to trust the stage's server and to speak these protocols.
    pub(crate) fn client(&self, protocols: &[&str]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots
            .add(self.issuer.der().clone())
            .expect("the certificate is valid");
        let mut config =
            ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("the provider has the default versions")
                .with_root_certificates(roots)
                .with_no_client_auth();
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        config
    }

    /// TLS towards upstreams. Whatever the plan says of trust, this authority is trusted.
    pub(crate) fn upstream(&self, plan: &TransportTls) -> ClientTls {
        let mut hasher = DefaultHasher::new();
        format!("{plan:?}").hash(&mut hasher);
        let mut fingerprint = [0; 32];
        fingerprint[..8].copy_from_slice(&hasher.finish().to_be_bytes());
        ClientTls {
            config: Arc::new(self.client(&[])),
            fingerprint,
        }
    }

    pub(crate) fn server(&self, name: &str, protocols: &[&str]) -> ServerConfig {
        let key = KeyPair::generate().expect("key generation does not fail");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("the name is valid");
        let leaf = params
            .signed_by(&key, &self.issuer)
            .expect("the parameters are valid");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("the provider has the default versions")
                .with_no_client_auth()
                .with_single_cert(vec![leaf.der().clone()], key)
                .expect("the key fits the certificate");
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        config
    }
}

/// Serves any name but one that starts with `unknown.`, and challenges by their protocol.
pub(crate) struct AnyName(pub(crate) Arc<Authority>);

impl ServeTls for AnyName {
    fn choose(&self, hello: &ClientHello<'_>, _: Option<std::net::IpAddr>) -> TlsChoice {
        let name = hello.server_name().unwrap_or("localhost");
        let asks_for_challenge = hello
            .alpn()
            .is_some_and(|mut names| names.any(|name| name == b"acme-tls/1"));
        if name.starts_with("unknown.") {
            TlsChoice::Refuse
        } else if asks_for_challenge {
            TlsChoice::Challenge(Arc::new(self.0.server(name, &["acme-tls/1"])))
        } else {
            TlsChoice::Serve(Arc::new(self.0.server(name, &["h2", "http/1.1"])))
        }
    }
}
