//! A set of upstream indices that allocates nothing for the first 64.

/// Indices into a pool. Membership is a bit; a word more is allocated for each 64 upstreams beyond
/// the first 64.
#[derive(Clone, Debug, Default)]
pub(crate) struct IndexSet {
    low: u64,
    high: Vec<u64>,
}

impl IndexSet {
    pub(crate) fn contains(&self, index: usize) -> bool {
        if index < 64 {
            return self.low & bit(index) != 0;
        }
        let word = self.high.get(index / 64 - 1).copied().unwrap_or(0);
        word & bit(index) != 0
    }

    pub(crate) fn insert(&mut self, index: usize) {
        if index < 64 {
            self.low |= bit(index);
            return;
        }
        let word = index / 64 - 1;
        if self.high.len() <= word {
            self.high.resize(word + 1, 0);
        }
        self.high[word] |= bit(index);
    }

    pub(crate) fn clear(&mut self) {
        self.low = 0;
        self.high.clear();
    }

    /// Takes the smallest index out.
    pub(crate) fn pop(&mut self) -> Option<usize> {
        if let Some(index) = pop_bit(&mut self.low) {
            return Some(index);
        }
        let words = self.high.iter_mut().enumerate();
        words
            .into_iter()
            .find_map(|(word, bits)| Some(64 * (word + 1) + pop_bit(bits)?))
    }
}

const fn bit(index: usize) -> u64 {
    1 << (index % 64)
}

fn pop_bit(word: &mut u64) -> Option<usize> {
    if *word == 0 {
        return None;
    }
    let index = word.trailing_zeros() as usize;
    *word &= *word - 1;
    Some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: [usize; 6] = [0, 63, 64, 127, 128, 1000];

    #[test]
    fn holds_exactly_what_was_inserted() {
        let mut set = IndexSet::default();
        for index in SAMPLE {
            set.insert(index);
        }

        let found: Vec<_> = (0..2000).filter(|&index| set.contains(index)).collect();

        assert_eq!(found, SAMPLE);
    }

    #[test]
    fn pops_in_ascending_order_until_empty() {
        let mut set = IndexSet::default();
        for index in SAMPLE.into_iter().rev() {
            set.insert(index);
        }

        let popped: Vec<_> = std::iter::from_fn(|| set.pop()).collect();

        assert_eq!(popped, SAMPLE);
        assert_eq!(set.pop(), None);
    }

    #[test]
    fn holds_nothing_after_clearing() {
        let mut set = IndexSet::default();
        for index in SAMPLE {
            set.insert(index);
        }

        set.clear();

        assert!(!(0..2000).any(|index| set.contains(index)));
        assert_eq!(set.pop(), None);
    }
}
