//! Answers to challenges in progress, shared by all workers. An answer is given only for the exact
//! name (and token), and only while its [`Pending`] guard lives.

use std::collections::HashMap;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use parking_lot::RwLock;
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls_acme::acme::ACME_TLS_ALPN_NAME;

use crate::subject;

/// The challenges in progress. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Challenges {
    answers: Arc<RwLock<Answers>>,
}

#[derive(Debug, Default)]
struct Answers {
    /// Host to token and key authorization: never two for one name at once.
    http: HashMap<String, HttpAnswer>,
    tls_alpn: HashMap<String, Arc<ServerConfig>>,
}

#[derive(Debug)]
struct HttpAnswer {
    token: String,
    key_authorization: Arc<str>,
}

/// Takes the answer back when dropped, however the attempt ends.
#[derive(Debug)]
#[must_use = "the answer is taken back when this is dropped"]
pub(crate) struct Pending {
    challenges: Challenges,
    name: String,
    kind: ChallengeKind,
}

/// How a CA is convinced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChallengeKind {
    /// A self-signed certificate on port 443 (RFC 8737).
    TlsAlpn01,
    /// A file on port 80 (RFC 8555 section 8.3).
    Http01,
}

impl std::fmt::Display for ChallengeKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TlsAlpn01 => "tls-alpn-01",
            Self::Http01 => "http-01",
        })
    }
}

/// The certificate for a TLS-ALPN-01 answer could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The name cannot stand in a certificate, or there is no randomness.
    #[error("the challenge certificate cannot be made")]
    Certificate(#[from] rcgen::Error),
    /// rustls does not take it.
    #[error("the challenge certificate is not accepted")]
    Tls(#[from] rustls::Error),
}

impl Challenges {
    /// The body for `GET /.well-known/acme-challenge/{token}` at `host` (a port is ignored, case
    /// as well); `None` if no such challenge is in progress.
    pub fn http_01(&self, host: &str, token: &str) -> Option<Arc<str>> {
        let answers = self.answers.read();
        if answers.http.is_empty() {
            return None;
        }
        let answer = answers.http.get(&host_name(host))?;
        (answer.token == token).then(|| Arc::clone(&answer.key_authorization))
    }

    /// The configuration that answers a TLS-ALPN-01 handshake for `name`, if one is expected.
    pub fn tls_alpn_01(&self, name: &str) -> Option<Arc<ServerConfig>> {
        let answers = self.answers.read();
        answers.tls_alpn.get(&name.to_ascii_lowercase()).cloned()
    }

    /// Answers HTTP-01 for `name` until the guard is dropped.
    pub(crate) fn answer_http(&self, name: &str, token: &str, key_authorization: &str) -> Pending {
        let answer = HttpAnswer {
            token: token.to_owned(),
            key_authorization: key_authorization.into(),
        };
        let name = host_name(name);
        self.answers.write().http.insert(name.clone(), answer);
        Pending {
            challenges: self.clone(),
            name,
            kind: ChallengeKind::Http01,
        }
    }

    /// Answers TLS-ALPN-01 for `name` until the guard is dropped.
    pub(crate) fn answer_tls_alpn(
        &self,
        name: &str,
        key_authorization: &str,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Pending, AnswerError> {
        let config = Arc::new(challenge_config(name, key_authorization, provider)?);
        let name = name.to_ascii_lowercase();
        self.answers.write().tls_alpn.insert(name.clone(), config);
        Ok(Pending {
            challenges: self.clone(),
            name,
            kind: ChallengeKind::TlsAlpn01,
        })
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let mut answers = self.challenges.answers.write();
        match self.kind {
            ChallengeKind::Http01 => drop(answers.http.remove(&self.name)),
            ChallengeKind::TlsAlpn01 => drop(answers.tls_alpn.remove(&self.name)),
        }
    }
}

/// Lower case, without port.
fn host_name(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    if subject::address(&host).is_some() {
        return host;
    }
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name.to_owned(),
        _ => host,
    }
}

/// A configuration that shows the challenge certificate and speaks nothing but `acme-tls/1`
/// (RFC 8737 section 3).
fn challenge_config(
    name: &str,
    key_authorization: &str,
    provider: &Arc<CryptoProvider>,
) -> Result<ServerConfig, AnswerError> {
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()])?;
    let hash = digest(&SHA256, key_authorization.as_bytes());
    params.custom_extensions = vec![rcgen::CustomExtension::new_acme_identifier(hash.as_ref())];
    let key = rcgen::KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let key = provider.key_provider.load_private_key(key)?;
    // Not `with_single_cert`: it refuses the critical extension that RFC 8737 asks for.
    let certified = CertifiedKey::new(vec![certificate.der().clone()], key);
    let mut config = ServerConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    config.alpn_protocols = vec![ACME_TLS_ALPN_NAME.to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider;

    #[test]
    fn http_01_answers_the_exact_token_at_the_exact_host() {
        let challenges = Challenges::default();
        let pending = challenges.answer_http("A.test", "token", "token.thumb");
        assert_eq!(
            challenges.http_01("a.test", "token").as_deref(),
            Some("token.thumb")
        );
        assert_eq!(
            challenges.http_01("A.TEST:80", "token").as_deref(),
            Some("token.thumb")
        );
        for (host, token) in [
            ("a.test", "toke"),
            ("a.test", "token2"),
            ("b.test", "token"),
            ("", ""),
        ] {
            assert!(challenges.http_01(host, token).is_none(), "{host} {token}");
        }
        drop(pending);
        assert!(
            challenges.http_01("a.test", "token").is_none(),
            "taken back"
        );
    }

    #[test]
    fn tls_alpn_01_speaks_only_its_own_protocol() {
        let challenges = Challenges::default();
        let pending = challenges
            .answer_tls_alpn("a.test", "token.thumb", &provider())
            .unwrap();
        let config = challenges.tls_alpn_01("A.test").unwrap();
        assert_eq!(config.alpn_protocols, [b"acme-tls/1".to_vec()]);
        assert!(challenges.tls_alpn_01("b.test").is_none());
        drop(pending);
        assert!(challenges.tls_alpn_01("a.test").is_none(), "taken back");
    }

    #[test]
    fn hosts_lose_their_port_only() {
        let table = [
            ("a.test:8080", "a.test"),
            ("a.test", "a.test"),
            ("[::1]:80", "[::1]"),
            ("::1", "::1"),
            ("127.0.0.1:80", "127.0.0.1"),
        ];
        for (host, name) in table {
            assert_eq!(host_name(host), name);
        }
    }
}
