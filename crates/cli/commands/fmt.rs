//! `evenkeel fmt`: a Caddyfile in the usual form. Caddy: `cmdFmt` in `cmd/commandfuncs.go`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use evenkeel_caddyfile::{format, formatting_difference};

use crate::args::Fmt;
use crate::error::CommandError;
use crate::{input, output};

/// Cells of the table that the longest common part of two texts is found with. Larger texts are
/// shown as replaced.
const LARGEST_TABLE: usize = 1 << 24;

pub(super) fn run(arguments: &Fmt) -> Result<ExitCode, CommandError> {
    let given = arguments.file.as_ref().or(arguments.config.as_ref());
    let path = given.cloned().unwrap_or_else(|| PathBuf::from("Caddyfile"));
    let bytes = input::read_bytes(&path, given.is_some())?;
    let text = String::from_utf8(bytes)
        .with_context(|| format!("cannot format `{}`", path.display()))
        .map_err(CommandError::startup)?;
    let formatted = format(&text);
    if path == Path::new("-") {
        print(&formatted)?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.overwrite {
        overwrite(&path, &text, &formatted)?;
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.diff {
        print(&difference(&text, &formatted))?;
    } else {
        print(&formatted)?;
    }
    match formatting_difference(&text) {
        None => Ok(ExitCode::SUCCESS),
        Some(line) => Err(not_formatted(&path, line)),
    }
}

fn print(text: &str) -> Result<(), CommandError> {
    output::text(text)
        .context("cannot print the result")
        .map_err(CommandError::startup)
}

/// Writes the file only if that changes it.
fn overwrite(path: &Path, text: &str, formatted: &str) -> Result<(), CommandError> {
    if text == formatted {
        return Ok(());
    }
    fs::write(path, formatted)
        .with_context(|| format!("cannot write `{}`", path.display()))
        .map_err(CommandError::startup)
}

fn not_formatted(path: &Path, line: u32) -> CommandError {
    let path = path.display();
    CommandError::startup(anyhow!("{path}:{line}: the file is not formatted"))
        .hint("`--overwrite` writes the result into the file")
}

/// Every line of both texts: those of only the first behind `- `, of only the second behind `+ `.
fn difference(before: &str, after: &str) -> String {
    let before: Vec<&str> = before.split('\n').collect();
    let after: Vec<&str> = after.split('\n').collect();
    let shorter = before.len().min(after.len());
    let same = |at: &usize| before[*at] == after[*at];
    let head = (0..shorter).take_while(same).count();
    let from_end = |at: &usize| before[before.len() - 1 - at] == after[after.len() - 1 - at];
    let tail = (0..shorter - head).take_while(from_end).count();
    let mut out = String::new();
    let mut show = |mark: &str, lines: &[&str]| {
        for line in lines {
            writeln!(out, "{mark} {line}").expect("a string takes everything");
        }
    };
    show(" ", &before[..head]);
    let (left, right) = (
        &before[head..before.len() - tail],
        &after[head..after.len() - tail],
    );
    for (mark, line) in changes(left, right) {
        show(mark, &[line]);
    }
    show(" ", &before[before.len() - tail..]);
    out
}

/// The shortest way from one list of lines to another, removals before additions.
fn changes<'a>(left: &[&'a str], right: &[&'a str]) -> Vec<(&'static str, &'a str)> {
    let width = right.len() + 1;
    let cells = (left.len() + 1).saturating_mul(width);
    if cells > LARGEST_TABLE {
        let removed = left.iter().map(|line| ("-", *line));
        return removed
            .chain(right.iter().map(|line| ("+", *line)))
            .collect();
    }
    // How long the longest common part of what is left of both is.
    let mut table = vec![0_u32; cells];
    for (i, line) in left.iter().enumerate().rev() {
        for (j, other) in right.iter().enumerate().rev() {
            table[i * width + j] = if line == other {
                table[(i + 1) * width + j + 1] + 1
            } else {
                table[(i + 1) * width + j].max(table[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut changes = Vec::new();
    while i < left.len() || j < right.len() {
        let here = table[i * width + j];
        if i < left.len() && here == table[(i + 1) * width + j] {
            changes.push(("-", left[i]));
            i += 1;
        } else if j < right.len() && here == table[i * width + j + 1] {
            changes.push(("+", right[j]));
            j += 1;
        } else {
            changes.push((" ", left[i]));
            (i, j) = (i + 1, j + 1);
        }
    }
    changes
}
