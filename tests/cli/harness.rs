//! Runs the binary in a folder of its own.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a command printed, and how it ended.
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self
            .code
            .map_or_else(|| "killed".to_owned(), |code| code.to_string());
        write!(
            f,
            "exit: {code}\n--- stdout\n{}--- stderr\n{}[EOF]",
            self.stdout, self.stderr
        )
    }
}

/// Runs a command on a Caddyfile, which lies in the working folder.
pub(crate) fn on_caddyfile(caddyfile: impl AsRef<[u8]>, arguments: &[&str]) -> Output {
    let folder = TempDir::new().expect("a folder for the test");
    std::fs::write(folder.path().join("Caddyfile"), caddyfile).expect("written");
    in_folder(folder.path(), arguments)
}

/// Runs a command in a folder.
pub(crate) fn in_folder(folder: &Path, arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .output()
        .expect("the binary under test runs");
    Output {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
