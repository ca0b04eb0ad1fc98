//! Tests of connection policies: real handshakes between rustls and rustls, in memory.

use rustls::ClientConnection;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::Acceptor;

use super::*;
use crate::certificate::Certificate;
use crate::provider;
use crate::settings::Versions;
use crate::testing::{clock, self_signed};

fn shared() -> Shared {
    Shared {
        provider: provider(),
        tickets: rustls::crypto::aws_lc_rs::Ticketer::new().unwrap(),
        index: CertificateIndex::default(),
        challenges: Challenges::default(),
        clock: clock(),
    }
}

fn load(shared: &Shared, certificates: &[(&str, &[&str])]) {
    let load = |(name, tags): &(&str, &[&str])| {
        let (chain, key) = self_signed(&[name]);
        let made = Certificate::from_pem(chain.as_bytes(), key.as_bytes(), &provider()).unwrap();
        Arc::new(made.with_tags(tags.iter().map(|tag| (*tag).to_owned()).collect()))
    };
    shared
        .index
        .install(certificates.iter().map(load).collect(), Vec::new(), |_| {
            true
        });
}

fn for_names(names: &[&str]) -> PolicySettings {
    let sni = names.iter().map(|name| (*name).to_owned()).collect();
    PolicySettings {
        sni,
        ..PolicySettings::default()
    }
}

/// What a client saw.
#[derive(Debug, PartialEq)]
struct Seen {
    names: Vec<String>,
    alpn: Option<String>,
}

/// Shakes hands as a client that asks for `name` (an address: no server name) with `alpn`.
fn shake(handshakes: &Handshakes, name: &str, alpn: &[&str]) -> Option<Seen> {
    let mut config = rustls::ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let server_name = ServerName::try_from(name.to_owned()).unwrap();
    let mut client = ClientConnection::new(Arc::new(config), server_name).unwrap();
    let mut acceptor = Acceptor::default();
    let mut wire = Vec::new();
    client.write_tls(&mut wire).unwrap();
    acceptor.read_tls(&mut wire.as_slice()).unwrap();
    let accepted = acceptor.accept().unwrap().unwrap();
    let local = subject::address(name);
    let config = match handshakes.select(&accepted.client_hello(), local) {
        Selected::Config(config) | Selected::Challenge(config) => config,
        Selected::None => return None,
    };
    let mut server = accepted.into_connection(config).ok()?;
    while client.is_handshaking() {
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        client.process_new_packets().ok()?;
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets().ok()?;
    }
    let leaf = &client.peer_certificates().unwrap()[0];
    let alpn = client
        .alpn_protocol()
        .map(|name| String::from_utf8(name.to_vec()).unwrap());
    Some(Seen {
        names: crate::x509::read(leaf).unwrap().names,
        alpn,
    })
}

/// Believes everyone.
#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        vec![
            rustls::SignatureScheme::ECDSA_NISTP256_SHA256,
            rustls::SignatureScheme::ED25519,
        ]
    }
}

#[test]
fn the_name_asked_for_chooses_the_certificate() {
    let shared = shared();
    load(&shared, &[("a.test", &[]), ("*.b.test", &[])]);
    let handshakes = Handshakes::build(&[], &shared).unwrap();
    let seen = shake(&handshakes, "a.test", &["h2", "http/1.1"]).unwrap();
    assert_eq!(
        seen,
        Seen {
            names: vec!["a.test".into()],
            alpn: Some("h2".into())
        }
    );
    assert_eq!(
        shake(&handshakes, "x.b.test", &[]).unwrap().names,
        ["*.b.test"]
    );
    assert_eq!(
        shake(&handshakes, "c.test", &[]),
        None,
        "no certificate, no handshake"
    );
}

#[test]
fn a_client_without_a_name_gets_the_certificate_of_the_address_it_called() {
    let shared = shared();
    load(&shared, &[("a.test", &[]), ("127.0.0.1", &[])]);
    let handshakes = Handshakes::build(&[], &shared).unwrap();
    assert_eq!(
        shake(&handshakes, "127.0.0.1", &[]).unwrap().names,
        ["127.0.0.1"]
    );
    assert_eq!(shake(&handshakes, "127.0.0.2", &[]), None, "never a guess");
}

#[test]
fn the_first_policy_that_matches_serves() {
    let shared = shared();
    load(
        &shared,
        &[("a.b.test", &[]), ("b.test", &[]), ("c.test", &[])],
    );
    let with_alpn = |names: &[&str], alpn: &str| PolicySettings {
        alpn: vec![alpn.to_owned()],
        ..for_names(names)
    };
    let policies = [
        with_alpn(&["C.test"], "first"),
        with_alpn(&["*.b.test"], "second"),
        with_alpn(&["a.b.test", "c.test"], "third"),
        with_alpn(&[], "last"),
    ];
    let handshakes = Handshakes::build(&policies, &shared).unwrap();
    let all = ["last", "third", "second", "first"];
    let chosen = |name| shake(&handshakes, name, &all).unwrap().alpn.unwrap();
    assert_eq!(chosen("c.test"), "first");
    assert_eq!(chosen("a.b.test"), "second");
    assert_eq!(chosen("b.test"), "last");
    let only_named = Handshakes::build(&policies[..1], &shared).unwrap();
    assert_eq!(
        shake(&only_named, "b.test", &[]),
        None,
        "no policy, no handshake"
    );
}

#[test]
fn a_policy_shows_only_certificates_with_its_mark() {
    let shared = shared();
    load(&shared, &[("a.test", &["cert0"]), ("b.test", &[])]);
    let policies = [PolicySettings {
        any_tag: vec!["cert0".into()],
        ..for_names(&[])
    }];
    let handshakes = Handshakes::build(&policies, &shared).unwrap();
    for name in ["a.test", "b.test"] {
        let seen = shake(&handshakes, name, &[]).expect("a certificate");
        assert_eq!(seen.names, ["a.test"], "asked for {name}");
    }
}

#[test]
fn a_challenge_is_answered_with_its_own_certificate_and_nothing_else() {
    let shared = shared();
    load(&shared, &[("a.test", &[])]);
    let handshakes = Handshakes::build(&[], &shared).unwrap();
    assert_eq!(
        shake(&handshakes, "a.test", &["acme-tls/1"]),
        None,
        "nothing expected"
    );
    let pending = shared
        .challenges
        .answer_tls_alpn("a.test", "t.k", &provider())
        .unwrap();
    let seen = shake(&handshakes, "a.test", &["acme-tls/1"]).unwrap();
    assert_eq!(seen.alpn.as_deref(), Some("acme-tls/1"));
    let mixed = shake(&handshakes, "a.test", &["acme-tls/1", "h2"]).unwrap();
    assert_eq!(mixed.alpn.as_deref(), Some("h2"), "an ordinary client");
    drop(pending);
    assert_eq!(shake(&handshakes, "a.test", &["acme-tls/1"]), None);
}

#[test]
fn configurations_resume_by_ticket_and_never_early() {
    let shared = shared();
    for versions in [Versions::Both, Versions::Tls12, Versions::Tls13] {
        let policies = [PolicySettings {
            versions,
            ..PolicySettings::default()
        }];
        let handshakes = Handshakes::build(&policies, &shared).unwrap();
        let config = handshakes.config_for(Some("a.test"), None).unwrap();
        assert_eq!(config.max_early_data_size, 0);
        assert!(config.ticketer.enabled() && config.ignore_client_order);
    }
}
