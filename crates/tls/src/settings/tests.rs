//! Tests of the reading of plans.

use super::*;

fn app(json: &str) -> plan::App {
    serde_json::from_str(json).unwrap()
}

fn is_acme(issuers: &[IssuerSettings]) -> bool {
    matches!(issuers, [IssuerSettings::Acme(acme)] if acme.directory == LETS_ENCRYPT)
}

fn is_local(issuers: &[IssuerSettings]) -> bool {
    matches!(issuers, [IssuerSettings::Internal(internal)] if internal.id == "local")
}

fn issuers(json: &str, name: &str) -> Vec<IssuerSettings> {
    let settings = Settings::from_plan(Some(&app(json)), [name.to_owned()]);
    settings.subjects.into_iter().next().unwrap().issuers
}

#[test]
fn without_policies_public_names_go_to_lets_encrypt_and_the_rest_stays_local() {
    for name in ["example.com", "*.example.com"] {
        assert!(is_acme(&issuers("{}", name)), "{name}");
    }
    for name in [
        "localhost",
        "a.localhost",
        "x.internal",
        "10.0.0.1",
        "8.8.8.8",
        "*.com",
    ] {
        assert!(is_local(&issuers("{}", name)), "{name}");
    }
}

#[test]
fn a_policy_that_lists_the_name_counts_first() {
    let json = r#"{"automation":{"policies":[
        {"issuers":[{"module":"acme","ca":"https://ca.test/dir"}]},
        {"subjects":["a.example.com"],"issuers":[{"module":"internal"}]},
        {"subjects":["localhost"],"issuers":[{"module":"acme"}]}]}}"#;
    assert!(is_local(&issuers(json, "A.example.com")));
    assert!(is_acme(&issuers(json, "localhost")));
    assert!(is_local(&issuers(json, "other.localhost")));
    let [IssuerSettings::Acme(acme)] = &issuers(json, "b.example.com")[..] else {
        panic!()
    };
    assert_eq!(acme.directory, "https://ca.test/dir");
    assert_eq!(acme.test_directory, None);
}

#[test]
fn a_policy_of_internal_names_without_issuers_is_local() {
    let json = r#"{"automation":{"policies":[
        {"subjects":["a.localhost","b.local"]},{"subjects":["c.localhost","d.example.com"]}]}}"#;
    assert!(is_local(&issuers(json, "a.localhost")));
    assert!(is_acme(&issuers(json, "c.localhost")));
}

#[test]
fn an_acme_issuer_is_read_whole() {
    let json = r#"{"automation":{"policies":[{"issuers":[{"module":"acme",
        "email":" Me@Example.com ","trusted_roots_pem_files":["/r.pem"],
        "challenges":{"http":{"disabled":true}}}]}]}}"#;
    let [IssuerSettings::Acme(acme)] = &issuers(json, "a.example.com")[..] else {
        panic!()
    };
    assert_eq!(acme.email, "me@example.com");
    assert_eq!(acme.roots, Roots::Files(vec!["/r.pem".into()]));
    assert_eq!((acme.http_01, acme.tls_alpn_01), (false, true));
    assert_eq!(acme.test_directory.as_deref(), Some(LETS_ENCRYPT_STAGING));
}

#[test]
fn names_are_managed_once_and_not_below_a_managed_wildcard() {
    let json = r#"{"certificates":{"automate":["x.lab.internal","A.test"]}}"#;
    let hosts = [
        "a.test",
        "*.lab.internal",
        "y.lab.internal",
        "x.lab.internal",
        "",
        "b.*.test",
    ];
    let settings = Settings::from_plan(Some(&app(json)), hosts.map(str::to_owned));
    let names: Vec<_> = settings
        .subjects
        .iter()
        .map(|subject| subject.name.as_str())
        .collect();
    assert_eq!(names, ["x.lab.internal", "a.test", "*.lab.internal"]);
}

#[test]
fn certificate_files_keep_their_marks() {
    let json = r#"{"certificates":{"load_files":[
        {"certificate":"c.pem","key":"k.pem","tags":["cert0"]}]}}"#;
    let settings = Settings::from_plan(Some(&app(json)), []);
    assert_eq!(settings.files[0].certificate, PathBuf::from("c.pem"));
    assert_eq!(settings.files[0].tags, ["cert0"]);
}

#[test]
fn alpn_follows_the_protocols_of_the_server() {
    let policy = plan::ConnectionPolicy::default();
    let alpn = |protocols: &[&str]| {
        let protocols: Vec<_> = protocols.iter().map(|name| (*name).to_owned()).collect();
        PolicySettings::from_plan(&policy, &protocols).unwrap().alpn
    };
    assert_eq!(alpn(&[]), ["h2", "http/1.1"]);
    assert_eq!(alpn(&["h1"]), ["http/1.1"]);
    assert_eq!(alpn(&["h2", "h3"]), ["h2"]);
}

#[test]
fn versions_that_cannot_be_are_refused() {
    let read = |min: &str, max: &str| versions(min, max);
    assert_eq!(read("", ""), Ok(Versions::Both));
    assert_eq!(read("tls1.3", ""), Ok(Versions::Tls13));
    assert_eq!(read("", "tls1.2"), Ok(Versions::Tls12));
    assert_eq!(
        read("tls1.1", ""),
        Err(PolicySettingsError::Version("tls1.1".into()))
    );
    assert!(matches!(
        read("tls1.3", "tls1.2"),
        Err(PolicySettingsError::NoVersion { .. })
    ));
}
