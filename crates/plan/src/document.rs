//! From a JSON text to a plan. `@id` marks are taken out first (Caddy: `admin.go`), and an error
//! says where in the document it stands.

use serde_json::Value;

use crate::Plan;

/// A JSON configuration that is not a plan.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The text is not JSON.
    #[error("not valid JSON")]
    Syntax(#[source] serde_json::Error),
    /// The JSON does not have the shape of a configuration.
    #[error("at {path}")]
    Shape {
        /// Where, as `apps.http.servers.srv0`.
        path: String,
        /// What is wrong there.
        source: serde_json::Error,
    },
}

/// Parses a JSON configuration.
pub fn parse(text: &[u8]) -> Result<Plan, DocumentError> {
    from_document(parse_document(text)?)
}

/// Parses the text alone: the document is what the admin API shows, marks and all.
pub fn parse_document(text: &[u8]) -> Result<Value, DocumentError> {
    serde_json::from_slice(text).map_err(DocumentError::Syntax)
}

/// Reads a plan out of a JSON document.
pub fn from_document(mut document: Value) -> Result<Plan, DocumentError> {
    strip_ids(&mut document);
    serde_path_to_error::deserialize(document).map_err(|error| DocumentError::Shape {
        path: error.path().to_string(),
        source: error.into_inner(),
    })
}

fn strip_ids(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.remove("@id");
            map.values_mut().for_each(strip_ids);
        }
        Value::Array(items) => items.iter_mut().for_each(strip_ids),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_field_is_refused_with_its_path() {
        let error = parse(br#"{"apps":{"http":{"servers":{"srv0":{"listne":[":80"]}}}}}"#)
            .expect_err("a misspelt field");
        assert_eq!(error.to_string(), "at apps.http.servers.srv0.listne");
        let cause = std::error::Error::source(&error).expect("serde says what is wrong");
        assert!(
            cause.to_string().starts_with("unknown field `listne`"),
            "{cause}"
        );
    }

    #[test]
    fn id_marks_are_not_fields() {
        let plan = parse(br#"{"@id":"x","apps":{"http":{"@id":"y","servers":{}}}}"#);
        assert!(plan.is_ok(), "{plan:?}");
    }

    #[test]
    fn text_that_is_not_json_is_a_syntax_error() {
        assert!(matches!(parse(b"{"), Err(DocumentError::Syntax(_))));
    }
}
