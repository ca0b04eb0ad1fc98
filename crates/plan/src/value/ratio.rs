//! Numbers with a fraction, written as Go writes them: without one where there is none.

use serde::{Deserialize, Serialize, Serializer};

/// A part of a whole. Caddy: fields of the type `float64`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Ratio(pub f64);

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Up to here every whole number is exact.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it has no fraction and is in the range of exact whole numbers"
        )]
        if self.0.fract() == 0.0 && self.0.abs() < EXACT {
            return serializer.serialize_i64(self.0 as i64);
        }
        serializer.serialize_f64(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_has_no_fraction() -> Result<(), serde_json::Error> {
        assert_eq!(serde_json::to_string(&Ratio(1.0))?, "1");
        assert_eq!(serde_json::to_string(&Ratio(0.25))?, "0.25");
        assert_eq!(serde_json::from_str::<Ratio>("1")?, Ratio(1.0));
        Ok(())
    }
}
