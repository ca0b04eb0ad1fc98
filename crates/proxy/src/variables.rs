//! Variables of an exchange, which `vars` sets and `{http.vars.NAME}` reads. They are texts: what
//! they were made of was expanded when they were set, and is not expanded again.

/// Names and values, in the order in which they were first set.
#[derive(Debug, Default)]
pub(crate) struct Variables(Vec<Variable>);

/// Name and value.
type Variable = (Box<[u8]>, Box<[u8]>);

impl Variables {
    /// Sets one.
    pub(crate) fn set(&mut self, name: &[u8], value: &[u8]) {
        match self.0.iter_mut().find(|(known, _)| **known == *name) {
            Some((_, old)) => *old = value.into(),
            None => self.0.push((name.into(), value.into())),
        }
    }

    /// The value of one.
    pub(crate) fn value(&self, name: &[u8]) -> Option<&[u8]> {
        let found = self.0.iter().find(|(known, _)| **known == *name);
        found.map(|(_, value)| &**value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_set_counts() {
        let mut variables = Variables::default();
        variables.set(b"a", b"1");
        variables.set(b"b", b"");
        variables.set(b"a", b"2");

        assert_eq!(variables.value(b"a"), Some(&b"2"[..]));
        assert_eq!(variables.value(b"b"), Some(&b""[..]));
        assert_eq!(variables.value(b"c"), None);
    }
}
