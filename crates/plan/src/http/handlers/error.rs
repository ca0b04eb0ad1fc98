//! An error on purpose. Caddy: `staticerror.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;
use crate::value::Status;

/// Fails, so that the routes for errors answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StaticError {
    /// The message; may hold placeholders.
    #[serde(skip_serializing_if = "is_default")]
    pub error: String,
    /// 500 if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<Status>,
}
