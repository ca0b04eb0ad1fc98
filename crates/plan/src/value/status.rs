//! Status codes as Caddy writes them: a number where it is one, else a text that may hold
//! placeholders (`WeakString`).

use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A status code, or a template that gives one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// A fixed code, which may be none: Caddy prints any number.
    Code(i64),
    /// A text with placeholders.
    Template(String),
}

impl Status {
    /// What a word says; nothing if it is empty.
    pub fn read(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self::from_text(text))
    }

    /// A number becomes a code, anything else is kept as text.
    pub fn from_text(text: &str) -> Self {
        text.parse()
            .map_or_else(|_| Self::Template(text.to_owned()), Self::Code)
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Code(code) => serializer.serialize_i64(*code),
            Self::Template(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Weak;
        impl Visitor<'_> for Weak {
            type Value = Status;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status code or a text")
            }

            fn visit_u64<E: serde::de::Error>(self, code: u64) -> Result<Status, E> {
                i64::try_from(code).map(Status::Code).map_err(E::custom)
            }

            fn visit_i64<E: serde::de::Error>(self, code: i64) -> Result<Status, E> {
                Ok(Status::Code(code))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Status, E> {
                Ok(Status::from_text(text))
            }
        }
        deserializer.deserialize_any(Weak)
    }
}

/// A status to expect: a whole class (`2` for 2xx) or one code. Caddy: numbers below 10 are
/// classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatusPattern(pub u16);

impl StatusPattern {
    /// Whether `code` is the one, or in the class.
    pub const fn matches(self, code: u16) -> bool {
        self.0 == code || (self.0 < 10 && code / 100 == self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_covers_its_hundred_codes() {
        assert!(StatusPattern(2).matches(204));
        assert!(!StatusPattern(2).matches(301));
        assert!(StatusPattern(418).matches(418));
    }

    #[test]
    fn numbers_stay_numbers_and_placeholders_stay_text() -> Result<(), serde_json::Error> {
        assert_eq!(serde_json::to_string(&Status::from_text("404"))?, "404");
        assert_eq!(serde_json::to_string(&Status::from_text("{x}"))?, "\"{x}\"");
        assert_eq!(
            serde_json::from_str::<Status>("\"404\"")?,
            Status::Code(404)
        );
        assert_eq!(serde_json::to_string(&Status::from_text("-07"))?, "-7");
        assert_eq!(serde_json::from_str::<Status>("-7")?, Status::Code(-7));
        assert_eq!(Status::read(""), None);
        Ok(())
    }
}
