//! Where a log goes. Caddy: `modules/logging/filewriter.go` and `netwriter.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Duration;

/// Where a log goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "output", rename_all = "snake_case", deny_unknown_fields)]
pub enum Writer {
    /// Standard output.
    Stdout {},
    /// Standard error.
    Stderr {},
    /// Nowhere.
    Discard {},
    /// A file, appended to.
    File(FileWriter),
    /// A socket, one entry a line.
    Net(NetWriter),
}

/// A file, and when it is put aside for a new one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileWriter {
    /// Its path, which may hold placeholders.
    #[serde(skip_serializing_if = "is_default")]
    pub filename: String,
    /// Permissions of a file that is made; 0600 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub mode: FileMode,
    /// Permissions of folders that are made: an octal number, `inherit` or `from_file`; 0700 if
    /// empty.
    #[serde(skip_serializing_if = "is_default")]
    pub dir_mode: String,
    /// Whether full files are put aside; they are if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roll: Option<bool>,
    /// Mebibytes after which a file is full; 100 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub roll_size_mb: i64,
    /// The time after which a file is put aside whatever its size; never if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub roll_interval: Duration,
    /// Minutes of each hour at which the file is put aside.
    #[serde(skip_serializing_if = "is_default")]
    pub roll_minutes: Vec<i64>,
    /// Times of each day, as `15:04`, at which the file is put aside.
    #[serde(skip_serializing_if = "is_default")]
    pub roll_at: Vec<String>,
    /// Whether files put aside are compressed; they are if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roll_gzip: Option<bool>,
    /// How they are compressed: `gzip`, `zstd` or `none`; with gzip if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub roll_compression: String,
    /// Whether their names have the local time instead of UTC.
    #[serde(skip_serializing_if = "is_default")]
    pub roll_local_time: bool,
    /// How many are kept; 10 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub roll_keep: i64,
    /// For how many days they are kept; 90 if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub roll_keep_days: i64,
    /// The form of the time in their names, as Go writes layouts.
    #[serde(skip_serializing_if = "is_default")]
    pub backup_time_format: String,
}

/// A socket that takes entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetWriter {
    /// Its network address.
    #[serde(skip_serializing_if = "is_default")]
    pub address: String,
    /// How long to wait for a connection; ten seconds if zero.
    #[serde(skip_serializing_if = "is_default")]
    pub dial_timeout: Duration,
    /// Whether to start although the socket cannot be reached.
    #[serde(skip_serializing_if = "is_default")]
    pub soft_start: bool,
}

/// Permissions of a file, written as an octal number of four digits or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileMode(pub u32);

/// A text that is no octal number of 32 bits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an octal number of 32 bits")]
pub struct FileModeError(String);

impl std::str::FromStr for FileMode {
    type Err = FileModeError;

    fn from_str(text: &str) -> Result<Self, FileModeError> {
        let digits = if text.is_empty() { "0" } else { text };
        // `from_str_radix` takes a sign, Go does not.
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(FileModeError(text.to_owned()));
        }
        let mode = u32::from_str_radix(digits, 8);
        mode.map(Self).map_err(|_| FileModeError(text.to_owned()))
    }
}

impl TryFrom<String> for FileMode {
    type Error = FileModeError;

    fn try_from(text: String) -> Result<Self, FileModeError> {
        text.parse()
    }
}

impl From<FileMode> for String {
    fn from(mode: FileMode) -> Self {
        format!("{:04o}", mode.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_octal_and_written_with_four_digits() {
        let table = [
            ("640", Some("0640")),
            ("00640", Some("0640")),
            ("4755", Some("4755")),
            ("", Some("0000")),
            ("9", None),
            ("+7", None),
            ("0o644", None),
            ("40000000000", None),
        ];
        for (text, expected) in table {
            let written = text.parse::<FileMode>().ok().map(String::from);
            assert_eq!(written.as_deref(), expected, "{text}");
        }
    }
}
