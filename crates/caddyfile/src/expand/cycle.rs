//! Which file or snippet imports which, over the whole run (Caddy: `importgraph.go`): an import
//! that closes a circle is refused, even where its arguments would end it.

use std::collections::{HashMap, HashSet};

/// The imports seen so far, by the names of their two sides.
#[derive(Default)]
pub(super) struct Imports {
    names: HashMap<String, usize>,
    targets: Vec<HashSet<usize>>,
}

/// An import would end where it began.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cycle;

impl Imports {
    /// Notes that `from` imports `to`.
    pub(super) fn add(&mut self, from: &str, to: &str) -> Result<(), Cycle> {
        let (from, to) = (self.number(from), self.number(to));
        if self.targets[from].contains(&to) {
            return Ok(());
        }
        if self.reaches(to, from) {
            return Err(Cycle);
        }
        self.targets[from].insert(to);
        Ok(())
    }

    fn number(&mut self, name: &str) -> usize {
        if let Some(&number) = self.names.get(name) {
            return number;
        }
        let number = self.targets.len();
        self.names.insert(name.to_owned(), number);
        self.targets.push(HashSet::new());
        number
    }

    fn reaches(&self, from: usize, to: usize) -> bool {
        let mut seen = HashSet::from([from]);
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            if at == to {
                return true;
            }
            open.extend(self.targets[at].iter().filter(|&&next| seen.insert(next)));
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_refused_and_a_diamond_is_not() {
        let mut imports = Imports::default();
        for (from, to) in [("a", "b"), ("b", "d"), ("a", "c"), ("c", "d"), ("a", "b")] {
            assert_eq!(imports.add(from, to), Ok(()));
        }
        assert_eq!(imports.add("d", "a"), Err(Cycle));
        assert_eq!(imports.add("e", "e"), Err(Cycle));
    }
}
