//! `tests/compare-adapt`, which compares any folder of Caddyfiles with the real Caddy, works and
//! counts what differs.

use std::fs;
use std::path::Path;
use std::process::Command;

use evenkeel_testkit::real_caddy;

/// Of the fixtures in `fixtures/adapt`, which other tests compare one and all, only some.
const EVERY: usize = 12;

/// Whether it succeeds, and what it prints.
fn compare(folder: &Path) -> (bool, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new("python3");
    command
        .arg(root.join("tests/compare-adapt"))
        .arg(real_caddy())
        .arg(env!("CARGO_BIN_EXE_evenkeel"))
        .arg(folder);
    let output = command.output().expect("python3 is there");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}");
    (output.status.success(), said)
}

#[test]
fn the_comparison_with_caddy_passes_over_our_own_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let sites = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sites");
    let sites = fs::read_dir(sites).expect("fixtures/sites is there");
    let sites = sites.map(|entry| entry.expect("an entry").path());
    let fixtures = crate::fixtures().into_iter().filter(|path| {
        let name = path.file_name().expect("a name").to_string_lossy();
        !name.starts_with("own_") && !path.with_extension("").is_dir()
    });
    let mut count = 0;
    for path in sites.chain(fixtures.step_by(EVERY)) {
        let name = path.file_name().expect("a name");
        fs::copy(&path, folder.path().join(name)).expect("copied");
        count += 1;
    }
    assert!(count > 10);
    let (passes, said) = compare(folder.path());
    assert_eq!(said, format!("{count} passed, 0 failed\n"));
    assert!(passes);
}

#[test]
fn the_comparison_with_caddy_fails_for_a_file_that_differs() {
    let folder = tempfile::tempdir().expect("a folder");
    let site = |policy: &str| {
        format!("a.test {{\n\treverse_proxy a:1 b:1 {{\n\t\tlb_policy {policy}\n\t}}\n}}\n")
    };
    for (name, policy) in [("same", "least_conn"), ("other", "least_latency")] {
        fs::write(folder.path().join(name), site(policy)).expect("written");
    }
    let (passes, said) = compare(folder.path());
    assert!(
        said.starts_with("other: taken, but Caddy refuses it: "),
        "{said}"
    );
    assert!(said.ends_with("\n1 passed, 1 failed\n"), "{said}");
    assert!(!passes);
}
