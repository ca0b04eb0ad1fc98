//! Tests of the local CA, among others against files as Caddy writes them.

use std::sync::Arc;
use std::time::SystemTime;

use evenkeel_storage::{Blobs as _, layout};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::{ServerName, UnixTime};

use super::*;
use crate::certificate::{Certificate, chain_from_pem};
use crate::provider;
use crate::testing::{environment, noon};

fn issuer(environment: &Environment) -> LocalIssuer {
    let settings = InternalSettings {
        id: "local".to_owned(),
        lifetime: Duration::from_hours(12),
        sign_with_root: false,
    };
    LocalIssuer::new(settings, environment.clone())
}

async fn issue(issuer: &LocalIssuer, subject: &str) -> Issued {
    issuer
        .issue(IssueRequest {
            subject,
            attempt: 0,
        })
        .await
        .unwrap()
}

async fn text(environment: &Environment, key: &str) -> String {
    String::from_utf8(environment.storage.load(key).await.unwrap()).unwrap()
}

fn parse(issued: &Issued) -> Certificate {
    Certificate::from_pem(issued.chain.as_bytes(), issued.key.as_bytes(), &provider()).unwrap()
}

/// Does a client that trusts `root` accept the chain for `name` at `now`?
fn is_trusted(chain: &str, root: &str, name: &str, now: SystemTime) -> bool {
    let chain = chain_from_pem(chain.as_bytes()).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(chain_from_pem(root.as_bytes()).unwrap().remove(0))
        .unwrap();
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .unwrap();
    let now = UnixTime::since_unix_epoch(now.duration_since(SystemTime::UNIX_EPOCH).unwrap());
    let name = ServerName::try_from(name).unwrap();
    verifier
        .verify_server_cert(&chain[0], &chain[1..], &name, &[], now)
        .is_ok()
}

#[tokio::test(start_paused = true)]
async fn a_new_authority_signs_what_its_root_vouches_for() {
    let environment = environment();
    let local = issuer(&environment);
    let keys = layout::authority("local");
    for name in ["localhost", "127.0.0.1", "::1"] {
        let issued = issue(&local, name).await;
        let root = text(&environment, &keys.root_certificate).await;
        assert!(is_trusted(&issued.chain, &root, name, noon()), "{name}");
        assert!(
            !is_trusted(&issued.chain, &root, "other.test", noon()),
            "{name}"
        );
        let certificate = parse(&issued);
        assert_eq!(certificate.names(), [name]);
        assert_eq!(
            certificate.validity().not_after,
            noon() + Duration::from_hours(12)
        );
        assert_eq!(certificate.validity().not_before, noon() - BACKDATED);
        assert_eq!(
            certificate.certified_key().cert.len(),
            2,
            "leaf and intermediate"
        );
    }
    assert!(
        text(&environment, &keys.root_key)
            .await
            .contains("EC PRIVATE KEY")
    );
}

#[tokio::test(start_paused = true)]
async fn a_restart_goes_on_with_the_same_authority() {
    let environment = environment();
    let first = issue(&issuer(&environment), "a.test").await;
    let second = issue(&issuer(&environment), "b.test").await;
    let intermediate = |issued: &Issued| parse(issued).certified_key().cert[1].clone();
    assert_eq!(intermediate(&first), intermediate(&second));
}

#[tokio::test(start_paused = true)]
async fn the_intermediate_is_renewed_when_a_fifth_of_its_life_is_left() {
    let environment = environment();
    let local = issuer(&environment);
    let keys = layout::authority("local");
    issue(&local, "a.test").await;
    let before = text(&environment, &keys.intermediate_certificate).await;
    tokio::time::advance(Duration::from_hours(5 * 24)).await;
    issue(&local, "a.test").await;
    assert_eq!(
        text(&environment, &keys.intermediate_certificate).await,
        before
    );
    tokio::time::advance(Duration::from_hours(24)).await;
    let issued = issue(&local, "a.test").await;
    assert_ne!(
        text(&environment, &keys.intermediate_certificate).await,
        before
    );
    let root = text(&environment, &keys.root_certificate).await;
    assert!(is_trusted(
        &issued.chain,
        &root,
        "a.test",
        environment.clock.now()
    ));
}

