//! Shares of a whole: a number between zero and one, both left out.

use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// A number between zero and one, both left out; zero stands for "not set".
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Share(f64);

/// Why a text is not a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// Not a number.
    #[error("it is not a number")]
    NotANumber,
    /// Zero, one, or what lies beyond.
    #[error("it does not lie between 0 and 1")]
    OutOfRange,
}

impl Share {
    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// Whether it is zero, which means "not set".
    pub fn is_zero(self) -> bool {
        self == Self::default()
    }
}

// It is never NaN: it lies between zero and one.
impl Eq for Share {}

impl Hash for Share {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let number: f64 = text.parse().map_err(|_| ShareError::NotANumber)?;
        if number > 0.0 && number < 1.0 {
            return Ok(Self(number));
        }
        Err(ShareError::OutOfRange)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        if (0.0..1.0).contains(&number) {
            return Ok(Self(number));
        }
        Err(D::Error::custom(ShareError::OutOfRange))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_lies_between_zero_and_one() {
        assert_eq!("0.5".parse(), Ok(Share(0.5)));
        assert_eq!(".25".parse(), Ok(Share(0.25)));
        for text in ["0", "1", "-0.1", "1.5", "inf", "NaN"] {
            assert_eq!(text.parse::<Share>(), Err(ShareError::OutOfRange), "{text}");
        }
        assert_eq!("half".parse::<Share>(), Err(ShareError::NotANumber));
        assert!(serde_json::from_str::<Share>("1.5").is_err());
        assert_eq!(serde_json::to_string(&Share(0.5)).unwrap(), "0.5");
    }
}
