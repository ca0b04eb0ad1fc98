//! Every file in `fixtures/adapt` adapts as it says: a Caddyfile, a line of dashes, and Caddy's
//! JSON (written by the real Caddy, but for `own_…`, which only we know) or the findings as a user sees them. What a fixture imports
//! lies in the folder of its name. Every file in `fixtures/format` is formatted as it says, and every
//! mistake in `fixtures/says` is refused in Caddy's words.

mod compare;
mod format;
mod says;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use evenkeel_caddyfile::MemoryHost;
use evenkeel_diagnostics::{SourceMap, render, unique};
use evenkeel_testkit::real_caddy;
use serde_json::Value;

/// Set to write what is found into the fixtures that expect findings; plans stay the real Caddy's.
const REWRITE: &str = "UPDATE_FIXTURES";

const SEPARATOR: &str = "\n----------\n";

#[test]
fn every_fixture_adapts_as_it_says() {
    let failures: Vec<String> = fixtures()
        .iter()
        .filter_map(|path| {
            let failure = check(path).err()?;
            Some(format!("=== {}\n{failure}", path.display()))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_plans_in_the_fixtures_are_those_of_the_real_caddy() {
    let caddy = real_caddy();
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().expect("a file has a name");
        name.to_string_lossy().starts_with("own_")
    };
    for path in fixtures().into_iter().filter(|path| !is_ours(path)) {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("Caddyfile");
        let (caddyfile, expected) = read(&path).expect("a fixture");
        let Ok(expected) = serde_json::from_str::<Value>(&expected) else {
            continue;
        };
        fs::write(&file, caddyfile).expect("written");
        for (name, text) in imported(&path) {
            let path = folder.path().join(name);
            let parent = path.parent().expect("a folder around the file");
            fs::create_dir_all(parent).expect("a folder for the file");
            fs::write(&path, text).expect("written");
        }
        let mut command = Command::new(&caddy);
        // Relative, because `file_server` hides the file by the name it was given.
        command
            .args(["adapt", "--adapter", "caddyfile", "--config", "Caddyfile"])
            .current_dir(folder.path());
        let output = command.output().expect("Caddy runs");
        let plan: Value = serde_json::from_slice(&output.stdout).expect("Caddy writes JSON");
        assert_eq!(plan, expected, "{}", path.display());
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a switch for people who run the test"
)]
fn check(path: &Path) -> Result<(), String> {
    let (caddyfile, expected) = read(path)?;
    match (
        adapt(&caddyfile, path),
        serde_json::from_str::<Value>(&expected),
    ) {
        (Ok(plan), Ok(expected)) if plan == expected => Ok(()),
        (Ok(plan), _) => Err(format!("the plan is:\n{plan:#}")),
        (Err(findings), Err(_)) if findings.trim_end() == expected.trim_end() => Ok(()),
        (Err(findings), Err(_)) if std::env::var_os(REWRITE).is_some() => {
            let text = format!("{caddyfile}{}{}\n", &SEPARATOR[1..], findings.trim_end());
            fs::write(path, text).map_err(|error| error.to_string())
        }
        (Err(findings), _) => Err(format!("the findings are:\n{findings}")),
    }
}

/// A fixture's Caddyfile, and what it says.
fn read(path: &Path) -> Result<(String, String), String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let (caddyfile, expected) = text.split_once(SEPARATOR).ok_or("no line of dashes")?;
    // The newline in front of the dashes belongs to the Caddyfile.
    Ok((format!("{caddyfile}\n"), expected.to_owned()))
}

/// The plan, or the findings as a user sees them.
fn adapt(caddyfile: &str, path: &Path) -> Result<Value, String> {
    let mut sources = SourceMap::new();
    let files = imported(path).into_iter();
    let host = files.fold(MemoryHost::new(), |host, (name, text)| {
        host.file(name, text)
    });
    let parsed = evenkeel_caddyfile::parse(&mut sources, "Caddyfile", caddyfile.as_bytes(), &host);
    let planned = evenkeel_planner::plan(&parsed.file, &host);
    let mut diagnostics = parsed.diagnostics;
    diagnostics.append(planned.diagnostics);
    if diagnostics.has_errors() {
        let findings = unique(diagnostics.into_sorted(), &sources);
        let findings: Vec<_> = findings
            .iter()
            .map(|one| render(one, &sources, false))
            .collect();
        return Err(findings.join("\n\n"));
    }
    serde_json::to_value(&planned.plan).map_err(|error| error.to_string())
}

/// The files that a fixture imports, by their paths.
fn imported(fixture: &Path) -> Vec<(String, String)> {
    let root = fixture.with_extension("");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).expect("inside the folder");
            let text = fs::read_to_string(&path).expect("a text");
            files.push((name.to_str().expect("a readable name").to_owned(), text));
        }
    }
    files
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/adapt");
    let entries = fs::read_dir(folder).expect("fixtures/adapt is part of the repository");
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "caddyfiletest")
    });
    paths.sort();
    paths
}
