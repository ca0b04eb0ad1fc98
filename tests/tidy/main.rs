//! The layout's rules, as tests: who may depend on whom, and what every file has.

mod compatibility;
mod diagnostics;
mod directives;
mod fixtures;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The table of docs/architecture.md: crate, what of ours it may name, what it must not name.
const EDGES: &[(&str, &[&str], &[&str])] = &[
    ("diagnostics", &[], &["tokio", "nom"]),
    (
        "caddyfile",
        &["diagnostics"],
        &["tokio", "serde", "serde_json"],
    ),
    ("plan", &[], &["tokio", "hyper"]),
    (
        "planner",
        &["diagnostics", "caddyfile", "plan"],
        &["tokio", "hyper", "nom"],
    ),
    ("balance", &[], &["tokio", "hyper", "serde", "tracing"]),
    ("forecast", &["plan", "balance"], &["tokio", "hyper"]),
    (
        "lint",
        &["diagnostics", "caddyfile", "plan"],
        &["tokio", "hyper", "nom"],
    ),
    ("net", &[], &["hyper", "serde"]),
    (
        "proxy",
        &["plan", "net", "balance"],
        &["serde", "serde_json", "nom"],
    ),
    ("storage", &[], &["hyper", "rustls"]),
    ("tls", &["plan", "net", "storage"], &["hyper", "nom"]),
    ("admin", &["plan"], &["rustls", "nom"]),
    (
        "server",
        &[
            "admin",
            "balance",
            "caddyfile",
            "diagnostics",
            "forecast",
            "net",
            "plan",
            "planner",
            "proxy",
            "storage",
            "tls",
        ],
        &["nom", "clap"],
    ),
    (
        "testkit",
        &[
            "caddyfile",
            "diagnostics",
            "net",
            "plan",
            "planner",
            "proxy",
            "server",
            "tls",
        ],
        &[],
    ),
];

/// Names that say nothing about what is inside.
const BANNED_NAMES: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "types", "globals",
];

/// The longest a production part of a file may get.
const MOST_LINES: usize = 400;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names under `[dependencies]`, without features and versions.
fn dependencies(manifest: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(manifest).expect("a manifest");
    let section = text.split("[dependencies]").nth(1).unwrap_or_default();
    section
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.ends_with("target") {
            // What a build of the fuzz targets left.
            continue;
        }
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn is_test(file: &Path) -> bool {
    let stem = file.file_stem().expect("a name").to_string_lossy();
    stem.ends_with("tests") || file.components().any(|part| part.as_os_str() == "tests")
}

fn all_rust_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    rust_files(&root().join("crates"), &mut found);
    rust_files(&root().join("tests"), &mut found);
    assert!(found.len() > 100, "the whole tree is read");
    found
}

#[test]
fn every_crate_depends_only_on_what_it_may_see() {
    let mut folders: Vec<String> = fs::read_dir(root().join("crates"))
        .expect("crates")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name != "cli")
        .collect();
    folders.sort();
    let mut named: Vec<&str> = EDGES.iter().map(|(name, ..)| *name).collect();
    named.sort_unstable();
    assert_eq!(folders, named, "every crate has its row");
    for (name, ours, banned) in EDGES {
        let dependencies = dependencies(&root().join("crates").join(name).join("Cargo.toml"));
        for dependency in &dependencies {
            if let Some(other) = dependency.strip_prefix("evenkeel-") {
                assert!(ours.contains(&other), "{name} must not depend on {other}");
            }
            assert!(
                !banned.contains(&dependency.as_str()),
                "{name} must not see {dependency}"
            );
        }
    }
}

#[test]
fn the_binary_sees_neither_the_proxy_nor_certificates() {
    let dependencies = dependencies(&root().join("Cargo.toml"));
    assert!(
        dependencies.contains("evenkeel-server"),
        "the manifest is read"
    );
    for banned in ["proxy", "tls", "net", "balance", "storage", "admin"] {
        assert!(
            !dependencies.contains(&format!("evenkeel-{banned}")),
            "{banned}"
        );
    }
}

#[test]
fn every_file_says_what_it_is() {
    for file in all_rust_files() {
        let text = fs::read_to_string(&file).expect("a file");
        assert!(text.starts_with("//!"), "{} has no `//!`", file.display());
    }
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    for file in all_rust_files() {
        let stem = file.file_stem().expect("a name").to_string_lossy();
        assert!(!BANNED_NAMES.contains(&&*stem), "{}", file.display());
    }
}

#[test]
fn no_file_is_too_long_to_be_one_thing() {
    for file in all_rust_files() {
        let text = fs::read_to_string(&file).expect("a file");
        let production = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default();
        let lines = production.lines().count();
        assert!(
            is_test(&file) || lines <= MOST_LINES,
            "{}: {lines} lines",
            file.display()
        );
    }
}

#[test]
fn the_data_plane_reads_the_plan_only_while_building() {
    // Types of the configuration stay off the path of a request: a file that serves requests
    // names the plan only beside a `build` function.
    let mut files = Vec::new();
    rust_files(&root().join("crates/proxy/src"), &mut files);
    for file in files {
        if is_test(&file) {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a file");
        let production = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or_default();
        if production.contains("evenkeel_plan") {
            assert!(
                ["fn build", "fn parse", "fn from_plan"]
                    .iter()
                    .any(|door| production.contains(door)),
                "{}",
                file.display()
            );
        }
    }
}
