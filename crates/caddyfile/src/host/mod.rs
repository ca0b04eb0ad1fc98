//! The world as a Caddyfile sees it: files and environment variables. The only way out of this
//! crate, so that tests and editors can put something else in its place.

mod pattern;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};

use crate::decode::LARGEST;

/// What reading a Caddyfile needs from outside.
pub trait Host {
    /// The bytes of a file. Of one that is too large to be a Caddyfile the first are enough.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// The files and folders whose paths fit a pattern with `*` and `?`, in lexical order. What
    /// cannot be looked into has no files.
    fn glob(&self, pattern: &str) -> io::Result<Vec<String>>;

    /// The value of an environment variable; `None` if it is not set. Set to nothing is
    /// something else: it keeps the default in `{$NAME:default}` from being used.
    fn env(&self, name: &str) -> Option<String>;
}

/// The process's own files and environment.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsHost;

impl Host for OsHost {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(LARGEST + 1).unwrap_or(u64::MAX);
        File::open(path)?.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn glob(&self, pattern: &str) -> io::Result<Vec<String>> {
        let mut found = vec![String::new()];
        for (index, part) in pattern.split('/').enumerate() {
            let slash = if index == 0 { "" } else { "/" };
            found = if pattern::is_wild(part) {
                let inside = |folder: &String| entries(folder, slash, part);
                found.iter().flat_map(inside).collect()
            } else {
                let join = |folder: &String| format!("{folder}{slash}{part}");
                found.iter().map(join).collect()
            };
        }
        found.retain(|path| fs::symlink_metadata(path).is_ok());
        Ok(found)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the host that others are told to use"
    )]
    fn env(&self, name: &str) -> Option<String> {
        std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
    }
}

/// What in a folder fits one part of a pattern, sorted. `folder` is empty for the current one,
/// and for `/` if a slash follows.
fn entries(folder: &str, slash: &str, part: &str) -> Vec<String> {
    let path = match (folder, slash) {
        ("", "") => ".",
        ("", _) => "/",
        (folder, _) => folder,
    };
    let names = fs::read_dir(path).into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let mut fitting: Vec<String> = names
        .filter(|name| pattern::matches(part, name))
        .map(|name| format!("{folder}{slash}{name}"))
        .collect();
    fitting.sort();
    fitting
}

/// Files and variables from memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryHost {
    files: BTreeMap<String, Vec<u8>>,
    variables: BTreeMap<String, String>,
}

impl MemoryHost {
    /// A host without files and variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), bytes.into());
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }
}

impl Host for MemoryHost {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        if let Some(bytes) = self.files.get(path) {
            return Ok(bytes.clone());
        }
        let inside = format!("{path}/");
        let is_folder = self.files.keys().any(|file| file.starts_with(&inside));
        Err(if is_folder {
            io::ErrorKind::IsADirectory.into()
        } else {
            io::ErrorKind::NotFound.into()
        })
    }

    fn glob(&self, pattern: &str) -> io::Result<Vec<String>> {
        let paths = self.files.keys();
        let fits = |path: &&String| pattern::matches_path(pattern, path);
        Ok(paths.filter(fits).cloned().collect())
    }

    fn env(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_host_has_what_it_was_given() {
        let host = MemoryHost::new().file("a", "text").variable("EMPTY", "");
        assert_eq!(host.read("a").unwrap(), b"text");
        assert_eq!(host.read("b").unwrap_err().kind(), io::ErrorKind::NotFound);
        let host = host.file("folder/b", "");
        let folder = host.read("folder").unwrap_err();
        assert_eq!(folder.kind(), io::ErrorKind::IsADirectory);
        assert_eq!(host.glob("*").unwrap(), ["a"]);
        assert_eq!(host.glob("*/?").unwrap(), ["folder/b"]);
        assert_eq!(host.env("EMPTY").as_deref(), Some(""));
        assert_eq!(host.env("UNSET"), None);
    }

    #[test]
    fn os_host_asks_the_process() {
        assert!(OsHost.env("PATH").is_some());
        assert_eq!(OsHost.env("not=a name\0"), None);
        assert!(OsHost.read("/nonexistent/Caddyfile").is_err());
        let sources = OsHost.glob("src/h*t/m?d.rs").unwrap();
        assert_eq!(sources, ["src/host/mod.rs"]);
        assert!(OsHost.glob("/nonexistent/*").unwrap().is_empty());
    }
}
