//! A point in time as the caller tells it: the proxy's is real, the forecast's is virtual.

use std::ops::Add;
use std::time::Duration;

/// Nanoseconds since an epoch of the caller's choosing.
///
/// Everyone who shares a [`State`](crate::State) must use the same epoch. Arithmetic saturates: the
/// last moment is some 584 years after the epoch and stands for "never".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

impl Moment {
    /// The epoch.
    pub const ZERO: Self = Self(0);

    /// The moment `nanos` nanoseconds after the epoch.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the epoch.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Time passed since `earlier`; zero if that lies ahead (two cores may read their clocks in
    /// either order).
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adding_and_measuring_are_inverse() {
        let start = Moment::from_nanos(7);
        let end = start + Duration::from_millis(250);

        assert_eq!(end.as_nanos(), 250_000_007);
        assert_eq!(end.saturating_since(start), Duration::from_millis(250));
    }

    #[test]
    fn arithmetic_saturates_at_both_ends() {
        let late = Moment::from_nanos(u64::MAX - 1);

        assert_eq!(late + Duration::MAX, Moment::from_nanos(u64::MAX));
        assert_eq!(Moment::ZERO.saturating_since(late), Duration::ZERO);
    }
}
