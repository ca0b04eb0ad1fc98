//! Numbers of things. Caddy writes them as integers with a sign, and prints whatever it read; that
//! a number makes sense is checked where it is used.

use serde::{Deserialize, Serialize};

/// A number of things, which may be none that makes sense.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Count(i64);

/// A number of things that is negative, or larger than any number of things here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a number from 0 to {max}", max = u32::MAX)]
pub struct CountError(i64);

impl Count {
    /// The number as it is written.
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The number, if it makes sense.
    pub fn checked(self) -> Result<u32, CountError> {
        u32::try_from(self.0).map_err(|_| CountError(self.0))
    }

    /// The nearest number that makes sense, for plans that were checked.
    pub fn clamped(self) -> u32 {
        u32::try_from(self.0.max(0)).unwrap_or(u32::MAX)
    }
}

impl From<u32> for Count {
    fn from(number: u32) -> Self {
        Self(number.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_makes_no_sense_and_says_so_when_it_is_used() -> Result<(), serde_json::Error> {
        let count: Count = serde_json::from_str("-1")?;
        assert_eq!(serde_json::to_string(&count)?, "-1");
        assert_eq!(
            count.checked().unwrap_err().to_string(),
            "-1 is not a number from 0 to 4294967295"
        );
        assert_eq!((count.clamped(), Count::from(3).checked()), (0, Ok(3)));
        assert_eq!(Count::new(i64::MAX).clamped(), u32::MAX);
        Ok(())
    }
}