/// An authority as Caddy makes it: its names, SEC1 keys, no backdating.
async fn caddys_authority(environment: &Environment, now: SystemTime) -> (String, String) {
    let day = Duration::from_hours(24);
    let authority = |name: &str, followers, lifetime: Duration| {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(followers));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = now.into();
        params.not_after = (now + lifetime).into();
        params.use_authority_key_identifier_extension = followers == 0;
        params
    };
    let new_key = || {
        let pem = key::generate().unwrap();
        let pair: KeyPair = key::signing_key(pem.as_bytes()).unwrap();
        (pem, pair)
    };
    let (root_key, root_pair) = new_key();
    let root = authority("Caddy Local Authority - 2026 ECC Root", 1, day * 3600);
    let root_pem = root.self_signed(&root_pair).unwrap().pem();
    let (key, pair) = new_key();
    let intermediate = authority("Caddy Local Authority - ECC Intermediate", 0, day * 7);
    let signer = rcgen::Issuer::new(root, root_pair);
    let pem = intermediate.signed_by(&pair, &signer).unwrap().pem();
    let keys = layout::authority("local");
    for (place, value) in [
        (keys.root_certificate, &root_pem),
        (keys.root_key, &root_key),
        (keys.intermediate_certificate, &pem),
        (keys.intermediate_key, &key),
    ] {
        environment
            .storage
            .store(&place, value.as_bytes())
            .await
            .unwrap();
    }
    (root_pem, pem)
}

#[tokio::test(start_paused = true)]
async fn an_authority_of_caddy_is_used_as_it_is() {
    let environment = environment();
    let (root, intermediate) = caddys_authority(&environment, noon() - BACKDATED).await;
    let issued = issue(&issuer(&environment), "localhost").await;
    assert!(
        issued.chain.ends_with(&intermediate),
        "Caddy's intermediate signed"
    );
    assert!(is_trusted(&issued.chain, &root, "localhost", noon()));
    let keys = layout::authority("local");
    assert_eq!(text(&environment, &keys.root_certificate).await, root);
}

#[tokio::test(start_paused = true)]
async fn a_worn_intermediate_of_caddy_is_renewed_with_caddys_root() {
    let environment = environment();
    let six_days = Duration::from_hours(6 * 24);
    let (root, intermediate) = caddys_authority(&environment, noon() - six_days).await;
    let issued = issue(&issuer(&environment), "localhost").await;
    assert!(!issued.chain.contains(&intermediate));
    assert!(is_trusted(&issued.chain, &root, "localhost", noon()));
}

#[tokio::test(start_paused = true)]
async fn an_intermediate_of_another_root_is_not_used() {
    let environment = environment();
    let (_, intermediate) = caddys_authority(&environment, noon()).await;
    let keys = layout::authority("local");
    environment
        .storage
        .delete(&keys.root_certificate)
        .await
        .unwrap();
    let issued = issue(&issuer(&environment), "localhost").await;
    assert!(!issued.chain.contains(&intermediate));
    let root = text(&environment, &keys.root_certificate).await;
    assert!(is_trusted(&issued.chain, &root, "localhost", noon()));
}

#[tokio::test(start_paused = true)]
async fn a_damaged_file_is_named() {
    let environment = environment();
    caddys_authority(&environment, noon()).await;
    let keys = layout::authority("local");
    environment
        .storage
        .store(&keys.intermediate_key, b"damaged")
        .await
        .unwrap();
    let request = IssueRequest {
        subject: "localhost",
        attempt: 0,
    };
    let error = issuer(&environment).issue(request).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("pki/authorities/local/intermediate.key"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_expired_root_is_told() {
    let environment = environment();
    let eleven_years = Duration::from_hours(11 * 365 * 24);
    caddys_authority(&environment, noon() - eleven_years).await;
    let request = IssueRequest {
        subject: "localhost",
        attempt: 0,
    };
    let error = issuer(&environment).issue(request).await.unwrap_err();
    assert!(matches!(
        error,
        IssueError::Authority(AuthorityError::RootExpired { .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn the_root_signs_itself_if_told_to() {
    let environment = environment();
    let mut local = issuer(&environment);
    local.settings.sign_with_root = true;
    let issued = issue(&local, "localhost").await;
    assert_eq!(parse(&issued).certified_key().cert.len(), 1);
    let root = text(&environment, &layout::authority("local").root_certificate).await;
    assert!(is_trusted(&issued.chain, &root, "localhost", noon()));
}
