//! A data directory that Caddy wrote is used as it is: nothing is issued, no file changes.

#![expect(
    clippy::unwrap_used,
    reason = "test code: whatever fails here is a failed test"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use aws_lc_rs::encoding::{AsDer as _, EcPrivateKeyRfc5915Der};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use evenkeel_net::Clock;
use evenkeel_storage::{FileStorage, Storage, WallClock};
use evenkeel_tls::{CertManager, Parts, Settings};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose};
use tokio::runtime::Handle;

const DAY: Duration = Duration::from_hours(24);

/// 2026-11-24 12:00 UTC.
fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(498_756)
}

/// A key as Go writes it: SEC1.
fn key() -> (String, KeyPair) {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let der: EcPrivateKeyRfc5915Der<'_> = key.private_key().as_der().unwrap();
    let block = pem::Pem::new("EC PRIVATE KEY", der.as_ref());
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    let pair = KeyPair::try_from(der.as_ref()).unwrap();
    (pem::encode_config(&block, config), pair)
}

fn authority(name: &str, followers: u8, lifetime: Duration) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(followers));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = noon().into();
    params.not_after = (noon() + lifetime).into();
    params.use_authority_key_identifier_extension = followers == 0;
    params
}

/// Writes what `caddy run` leaves behind for one site with `tls internal`.
fn write_as_caddy(root: &Path, name: &str) {
    let (root_key, root_pair) = key();
    let params = authority("Caddy Local Authority - 2026 ECC Root", 1, DAY * 3600);
    let root_certificate = params.self_signed(&root_pair).unwrap().pem();
    let root_issuer = rcgen::Issuer::new(params, root_pair);
    let (intermediate_key, intermediate_pair) = key();
    let params = authority("Caddy Local Authority - ECC Intermediate", 0, DAY * 7);
    let intermediate = params
        .signed_by(&intermediate_pair, &root_issuer)
        .unwrap()
        .pem();
    let issuer = rcgen::Issuer::new(params, intermediate_pair);
    let (leaf_key, leaf_pair) = key();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.not_before = noon().into();
    params.not_after = (noon() + DAY / 2).into();
    let leaf = params.signed_by(&leaf_pair, &issuer).unwrap().pem();
    let metadata = format!("{{\n\t\"sans\": [\n\t\t\"{name}\"\n\t],\n\t\"issuer_data\": null\n}}");
    let folder = format!("certificates/local/{name}/{name}");
    for (path, text) in [
        (
            "pki/authorities/local/root.crt".to_owned(),
            root_certificate,
        ),
        ("pki/authorities/local/root.key".to_owned(), root_key),
        (
            "pki/authorities/local/intermediate.crt".to_owned(),
            intermediate.clone(),
        ),
        (
            "pki/authorities/local/intermediate.key".to_owned(),
            intermediate_key,
        ),
        (format!("{folder}.crt"), format!("{leaf}{intermediate}")),
        (format!("{folder}.key"), leaf_key),
        (format!("{folder}.json"), metadata),
        (
            "instance.uuid".to_owned(),
            "64df23a2-c165-4549-aec8-34c788cca789".to_owned(),
        ),
    ] {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// Every file below `folder` with its content.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let content = std::fs::read(&path).unwrap();
            found.insert(path, content);
        }
    }
    found
}

fn manager(folder: &Path, clock: &Clock) -> CertManager {
    let wall = clock.clone();
    let storage = FileStorage::new(folder, WallClock::new(move || wall.now()));
    let parts = Parts {
        storage: Storage::File(storage),
        clock: clock.clone(),
        seed: 1,
        issuers: CertManager::real_issuers(),
    };
    CertManager::new(parts).unwrap()
}

async fn install(manager: &CertManager, names: &[&str]) {
    let settings = Settings::from_plan(None, names.iter().map(|name| (*name).to_owned()));
    let loaded = manager.load(&settings.files).await.unwrap();
    let prepared = manager.prepare(loaded, &settings.subjects).await.unwrap();
    manager.install(prepared, &Handle::current());
    manager.settled().await;
}

#[tokio::test(start_paused = true)]
async fn a_caddys_certificates_are_shown_and_its_files_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    write_as_caddy(folder.path(), "localhost");
    let before = files(folder.path());
    let manager = manager(
        folder.path(),
        &Clock::fixed(noon() + Duration::from_hours(1)),
    );
    install(&manager, &["localhost"]).await;
    let shown = manager.certificates().managed("localhost").unwrap();
    assert_eq!(shown.validity().not_before, noon());
    assert_eq!(shown.certified_key().cert.len(), 2);
    tokio::time::sleep(Duration::from_hours(6)).await;
    assert_eq!(files(folder.path()), before);
}

#[tokio::test(start_paused = true)]
async fn new_names_and_renewals_are_signed_by_caddys_authority() {
    let folder = tempfile::tempdir().unwrap();
    write_as_caddy(folder.path(), "localhost");
    let before = files(folder.path());
    let manager = manager(
        folder.path(),
        &Clock::fixed(noon() + Duration::from_hours(1)),
    );
    install(&manager, &["localhost", "new.localhost"]).await;
    let intermediate = |name: &str| {
        manager
            .certificates()
            .managed(name)
            .unwrap()
            .certified_key()
            .cert[1]
            .clone()
    };
    assert_eq!(intermediate("localhost"), intermediate("new.localhost"));
    let first = manager.certificates().managed("localhost").unwrap();
    tokio::time::sleep(Duration::from_hours(8)).await;
    let renewed = manager.certificates().managed("localhost").unwrap();
    assert!(renewed.validity().not_before > first.validity().not_before);
    assert_eq!(intermediate("localhost"), intermediate("new.localhost"));
    let after = files(folder.path());
    let authority = |files: &BTreeMap<PathBuf, Vec<u8>>| -> Vec<Vec<u8>> {
        let is_authority = |path: &PathBuf| path.starts_with(folder.path().join("pki"));
        files
            .iter()
            .filter(|(path, _)| is_authority(path))
            .map(|(_, text)| text.clone())
            .collect()
    };
    assert_eq!(authority(&after), authority(&before));
}
