//! Every file in `fixtures/format` is formatted as it says: a text, a line of dashes, and the text
//! as the real Caddy formats it.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use evenkeel_caddyfile::format;
use evenkeel_testkit::real_caddy;

/// The newline in front of the dashes belongs to the text.
const SEPARATOR: &str = "----------\n";

#[test]
fn every_fixture_is_formatted_as_it_says() {
    for (name, before, after) in fixtures() {
        assert_eq!(format(&before), after, "{name}");
    }
}

#[test]
fn what_is_formatted_stays_as_it_is() {
    for (name, _, after) in fixtures() {
        // Caddy's formatter is no fixed point for what is no Caddyfile.
        if name != "not_a_caddyfile" {
            assert_eq!(format(&after), after, "{name}");
        }
    }
}

#[test]
fn the_texts_in_the_fixtures_are_those_of_the_real_caddy() {
    let caddy = real_caddy();
    let adapted = super::fixtures().into_iter().map(|path| {
        let (caddyfile, _) = super::read(&path).expect("a fixture");
        (path.display().to_string(), caddyfile)
    });
    let formatted = fixtures()
        .into_iter()
        .map(|(name, before, _)| (name, before));
    for (name, text) in adapted.chain(formatted) {
        let mut child = Command::new(&caddy)
            .args(["fmt", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Caddy runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(text.as_bytes()).expect("Caddy reads");
        drop(stdin);
        let output = child.wait_with_output().expect("Caddy ends");
        let theirs = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(format(&text), theirs, "{name}");
    }
}

/// Name, text before and after.
fn fixtures() -> Vec<(String, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/format");
    let entries = fs::read_dir(folder).expect("fixtures/format is part of the repository");
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a fixture");
        let (before, after) = text.split_once(SEPARATOR).expect("a line of dashes");
        let name = path.file_stem().expect("a name").to_string_lossy();
        (name.into_owned(), before.to_owned(), after.to_owned())
    };
    entries.map(read).collect()
}
