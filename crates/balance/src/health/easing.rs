//! When an upstream came back, for easing it in.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::moment::Moment;

/// It has never been away.
const NEVER: u64 = 0;

/// It is back, and whoever looks first says since when: not everybody who brings one back has a
/// clock.
const SINCE_THE_NEXT_LOOK: u64 = u64::MAX;

/// The moment of a return, shared by all cores.
#[derive(Debug, Default)]
pub(super) struct Return(AtomicU64);

impl Return {
    /// It is back.
    pub(super) fn note(&self) {
        self.0.store(SINCE_THE_NEXT_LOOK, Ordering::Relaxed);
    }

    /// Since when it is back; `None` if it has never been away. One relaxed load.
    pub(super) fn since(&self, now: Moment) -> Option<Moment> {
        match self.0.load(Ordering::Relaxed) {
            NEVER => None,
            SINCE_THE_NEXT_LOOK => {
                let nanos = now.as_nanos().clamp(NEVER + 1, SINCE_THE_NEXT_LOOK - 1);
                self.0.store(nanos, Ordering::Relaxed);
                Some(now)
            }
            nanos => Some(Moment::from_nanos(nanos)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_counts_from_the_first_look() {
        let back = Return::default();
        assert_eq!(back.since(Moment::from_nanos(5)), None);
        back.note();
        assert_eq!(
            back.since(Moment::from_nanos(9)),
            Some(Moment::from_nanos(9))
        );
        assert_eq!(
            back.since(Moment::from_nanos(70)),
            Some(Moment::from_nanos(9))
        );
    }
}
