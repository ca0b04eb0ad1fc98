//! How Caddy writes a module (a handler, an output, an issuer): it goes through a map, so the keys of
//! everything in it are sorted, while those of what is no module keep their order; and its numbers
//! go through a float. Caddy: `JSONModuleObject` in `caddyconfig/configadapters.go`.

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// For `serialize_with`: one module, or none.
pub(crate) fn one<T: Serialize, S: Serializer>(
    module: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    written(module)
        .map_err(S::Error::custom)?
        .serialize(serializer)
}

/// For `serialize_with`: modules in their order.
pub(crate) fn each<T: Serialize, S: Serializer>(
    modules: &[T],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let modules: Result<Vec<_>, _> = modules.iter().map(written).collect();
    modules.map_err(S::Error::custom)?.serialize(serializer)
}

fn written<T: Serialize>(module: &T) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::to_value(module)?;
    value.sort_all_objects();
    round(&mut value);
    Ok(value)
}

/// Whole numbers that a float cannot hold become those that it can. Both Go and Rust write the
/// shortest digits that give the float again, and then zeros.
fn round(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(round),
        Value::Array(items) => items.iter_mut().for_each(round),
        Value::Number(number) if number.is_i64() || number.is_u64() => {
            let Some(float) = number.as_f64().filter(|float| float.abs() >= EXACT) else {
                return;
            };
            let digits = float.to_string();
            let whole = digits.parse::<i64>().map(Value::from);
            let whole = whole.or_else(|_| digits.parse::<u64>().map(Value::from));
            *value = whole.unwrap_or_else(|_| Value::from(float));
        }
        _ => {}
    }
}

/// The first whole number behind which floats have gaps.
const EXACT: f64 = 9_007_199_254_740_992.0;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_keys_of_a_module_are_sorted_at_every_depth() {
        let module = json!({ "z": { "b": 1, "a": [{ "d": 2, "c": 3 }] }, "handler": "x" });
        let text = written(&module).map(|value| value.to_string());
        let sorted = r#"{"handler":"x","z":{"a":[{"c":3,"d":2}],"b":1}}"#;
        assert_eq!(text.expect("a value"), sorted);
    }

    #[test]
    fn large_numbers_are_those_of_a_float() {
        let module = json!([9_007_199_254_740_993_i64, i64::MAX, -5, 1.5]);
        let text = written(&module).map(|value| value.to_string());
        assert_eq!(
            text.expect("a value"),
            "[9007199254740992,9223372036854776000,-5,1.5]"
        );
    }
}
