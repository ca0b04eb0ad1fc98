//! One file, and why it cannot be used.

use super::{Files, Trouble};

/// The file's bytes, or what keeps them.
pub(super) fn read(files: &dyn Files, name: &str, path: String) -> Result<Vec<u8>, Trouble> {
    files.read(name).map_err(|error| Trouble {
        id: "file-unreadable",
        is_error: true,
        path,
        message: format!("cannot read the file `{name}`: {error}"),
        help: "a relative name counts from the folder in which the server is started",
    })
}

/// Whether a name is known before anything is served.
pub(super) fn is_literal(name: &str) -> bool {
    !name.is_empty() && !name.contains('{')
}
