//! Modules of kinds of which Caddy has none of its own: all of them come with plugins.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A module that cannot exist, since no module of its kind is built in. Reading one fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {}

impl Serialize for Unavailable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        match *self {}
    }
}

impl<'de> Deserialize<'de> for Unavailable {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom(
            "modules of this kind come with plugins, and none is built in",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_module_of_a_plugin_is_read() {
        assert!(serde_json::from_str::<Unavailable>("{}").is_err());
        assert!(serde_json::from_str::<Vec<Unavailable>>("[]").is_ok());
    }
}
