//! How an entry looks. Caddy: `modules/logging/encoders.go` and its neighbours.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Filter;
use crate::is_default;

/// How an entry looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "snake_case", deny_unknown_fields)]
pub enum Encoder {
    /// One JSON object a line, with Caddy's field names.
    Json(EntryForm),
    /// For people.
    Console(EntryForm),
    /// Another encoder, of which fields are changed first.
    Filter(FilterEncoder),
    /// Another encoder, with more fields.
    Append(AppendEncoder),
    /// Another encoder, with the priority that the journal of systemd reads in front.
    Journald(JournaldEncoder),
}

/// How the parts of an entry are called and written. A key that is empty leaves its part out; one
/// that is absent stands for Caddy's own name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EntryForm {
    /// The key of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_key: Option<String>,
    /// The key of the level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_key: Option<String>,
    /// The key of the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_key: Option<String>,
    /// The key of the logger's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_key: Option<String>,
    /// The key of the place in the source code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller_key: Option<String>,
    /// The key of the stack trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stacktrace_key: Option<String>,
    /// What ends an entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_ending: Option<String>,
    /// How times are written: a name of Caddy's, or a layout of Go's.
    #[serde(skip_serializing_if = "is_default")]
    pub time_format: String,
    /// Whether times are local.
    #[serde(skip_serializing_if = "is_default")]
    pub time_local: bool,
    /// How durations are written.
    #[serde(skip_serializing_if = "is_default")]
    pub duration_format: String,
    /// How levels are written.
    #[serde(skip_serializing_if = "is_default")]
    pub level_format: String,
}

/// Changes fields before they are written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilterEncoder {
    /// What writes the entry; by the kind of writer if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrap: Option<Box<Encoder>>,
    /// What becomes of which field; `>` leads into objects.
    #[serde(skip_serializing_if = "is_default")]
    pub fields: BTreeMap<String, Filter>,
}

/// Adds fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AppendEncoder {
    /// What writes the entry; by the kind of writer if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrap: Option<Box<Encoder>>,
    /// Fields and their values; texts may hold placeholders.
    #[serde(skip_serializing_if = "is_default")]
    pub fields: BTreeMap<String, Value>,
}

/// For the journal of systemd.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JournaldEncoder {
    /// What writes the entry; by the kind of writer if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrap: Option<Box<Encoder>>,
}
