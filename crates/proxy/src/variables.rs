//! Variables of an exchange, which `vars` sets and `{http.vars.NAME}` reads. They are texts: what
//! they were made of was expanded when they were set, and is not expanded again.

use crate::template::Natural;

/// Names and values, in the order in which they were first set.
#[derive(Debug, Default)]
pub(crate) struct Variables(Vec<Variable>);

#[derive(Debug)]
struct Variable {
    name: Box<[u8]>,
    value: Box<[u8]>,
    natural: Natural,
}

impl Variables {
    /// Sets one to a value of this nature, in writing.
    pub(crate) fn set(&mut self, name: &[u8], value: &[u8], natural: Natural) {
        let value = value.into();
        match self.0.iter_mut().find(|variable| *variable.name == *name) {
            Some(known) => (known.value, known.natural) = (value, natural),
            None => self.0.push(Variable {
                name: name.into(),
                value,
                natural,
            }),
        }
    }

    /// The value of one.
    pub(crate) fn value(&self, name: &[u8]) -> Option<&[u8]> {
        self.find(name).map(|variable| &*variable.value)
    }

    /// What the value of one is; nothing if it was not set.
    pub(crate) fn natural(&self, name: &[u8]) -> Natural {
        self.find(name)
            .map_or(Natural::Nothing, |variable| variable.natural)
    }

    fn find(&self, name: &[u8]) -> Option<&Variable> {
        self.0.iter().find(|variable| *variable.name == *name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_set_counts() {
        let mut variables = Variables::default();
        variables.set(b"a", b"1", Natural::Whole);
        variables.set(b"b", b"", Natural::Text);
        variables.set(b"a", b"2", Natural::Text);

        assert_eq!(variables.value(b"a"), Some(&b"2"[..]));
        assert_eq!(variables.natural(b"a"), Natural::Text);
        assert_eq!(variables.value(b"b"), Some(&b""[..]));
        assert_eq!(variables.value(b"c"), None);
        assert_eq!(variables.natural(b"c"), Natural::Nothing);
    }
}
