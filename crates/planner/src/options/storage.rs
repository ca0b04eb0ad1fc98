//! `storage file_system [ROOT] { root ROOT }`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::Storage;

use super::Options;
use crate::args::Line;
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};

const SUBDIRECTIVES: &[Sub<String>] = &[Sub::once("root", root)];

/// Reads the line.
pub(super) fn read(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    let module = line.first("a kind of storage")?;
    if module.text != "file_system" {
        let names = ["file_system"].into_iter();
        return Err(errors::unknown_value(
            "unknown-storage",
            "storage",
            module,
            names,
        ));
    }
    line.at_most(2)?;
    let mut root = line
        .args
        .get(1)
        .map(|word| word.text.clone())
        .unwrap_or_default();
    read_block(module, line.block, SUBDIRECTIVES, &mut root, diagnostics);
    options.storage = Some(Storage::FileSystem { root });
    options.origins.insert("storage", line.span());
    Ok(())
}

fn root(line: Line<'_>, root: &mut String, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("a directory")?;
    if !root.is_empty() {
        let message = "the directory is given twice";
        return Err(errors::conflict(message, word.span, None));
    }
    root.clone_from(&word.text);
    Ok(())
}
