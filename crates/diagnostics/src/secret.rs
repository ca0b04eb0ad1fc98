//! Keeps what a [`SourceMap`] hides out of the words of a finding, whichever finding it is: what was
//! not expected is often named.

use std::borrow::Cow;

use crate::{Diagnostic, SourceMap};

/// A shorter secret is none, and its letters stand in many words.
const SHORTEST: usize = 4;

/// The finding without the hidden texts; what Caddy says of it is left to [`censor`].
pub(crate) fn censored<'d>(found: &'d Diagnostic, sources: &SourceMap) -> Cow<'d, Diagnostic> {
    if sources.hidden_texts().next().is_none() {
        return Cow::Borrowed(found);
    }
    let mut found = found.clone();
    let labels = found.labels.iter_mut().map(|label| &mut label.text);
    let helps = found.helps.iter_mut().flat_map(|fix| {
        let edit = fix.edit.as_mut().map(|edit| &mut edit.replacement);
        std::iter::once(&mut fix.text).chain(edit)
    });
    let texts = labels.chain(helps).chain(&mut found.notes);
    for text in std::iter::once(&mut found.message).chain(texts) {
        *text = censor(std::mem::take(text), sources);
    }
    Cow::Owned(found)
}

/// A text without the hidden ones.
pub(crate) fn censor(text: String, sources: &SourceMap) -> String {
    let hidden = sources.hidden_texts();
    let long = hidden.filter(|secret| secret.chars().count() >= SHORTEST);
    long.fold(text, |text, secret| {
        if text.contains(secret) {
            text.replace(secret, "***")
        } else {
            text
        }
    })
}
