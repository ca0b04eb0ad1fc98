//! What `check` finds in certificates that are given as files, each kind once.

use std::path::Path;

use insta::assert_snapshot;

use crate::harness::in_folder;

/// Chain and key as PEM, valid in these years, both at their start.
fn pair(name: &str, from: i32, to: i32) -> (String, String) {
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.not_before = rcgen::date_time_ymd(from, 1, 1);
    params.not_after = rcgen::date_time_ymd(to, 1, 1);
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("signed");
    (certificate.pem(), key.serialize_pem())
}

fn write(folder: &Path, name: &str, (chain, key): (&str, &str)) {
    std::fs::write(folder.join(format!("{name}.pem")), chain).expect("written");
    std::fs::write(folder.join(format!("{name}.key")), key).expect("written");
}

/// A site for each kind of trouble, and one without, with its files.
fn troubled(folder: &Path) {
    let (chain, key) = pair("good.test", 2020, 2099);
    write(folder, "good", (&chain, &key));
    let old = pair("expired.test", 2020, 2021);
    write(folder, "expired", (&old.0, &old.1));
    let young = pair("young.test", 2098, 2099);
    write(folder, "young", (&young.0, &young.1));
    let other = pair("other.test", 2020, 2099);
    write(folder, "elsewhere", (&other.0, &other.1));
    write(folder, "mismatch", (&chain, &other.1));
    write(folder, "swapped", (&other.1, &other.0));
    write(folder, "garbage", ("no PEM", "none"));
    std::fs::create_dir(folder.join("folder.pem")).expect("created");
    let names = [
        "good",
        "expired",
        "young",
        "elsewhere",
        "mismatch",
        "swapped",
        "garbage",
        "absent",
    ];
    let site =
        |name: &&str| format!("{name}.test {{\n\ttls {name}.pem {name}.key\n\trespond hi\n}}\n");
    let sites: Vec<String> = names.iter().map(site).collect();
    let unreadable = "folder.test {\n\ttls folder.pem good.key\n\trespond hi\n}\n";
    let text = sites.join("\n") + "\n" + unreadable;
    std::fs::write(folder.join("Caddyfile"), text).expect("written");
}

#[test]
fn each_trouble_of_a_certificate_is_shown_at_its_files() {
    let folder = tempfile::tempdir().expect("a folder");
    troubled(folder.path());
    let output = in_folder(folder.path(), &["check"]);
    assert_eq!(output.code, Some(1), "{output}");
    assert_snapshot!(output);
}

#[test]
fn the_troubles_come_as_json_with_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    troubled(folder.path());
    let output = in_folder(folder.path(), &["check", "--format", "json"]);
    assert_eq!(output.code, Some(1), "{output}");
    let report: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    let found: Vec<String> = report["diagnostics"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|found| {
            let text = |name: &str| found[name].to_string().replace('"', "");
            format!(
                "{}:{} {} {}",
                text("line"),
                text("column"),
                text("severity"),
                text("id")
            )
        })
        .collect();
    assert_snapshot!(found.join("\n"), @r"
    7:6 warning certificate-expired
    12:6 warning certificate-not-yet-valid
    17:6 warning certificate-not-for-site
    22:6 error certificate-unusable
    27:6 error certificate-unusable
    32:6 error certificate-unusable
    37:6 error file-unreadable
    37:17 error file-unreadable
    42:6 error file-unreadable
    ");
}

/// A warning may be silenced on its line, and an error too: what it names may come to be later.
#[test]
fn a_comment_silences_what_is_around_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let allow = "# evenkeel: allow file-unreadable -- written at start";
    let text = format!("a.test {{\n\ttls a.pem a.key {allow}\n\trespond hi\n}}\n");
    std::fs::write(folder.path().join("Caddyfile"), text).expect("written");
    let output = in_folder(folder.path(), &["check"]);
    assert_eq!(output.stderr, "", "{output}");
}
