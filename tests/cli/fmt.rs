//! `evenkeel fmt`, and the warning about files that are not formatted.

use std::fs;

use tempfile::TempDir;

use crate::harness::{in_folder, on_caddyfile};

const UGLY: &str = "a.test {\n    respond   x\n}\n";
const NICE: &str = "a.test {\n\trespond x\n}\n";

#[test]
fn a_file_that_is_not_formatted_is_printed_and_blamed() {
    let output = on_caddyfile(UGLY, &["fmt"]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(1), NICE));
    assert_eq!(
        output.stderr,
        "error: Caddyfile:2: the file is not formatted\n\
         help: `--overwrite` writes the result into the file\n"
    );
}

#[test]
fn a_formatted_file_is_printed_as_it_is() {
    let output = on_caddyfile(NICE, &["fmt", "Caddyfile"]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(0), NICE));
}

#[test]
fn differences_are_marked() {
    let output = on_caddyfile(UGLY, &["fmt", "--diff"]);
    let expected = "  a.test {\n-     respond   x\n+ \trespond x\n  }\n  \n";
    assert_eq!((output.code, output.stdout.as_str()), (Some(1), expected));
}

#[test]
fn overwriting_changes_the_file_and_prints_nothing() {
    let folder = TempDir::new().expect("a folder for the test");
    let path = folder.path().join("Caddyfile");
    fs::write(&path, UGLY).expect("written");
    let output = in_folder(folder.path(), &["fmt", "-w"]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(0), ""));
    assert_eq!(fs::read_to_string(&path).expect("a text"), NICE);
}

#[test]
fn standard_input_is_formatted_without_blame() {
    // It is empty here.
    let output = on_caddyfile("", &["fmt", "-"]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(0), "\n"));
}

#[test]
fn a_file_that_is_not_utf_8_is_left_alone() {
    let output = on_caddyfile(b"a\xff", &["fmt", "--overwrite"]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""));
    assert!(output.stderr.contains("cannot format `Caddyfile`"));
}

#[test]
fn adapting_a_file_that_is_not_formatted_warns() {
    let output = on_caddyfile(UGLY, &["adapt"]);
    assert_eq!(output.code, Some(0));
    insta::assert_snapshot!(output.stderr, @r"
    warning[not-formatted]: the file is not formatted
     --> Caddyfile:2:1
      |
    2 |     respond   x
      | ^^^^^^^^^^^^^^^ the first line that differs
      |
    help: run `evenkeel fmt --overwrite Caddyfile`
    ");
    let output = on_caddyfile(NICE, &["adapt"]);
    assert_eq!(output.stderr, "");
}

#[test]
fn imported_files_are_found_beside_the_file() {
    let folder = TempDir::new().expect("a folder for the test");
    let sites = folder.path().join("conf/sites");
    fs::create_dir_all(&sites).expect("a folder");
    fs::write(sites.join("a"), "a.test {\n\timport ../reply\n}\n").expect("written");
    fs::write(folder.path().join("conf/reply"), "respnd x\n").expect("written");
    fs::write(folder.path().join("conf/Caddyfile"), "import sites/*\n").expect("written");
    let output = in_folder(folder.path(), &["check", "-c", "conf/Caddyfile"]);
    assert_eq!(output.code, Some(1));
    insta::assert_snapshot!(output.stderr, @r"
    error[unknown-directive]: there is no directive `respnd`
     --> conf/reply:1:1
      |
    1 | respnd x
      | ^^^^^^ not known
      |
     ::: conf/sites/a:2:2
      |
    2 |     import ../reply
      |     --------------- imported here
      |
     ::: conf/Caddyfile:1:1
      |
    1 | import sites/*
      | -------------- imported here
      |
    help: did you mean `respond`?
    note: Caddy says: conf/reply:1: unrecognized directive: respnd

    error: 1 error in `conf/Caddyfile`
    ");
}
