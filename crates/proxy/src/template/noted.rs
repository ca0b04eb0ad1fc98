//! Values that matchers and handlers have noted: captures, variables, files, maps, failures.

use std::os::unix::ffi::OsStrExt as _;

use super::Scope;
use super::paths;
use super::placeholder::Placeholder;
use super::value::{bytes, print, text};

/// Facts about a file that a matcher found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileFact {
    Relative,
    /// For use in a path.
    EscapedRelative,
    Absolute,
    Type,
    Remainder,
}

/// Facts about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Whole,
    StatusCode,
    StatusText,
    Message,
    Id,
    /// Where in Caddy's source it happened; here nowhere.
    Trace,
}

/// Appends a value; false if there is none at this time.
pub(super) fn write(out: &mut Vec<u8>, scope: &Scope<'_>, placeholder: &Placeholder) -> bool {
    let notes = scope.exchange.notes.as_deref();
    match placeholder {
        Placeholder::Capture(capture) => notes
            .and_then(|notes| notes.captures.text(capture))
            .is_some_and(|captured| bytes(out, captured)),
        Placeholder::Variable(name) => {
            let value = notes.and_then(|notes| notes.variables.value(name.as_bytes()));
            bytes(out, value.unwrap_or_default())
        }
        Placeholder::Failure(fact) => failure(out, scope, *fact),
        Placeholder::MatchedFile(fact) => file(out, scope, *fact),
        Placeholder::Mapped(name) => mapped(out, scope, name),
        _ => false,
    }
}

fn file(out: &mut Vec<u8>, scope: &Scope<'_>, fact: FileFact) -> bool {
    let notes = scope.exchange.notes.as_deref();
    let Some(file) = notes.and_then(|notes| notes.file.as_deref()) else {
        return false;
    };
    match fact {
        FileFact::Relative => bytes(out, &file.relative),
        FileFact::EscapedRelative => {
            paths::escape_path(&file.relative, out);
            true
        }
        FileFact::Absolute => bytes(out, file.absolute.as_os_str().as_bytes()),
        FileFact::Type => text(out, if file.is_folder { "directory" } else { "file" }),
        FileFact::Remainder => bytes(out, &file.remainder),
    }
}

fn mapped(out: &mut Vec<u8>, scope: &Scope<'_>, name: &str) -> bool {
    let value = scope.exchange.mapped(name, scope);
    value.is_some_and(|(value, _)| bytes(out, &value))
}

fn failure(out: &mut Vec<u8>, scope: &Scope<'_>, fact: Failure) -> bool {
    let Some(failure) = scope.exchange.failure() else {
        return false;
    };
    match fact {
        Failure::Whole => print(out, format_args!("{failure}")),
        Failure::StatusCode => print(out, format_args!("{}", failure.status.as_u16())),
        Failure::StatusText => text(out, failure.status.canonical_reason().unwrap_or_default()),
        Failure::Message => text(out, &failure.message),
        Failure::Id => text(out, failure.id()),
        Failure::Trace => true,
    }
}
