//! Plans beside files in memory.

use std::collections::BTreeMap;
use std::time::Duration;

use evenkeel_plan::{from_document, parse_document};
use serde_json::json;

use super::*;

#[derive(Default)]
struct Memory(BTreeMap<&'static str, String>);

impl Files for Memory {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let found = self.0.get(path).map(|text| text.clone().into_bytes());
        found.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn is_folder(&self, path: &str) -> bool {
        path == "/srv"
    }
}

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(498_756)
}

/// Chain and key as PEM, valid for ten days from `start`.
fn pair(names: &[&str], start: SystemTime) -> (String, String) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = rcgen::CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.not_before = start.into();
    params.not_after = (start + Duration::from_hours(240)).into();
    let key = rcgen::KeyPair::generate().unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn found(document: &serde_json::Value, files: &Memory) -> Vec<(&'static str, bool, String)> {
    let plan = from_document(parse_document(document.to_string().as_bytes()).unwrap()).unwrap();
    let all = surroundings(&plan, files, now()).into_iter();
    let all: Vec<_> = all.map(|one| (one.id, one.is_error, one.path)).collect();
    assert!(all.iter().all(|(id, ..)| TROUBLES.contains(id)));
    all
}

fn with_certificate(served: &str) -> serde_json::Value {
    json!({"apps": {
        "http": {"servers": {"srv0": {"listen": [":443"], "tls_connection_policies": [
            {"match": {"sni": [served]}, "certificate_selection": {"any_tag": ["cert0"]}}
        ]}}},
        "tls": {"certificates": {"load_files": [
            {"certificate": "c.pem", "key": "k.pem", "tags": ["cert0"]}
        ]}}
    }})
}

#[test]
fn a_certificate_is_looked_at_from_all_sides() {
    let day = Duration::from_hours(24);
    let good = pair(&["a.test", "*.b.test"], now() - day);
    let files = |chain: &str, key: &str| {
        Memory(BTreeMap::from([
            ("c.pem", chain.to_owned()),
            ("k.pem", key.to_owned()),
        ]))
    };
    let ids = |served: &str, files: &Memory| -> Vec<_> {
        found(&with_certificate(served), files)
            .into_iter()
            .map(|(id, error, _)| (id, error))
            .collect()
    };
    assert_eq!(ids("a.test", &files(&good.0, &good.1)), []);
    assert_eq!(ids("x.b.test", &files(&good.0, &good.1)), []);
    let elsewhere = [("certificate-not-for-site", false)];
    assert_eq!(ids("x.y.b.test", &files(&good.0, &good.1)), elsewhere);
    let other = pair(&["a.test"], now());
    assert_eq!(
        ids("a.test", &files(&good.0, &other.1)),
        [("certificate-unusable", true)]
    );
    assert_eq!(
        ids("a.test", &files("x", &other.1)),
        [("certificate-unusable", true)]
    );
    let old = pair(&["a.test"], now() - day * 20);
    assert_eq!(
        ids("a.test", &files(&old.0, &old.1)),
        [("certificate-expired", false)]
    );
    let young = pair(&["a.test"], now() + day);
    assert_eq!(
        ids("a.test", &files(&young.0, &young.1)),
        [("certificate-not-yet-valid", false)]
    );
    let missing = ("file-unreadable", true);
    assert_eq!(ids("a.test", &Memory::default()), [missing, missing]);
}

#[test]
fn files_and_folders_are_looked_for_where_their_names_are_known() {
    let server = json!({"listen": [":80"], "routes": [{"handle": [
        {"handler": "vars", "root": "/srv"},
        {"handler": "vars", "root": "/gone"},
        {"handler": "file_server", "root": "{http.vars.root}"},
        {"handler": "reverse_proxy", "upstreams": [{"dial": "app:443"}], "transport":
            {"protocol": "http", "tls": {"ca": {"provider": "file", "pem_files": ["ca.pem"]}}}}
    ]}]});
    let document = json!({"apps": {"http": {"servers": {"srv0": server}}}});
    let path = |handler: &str| format!("apps.http.servers.srv0.routes[0].handle{handler}");
    assert_eq!(
        found(&document, &Memory::default()),
        [
            ("root-not-found", false, path("[1].root")),
            (
                "file-unreadable",
                true,
                path("[3].transport.tls.ca.pem_files[0]")
            ),
        ]
    );
}

#[test]
fn an_address_that_two_want_is_told() {
    let listen = |admin: &str, one: &str, other: &str| {
        let servers = json!({"a": {"listen": [one]}, "b": {"listen": [other]}});
        let document = json!({"admin": {"listen": admin}, "apps": {"http": {"servers": servers}}});
        found(&document, &Memory::default())
            .into_iter()
            .map(|(.., path)| path)
            .collect::<Vec<_>>()
    };
    assert!(listen("localhost:2019", ":80", ":443").is_empty());
    assert_eq!(
        listen("localhost:2019", ":80", "0.0.0.0:80"),
        ["apps.http.servers.b.listen[0]"]
    );
    assert_eq!(
        listen("localhost:80", ":8080", "127.0.0.1:80"),
        ["admin.listen"]
    );
    assert_eq!(
        listen("localhost:2019", ":8000-8010", ":8005"),
        ["apps.http.servers.b.listen[0]"]
    );
    assert!(listen("localhost:2019", "10.0.0.1:80", "10.0.0.2:80").is_empty());
    assert_eq!(listen("localhost:80", ":8080", ":80"), ["admin.listen"]);
    let same = json!({"apps": {"http": {"http_port": 80, "https_port": 80, "servers": {}}}});
    assert_eq!(
        found(&same, &Memory::default())[0].2,
        "apps.http.https_port"
    );
}

#[test]
fn an_upstream_that_leads_back_is_told_and_one_that_leads_on_is_not() {
    let proxy = |listen: &str, dial: &str| {
        json!({"listen": [listen], "routes": [{"handle": [
            {"handler": "reverse_proxy", "upstreams": [{"dial": dial}]}
        ]}]})
    };
    let count = |one, other| {
        let document = json!({"apps": {"http": {"servers": {"a": one, "b": other}}}});
        found(&document, &Memory::default()).len()
    };
    assert_eq!(
        count(proxy(":80", "localhost:80"), proxy(":81", "app:80")),
        1
    );
    assert_eq!(
        count(proxy(":80", "127.0.0.1:81"), proxy(":81", "app:80")),
        0
    );
    assert_eq!(
        count(proxy(":80", "127.0.0.1:81"), proxy(":81", "localhost:80")),
        2
    );
}
