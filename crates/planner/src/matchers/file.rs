//! `file [FILE…] { root, try_files, try_policy, split_path }`: one of some files must exist.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::http::matchers::FileMatcher;

use super::conditions::Reading;
use crate::args::{Line, texts};
use crate::errors::Read;
use crate::subdirective::{Sub, read_block};

const SUBDIRECTIVES: &[Sub<FileMatcher>] = &[
    Sub::new("root", root),
    Sub::new("try_files", try_files),
    Sub::new("try_policy", try_policy),
    Sub::new("split_path", split_path),
    Sub::others("unrecognized subdirective: $value").reads_on(),
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "the type of the readers in the table"
)]
pub(super) fn file(
    line: Line<'_>,
    reading: &mut Reading<'_>,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let matcher = reading.set.file.get_or_insert_default();
    matcher.try_files.extend(texts(line.args));
    read_block(line.name, line.block, SUBDIRECTIVES, matcher, diagnostics);
    Ok(())
}

/// `root FOLDER`.
fn root(line: Line<'_>, matcher: &mut FileMatcher, _: &mut Diagnostics) -> Read<()> {
    matcher.root = line.text("a folder")?;
    Ok(())
}

/// `try_files FILE…`.
fn try_files(line: Line<'_>, matcher: &mut FileMatcher, _: &mut Diagnostics) -> Read<()> {
    matcher.try_files.extend(texts(line.some("a file")?));
    Ok(())
}

/// `try_policy POLICY`.
fn try_policy(line: Line<'_>, matcher: &mut FileMatcher, _: &mut Diagnostics) -> Read<()> {
    matcher.try_policy = line.text("a policy")?;
    Ok(())
}

/// `split_path ENDING…`.
fn split_path(line: Line<'_>, matcher: &mut FileMatcher, _: &mut Diagnostics) -> Read<()> {
    matcher.split_path = texts(line.some("an ending")?);
    Ok(())
}
