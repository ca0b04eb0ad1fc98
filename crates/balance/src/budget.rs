//! A budget of retries, so that they cannot turn a slow failure into a flood of their own.

use std::sync::atomic::{AtomicI64, Ordering};

use parking_lot::Mutex;

use crate::moment::Moment;

/// What one retry costs; an exchange pays its percentage in.
const RETRY: i64 = 100;

/// Retries that are there at the start, and to which the budget grows back by one a second: a
/// handler with little traffic must be able to retry, too.
const RESERVE: i64 = 10;

/// The most that can be saved up.
const MOST: i64 = 1000;

/// Retries that the exchanges of a handler have paid for, over all cores.
#[derive(Debug)]
pub struct Budget {
    /// What each exchange pays in, in hundredths of a retry.
    percent: i64,
    /// In hundredths of a retry.
    balance: AtomicI64,
    /// Up to when the growth by time has been paid in; locked for retries only.
    grown: Mutex<Moment>,
}

impl Budget {
    /// So many retries for a hundred exchanges.
    pub fn new(percent: u32) -> Self {
        Self {
            percent: percent.into(),
            balance: AtomicI64::new(RESERVE * RETRY),
            grown: Mutex::new(Moment::ZERO),
        }
    }

    /// An exchange begins.
    pub(crate) fn deposit(&self) {
        if self.balance.load(Ordering::Relaxed) < MOST * RETRY {
            self.balance.fetch_add(self.percent, Ordering::Relaxed);
        }
    }

    /// Takes the price of a retry, if it is there.
    pub(crate) fn withdraw(&self, now: Moment) -> bool {
        let mut grown = self.grown.lock();
        let seconds = now.saturating_since(*grown).as_secs();
        if seconds > 0 {
            *grown = now;
            let balance = self.balance.load(Ordering::Relaxed);
            let room = (RESERVE * RETRY - balance).max(0);
            let growth = i64::try_from(seconds).unwrap_or(i64::MAX).min(RESERVE) * RETRY;
            self.balance.fetch_add(growth.min(room), Ordering::Relaxed);
        }
        if self.balance.load(Ordering::Relaxed) < RETRY {
            return false;
        }
        self.balance.fetch_sub(RETRY, Ordering::Relaxed);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(budget: &Budget, asked: usize, at_seconds: u64) -> usize {
        let now = Moment::from_nanos(at_seconds * 1_000_000_000);
        (0..asked).filter(|_| budget.withdraw(now)).count()
    }

    #[test]
    fn retries_are_paid_for_by_exchanges() {
        let budget = Budget::new(20);
        assert_eq!(granted(&budget, 100, 0), 10, "the reserve");
        for _ in 0..100 {
            budget.deposit();
        }
        assert_eq!(granted(&budget, 100, 0), 20);
        assert_eq!(granted(&budget, 1, 0), 0);
    }

    #[test]
    fn the_reserve_grows_back_by_one_a_second_and_no_further() {
        let budget = Budget::new(20);
        granted(&budget, 100, 0);
        assert_eq!(granted(&budget, 100, 3), 3);
        assert_eq!(granted(&budget, 100, 1000), 10);
    }

    #[test]
    fn nobody_saves_up_for_a_flood() {
        let budget = Budget::new(100);
        for _ in 0..100_000 {
            budget.deposit();
        }
        assert_eq!(granted(&budget, 5000, 0), 1000);
    }
}
