//! Finding a place inside the configuration document. Caddy: `unsyncedConfigAccess` in
//! `admin.go`.

use serde_json::Value;

static NULL: Value = Value::Null;

/// Why a path leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathError {
    /// The path goes on below a value that has no inside, or that is absent.
    #[error("invalid traversal path at: {0}")]
    NoInside(String),
    /// A key where an array needs a number.
    #[error("[/{path}] invalid array index '{key}': {problem}")]
    NotAnIndex {
        path: String,
        key: String,
        problem: &'static str,
    },
    /// A number the array does not have.
    #[error("[/{path}] array index out of bounds: {key}")]
    OutOfBounds { path: String, key: String },
}

/// The value at `keys` below the document's root. A key that the last object lacks reads as null;
/// a final `...`, which stands for an array's elements, reads as the array.
pub(crate) fn find<'a>(document: &'a Value, keys: &[String]) -> Result<&'a Value, PathError> {
    let keys = match keys {
        [before @ .., last] if last == "..." => before,
        keys => keys,
    };
    let mut value = document;
    for (depth, key) in keys.iter().enumerate() {
        let path = || path_to(&keys[..=depth]);
        value = match value {
            Value::Object(map) => map.get(key).unwrap_or(&NULL),
            Value::Array(items) => &items[index(key, items.len(), path)?],
            _ => return Err(PathError::NoInside(path())),
        };
    }
    Ok(value)
}

/// Reads an array index below `len`. Only the canonical decimal form counts, so that one element
/// has one path.
fn index(key: &str, len: usize, path: impl Fn() -> String) -> Result<usize, PathError> {
    let not_an_index = |problem| PathError::NotAnIndex {
        path: path(),
        key: key.to_owned(),
        problem,
    };
    let unsigned = key.strip_prefix(['-', '+']).unwrap_or(key);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(not_an_index("not a number"));
    }
    if key.starts_with('+') || unsigned.starts_with('0') && key != "0" {
        return Err(not_an_index("non-canonical array index"));
    }
    // A negative index, or one too large for a number, is beyond every array.
    let in_bounds = key.parse().ok().filter(|index| *index < len);
    in_bounds.ok_or_else(|| PathError::OutOfBounds {
        path: path(),
        key: key.to_owned(),
    })
}

fn path_to(keys: &[String]) -> String {
    keys.iter()
        .fold("config".to_owned(), |path, key| path + "/" + key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(path: &str) -> Result<Value, String> {
        let document = json!({"apps": {"list": [[1, 2], {"a": null}], "text": "x"}});
        let keys: Vec<String> = path.split('/').map(str::to_owned).collect();
        let keys = if path.is_empty() { &[][..] } else { &keys };
        find(&document, keys)
            .cloned()
            .map_err(|error| error.to_string())
    }

    #[test]
    fn reads_objects_and_arrays_at_any_depth() {
        assert!(read("").unwrap()["apps"].is_object());
        assert_eq!(read("apps/text").unwrap(), "x");
        assert_eq!(read("apps/list/1").unwrap(), json!({"a": null}));
        assert_eq!(read("apps/list/...").unwrap(), json!([[1, 2], {"a": null}]));
        // Caddy answers an array inside an array with nothing at all.
        assert_eq!(read("apps/list/0/1").unwrap(), 2);
    }

    #[test]
    fn a_missing_last_key_is_null_and_a_deeper_one_an_error() {
        assert_eq!(read("apps/nope"), Ok(Value::Null));
        assert_eq!(read("nope"), Ok(Value::Null));
        let below_absent = "invalid traversal path at: config/nope/deep";
        assert_eq!(read("nope/deep/er").unwrap_err(), below_absent);
        let below_text = "invalid traversal path at: config/apps/text/y";
        assert_eq!(read("apps/text/y").unwrap_err(), below_text);
    }

    #[test]
    fn only_canonical_indices_within_bounds_are_read() {
        for (key, problem) in [
            ("x", "invalid array index 'x': not a number"),
            ("-", "invalid array index '-': not a number"),
            ("01", "invalid array index '01': non-canonical array index"),
            ("+0", "invalid array index '+0': non-canonical array index"),
            ("-0", "invalid array index '-0': non-canonical array index"),
            ("2", "array index out of bounds: 2"),
            ("-1", "array index out of bounds: -1"),
            (
                "99999999999999999999",
                "array index out of bounds: 99999999999999999999",
            ),
        ] {
            let expected = format!("[/config/apps/list/{key}] {problem}");
            assert_eq!(read(&format!("apps/list/{key}")), Err(expected), "{key}");
        }
    }

    #[test]
    fn an_error_inside_an_array_names_the_place_it_got_to() {
        let error = read("apps/list/7/a").unwrap_err();
        assert_eq!(error, "[/config/apps/list/7] array index out of bounds: 7");
    }
}
