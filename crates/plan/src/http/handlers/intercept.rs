//! Other answers than those of the following handlers. Caddy: `modules/caddyhttp/intercept`.

use serde::{Deserialize, Serialize};

use super::ResponseMatcher;
use crate::http::Route;
use crate::is_default;
use crate::value::Status;

/// Handles responses of the following handlers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Intercept {
    /// The first that matches does.
    #[serde(skip_serializing_if = "is_default")]
    pub handle_response: Vec<ResponseHandler>,
}

/// What is done with some responses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResponseHandler {
    /// Which; all if absent.
    #[serde(rename = "match", skip_serializing_if = "is_default")]
    pub matcher: Option<ResponseMatcher>,
    /// Only their status is replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<Status>,
    /// What answers instead.
    #[serde(skip_serializing_if = "is_default")]
    pub routes: Vec<Route>,
}
