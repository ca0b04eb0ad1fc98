//! Every mistake in `fixtures/says` is refused, and the finding says what Caddy says of it.
//!
//! A file is made of parts, with a line of `=` between them. A part is a frame (the Caddyfile around
//! the mistake, with `…` in its place), a line of dashes, and mistakes, each with Caddy's words behind
//! `> ` below it; `> (nothing)` if Caddy takes it, as we then do. `UPDATE_FIXTURES=1` asks the real
//! Caddy for these words.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use evenkeel_caddyfile::MemoryHost;
use evenkeel_diagnostics::{Severity, SourceMap};
use evenkeel_testkit::real_caddy;
use serde_json::Value;

const PART: &str = "==========\n";
const FRAME: &str = "----------\n";
const SAYS: &str = "> ";
const NOTHING: &str = "(nothing)";

struct Part {
    frame: String,
    mistakes: Vec<Mistake>,
}

struct Mistake {
    text: String,
    says: String,
}

#[test]
fn every_mistake_is_refused_with_what_caddy_says() {
    let mut failures = String::new();
    for path in files() {
        for part in read(&path) {
            for mistake in &part.mistakes {
                let found = ours(&part.caddyfile(mistake));
                let is_right = match mistake.says.as_str() {
                    NOTHING => found.is_empty(),
                    says => found.iter().any(|found| found == says),
                };
                if !is_right {
                    writeln!(
                        failures,
                        "{}: {:?}\n  Caddy: {}\n  ours:  {}",
                        path.display(),
                        mistake.text,
                        mistake.says,
                        found.join("\n         ")
                    )
                    .expect("a string takes everything");
                }
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch for people who run the test"
)]
fn what_caddy_says_in_the_fixtures_is_what_the_real_caddy_says() {
    let caddy = real_caddy();
    let is_update = std::env::var_os(super::REWRITE).is_some();
    let check = |path: PathBuf| {
        let mut parts = read(&path);
        for part in &mut parts {
            let frame = part.frame.clone();
            for mistake in &mut part.mistakes {
                let says = theirs(&caddy, &frame.replace('…', &mistake.text));
                if is_update {
                    mistake.says = says;
                } else {
                    let text = &mistake.text;
                    assert_eq!(mistake.says, says, "{}: {text}", path.display());
                }
            }
        }
        if is_update {
            fs::write(&path, written(&parts)).expect("written");
        }
    };
    thread::scope(|scope| {
        for path in files() {
            scope.spawn(move || check(path));
        }
    });
}

impl Part {
    fn caddyfile(&self, mistake: &Mistake) -> String {
        self.frame.replace('…', &mistake.text)
    }
}

/// What our errors say that Caddy says.
fn ours(caddyfile: &str) -> Vec<String> {
    let mut sources = SourceMap::new();
    let host = MemoryHost::new();
    let parsed = evenkeel_caddyfile::parse(&mut sources, "Caddyfile", caddyfile.as_bytes(), &host);
    let planned = evenkeel_planner::plan(&parsed.file, &host);
    let mut diagnostics = parsed.diagnostics;
    diagnostics.append(planned.diagnostics);
    let errors = diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error);
    let says = errors.map(|found| match &found.caddy {
        Some(caddy) => caddy.resolve(&sources),
        None => format!("nothing ({})", found.id),
    });
    says.collect()
}

/// What the real Caddy says.
fn theirs(caddy: &Path, caddyfile: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("Caddyfile"), caddyfile).expect("written");
    let output = Command::new(caddy)
        .args(["adapt", "--adapter", "caddyfile", "--config", "Caddyfile"])
        .current_dir(folder.path())
        .output()
        .expect("Caddy runs");
    if output.status.success() {
        return NOTHING.to_owned();
    }
    let log = String::from_utf8(output.stderr).expect("UTF-8");
    let entries = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let error = entries
        .filter(|entry: &Value| entry["level"] == "error")
        .find_map(|entry| Some(entry["msg"].as_str()?.to_owned()));
    error.expect("an error in the log")
}

fn read(path: &Path) -> Vec<Part> {
    let text = fs::read_to_string(path).expect("a fixture");
    let part = |text: &str| {
        let (frame, mistakes) = text.split_once(FRAME).expect("a line of dashes");
        Part {
            frame: frame.to_owned(),
            mistakes: read_mistakes(mistakes),
        }
    };
    text.split(PART).map(part).collect()
}

fn read_mistakes(text: &str) -> Vec<Mistake> {
    let mut mistakes: Vec<Mistake> = Vec::new();
    let (mut lines, mut says) = (Vec::new(), Vec::new());
    for line in text.lines().chain([""]) {
        match line.strip_prefix(SAYS) {
            Some(line) => says.push(line),
            None if says.is_empty() => lines.push(line),
            None => {
                mistakes.push(Mistake {
                    text: lines.join("\n"),
                    says: says.join("\n"),
                });
                (lines, says) = (vec![line], Vec::new());
            }
        }
    }
    mistakes
}

fn written(parts: &[Part]) -> String {
    let part = |part: &Part| {
        let mistakes = part.mistakes.iter().map(|mistake| {
            let says = mistake.says.replace('\n', &format!("\n{SAYS}"));
            format!("{}\n{SAYS}{says}\n", mistake.text)
        });
        let mistakes: String = mistakes.collect();
        format!("{}{FRAME}{mistakes}", part.frame)
    };
    let parts: Vec<String> = parts.iter().map(part).collect();
    parts.join(PART)
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/says");
    let entries = fs::read_dir(folder).expect("fixtures/says is part of the repository");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}
