//! One route: conditions and handlers.

use serde::{Deserialize, Serialize};

use super::{Handler, MatcherSet};
use crate::is_default;

/// When any matcher set holds, the handlers run in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Route {
    /// Of the routes with one group name, only the first that matches runs.
    #[serde(skip_serializing_if = "is_default")]
    pub group: String,
    /// Alternatives; always if empty.
    #[serde(rename = "match", skip_serializing_if = "is_default")]
    pub matcher_sets: Vec<MatcherSet>,
    /// What is done.
    #[serde(
        rename = "handle",
        skip_serializing_if = "is_default",
        serialize_with = "crate::module::each"
    )]
    pub handlers: Vec<Handler>,
    /// No further route is tried after this one.
    #[serde(skip_serializing_if = "is_default")]
    pub terminal: bool,
}
