//! The admin endpoint. Caddy: `AdminConfig` in `admin.go`.

use serde::{Deserialize, Serialize};

use crate::is_default;

/// Where the admin API listens, if it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Admin {
    /// No admin API at all.
    #[serde(skip_serializing_if = "is_default")]
    pub disabled: bool,
    /// Address; `localhost:2019` if empty.
    #[serde(skip_serializing_if = "is_default")]
    pub listen: String,
    /// Refuse requests that carry no allowed `Origin`.
    #[serde(skip_serializing_if = "is_default")]
    pub enforce_origin: bool,
    /// Hosts and origins that may use it, besides those that follow from `listen`.
    #[serde(skip_serializing_if = "is_default")]
    pub origins: Vec<String>,
    /// How configurations are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<ConfigSettings>,
}

/// How a loaded configuration is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigSettings {
    /// Whether the last configuration is saved for `--resume`; yes if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persist: Option<bool>,
}
