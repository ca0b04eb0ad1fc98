//! Certificates for the proxy: what `proxy` asks of TLS, answered by `tls`.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use evenkeel_plan::http::{App, Server};
use evenkeel_proxy::{ChallengeAnswers, ServeTls, TlsChoice};
use evenkeel_tls::{CertManager, Challenges, Handshakes, PolicySettings, Selected};
use rustls::server::ClientHello;

use crate::error::ServeError;

/// One server's handshakes.
struct ServerHandshakes(Handshakes);

impl ServeTls for ServerHandshakes {
    fn choose(&self, hello: &ClientHello<'_>, local: Option<IpAddr>) -> TlsChoice {
        match self.0.select(hello, local) {
            Selected::Config(config) => TlsChoice::Serve(config),
            Selected::Challenge(config) => TlsChoice::Challenge(config),
            Selected::None => TlsChoice::Refuse,
        }
    }
}

/// Answers to HTTP-01, which comes in as a request.
pub(crate) struct HttpAnswers(pub(crate) Challenges);

impl ChallengeAnswers for HttpAnswers {
    fn answer(&self, host: &str, token: &str) -> Option<Bytes> {
        let answer = self.0.http_01(host, token)?;
        Some(Bytes::copy_from_slice(answer.as_bytes()))
    }
}

/// The handshakes of a server; `None` if it speaks plain HTTP.
pub(crate) fn build(
    name: &str,
    server: &Server,
    certificates: &CertManager,
) -> Result<Option<Arc<dyn ServeTls>>, ServeError> {
    let Some(settings) = settings(name, server)? else {
        return Ok(None);
    };
    let handshakes =
        certificates
            .handshakes(&settings)
            .map_err(|source| ServeError::Handshake {
                path: path(name),
                source,
            })?;
    Ok(Some(Arc::new(ServerHandshakes(handshakes))))
}

/// Reads every server's policies.
pub(crate) fn check(app: &App) -> Result<(), ServeError> {
    for (name, server) in &app.servers {
        settings(name, server)?;
    }
    Ok(())
}

fn settings(name: &str, server: &Server) -> Result<Option<Vec<PolicySettings>>, ServeError> {
    let Some(policies) = &server.tls_connection_policies else {
        return Ok(None);
    };
    let settings = policies.iter().enumerate().map(|(number, policy)| {
        PolicySettings::from_plan(policy, &server.protocols).map_err(|source| ServeError::Policy {
            path: format!("{}[{number}]", path(name)),
            source,
        })
    });
    settings.collect::<Result<_, _>>().map(Some)
}

fn path(name: &str) -> String {
    format!("apps.http.servers.{name}.tls_connection_policies")
}
