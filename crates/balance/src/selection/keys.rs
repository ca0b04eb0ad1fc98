//! What a request says about itself, as far as policies ask for it.

use std::borrow::Cow;

/// The keys of one request, by the numbers that [`Selection::Hash`](super::Selection::Hash) and
/// [`Selection::Sticky`](super::Selection::Sticky) were built with. Only asked for what is needed.
pub trait Keys {
    /// The key of this number; `None` if the request has none, so that the fallback chooses.
    fn key(&self, number: usize) -> Option<Cow<'_, [u8]>>;
}

/// The same key, whatever is asked for.
impl Keys for str {
    fn key(&self, _: usize) -> Option<Cow<'_, [u8]>> {
        Some(Cow::Borrowed(self.as_bytes()))
    }
}
