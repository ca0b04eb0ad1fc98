//! Every word that is read has a fixture that uses it rightly, and one that uses it wrongly.

use std::fs;

use evenkeel_planner::{Known, Support, vocabularies};

use crate::root;

/// A fixture is named after the directive it is about, `options` or `matchers`; what the name of a
/// wrong one begins with, and what follows in that of one the real Caddy cannot read.
const WRONG: &str = "bad_";
const OURS: &str = "own_";

struct Fixture {
    name: String,
    caddyfile: String,
    /// Caddy's JSON, or the findings.
    expected: String,
}

#[test]
fn every_word_that_is_read_has_a_right_and_a_wrong_fixture() {
    let fixtures = fixtures();
    let mut missing = Vec::new();
    for place in vocabularies() {
        for word in place
            .words
            .iter()
            .filter(|word| word.support != Support::NotYet)
        {
            let topic = if place.topic.is_empty() {
                word.name
            } else {
                place.topic
            };
            let ours = match word.support {
                Support::Ours => OURS,
                _ => "",
            };
            let of_topic = |prefix: &str| {
                let start = format!("{prefix}{ours}{topic}");
                let is_about = move |fixture: &&Fixture| fixture.name.starts_with(&start);
                fixtures.iter().filter(is_about)
            };
            if !of_topic("").any(|fixture| uses(&fixture.caddyfile, word)) {
                missing.push(format!("{}: {ours}{topic}*: `{}`", place.title, word.name));
            }
            if !of_topic(WRONG).any(|fixture| blames(&fixture.expected, word)) {
                missing.push(format!(
                    "{}: {WRONG}{ours}{topic}*: `{}`",
                    place.title, word.name
                ));
            }
        }
    }
    assert!(missing.is_empty(), "no fixture:\n{}", missing.join("\n"));
}

/// Whether a line begins with the word, or has it behind the name of a matcher or of `lb_policy`.
fn uses(text: &str, word: &Known) -> bool {
    text.lines().any(|line| {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let is_behind = first.starts_with('@') || first == "lb_policy";
        first == word.name || (is_behind && words.next() == Some(word.name))
    })
}

/// Whether a finding shows a line that uses the word.
fn blames(findings: &str, word: &Known) -> bool {
    findings.lines().any(|line| {
        let shown = line.split_once(" | ");
        shown.is_some_and(|(number, line)| number.trim().parse::<u32>().is_ok() && uses(line, word))
    })
}

fn fixtures() -> Vec<Fixture> {
    let folder = root().join("fixtures/adapt");
    let entries = fs::read_dir(folder).expect("fixtures/adapt");
    let path = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").path();
    let read = |path: std::path::PathBuf| {
        let text = fs::read_to_string(&path).expect("a fixture");
        let (caddyfile, expected) = text.split_once("\n----------\n").expect("a line of dashes");
        Fixture {
            name: path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned(),
            caddyfile: caddyfile.to_owned(),
            expected: expected.to_owned(),
        }
    };
    // A folder holds what a fixture imports.
    let files = entries.map(path).filter(|path| path.is_file());
    files.map(read).collect()
}
