//! `storage file_system [ROOT] { root ROOT }`.

use evenkeel_diagnostics::Diagnostics;
use evenkeel_plan::Storage;

use super::Options;
use crate::args::Line;
use crate::errors::{self, Read};
use crate::subdirective::{Sub, read_block};

const SUBDIRECTIVES: &[Sub<String>] = &[
    Sub::once("root", root),
    Sub::others("unrecognized parameter '$value'"),
];

/// Reads the option.
pub(super) fn read(
    line: Line<'_>,
    options: &mut Options,
    diagnostics: &mut Diagnostics,
) -> Read<()> {
    options.storage = Some(read_storage(line, diagnostics)?);
    options.origins.insert("storage", line.span());
    Ok(())
}

/// Reads the storage behind the name of a line.
pub(crate) fn read_storage(line: Line<'_>, diagnostics: &mut Diagnostics) -> Read<Storage> {
    let module = line.first("a kind of storage")?;
    if module.text != "file_system" {
        let what = ("storage", "caddy.storage");
        return Err(errors::unknown_module(
            "unknown-storage",
            what,
            module,
            &["file_system"],
        ));
    }
    line.at_most(2)?;
    let mut root = line
        .args
        .get(1)
        .map(|word| word.text.clone())
        .unwrap_or_default();
    let found_before = diagnostics.len();
    read_block(module, line.block, SUBDIRECTIVES, &mut root, diagnostics);
    if root.is_empty() && diagnostics.len() == found_before {
        return Err(errors::storage_without_root(line));
    }
    Ok(Storage::FileSystem { root })
}

fn root(line: Line<'_>, root: &mut String, _: &mut Diagnostics) -> Read<()> {
    let word = line.one("a directory")?;
    if !root.is_empty() {
        let message = "the directory is given twice";
        return Err(errors::conflict(message, word.span, None).caddy("root already set"));
    }
    root.clone_from(&word.text);
    Ok(())
}
