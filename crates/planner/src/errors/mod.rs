//! One constructor per finding, so that wording is in one place.

mod lines;
mod names;
mod sites;
mod values;

use evenkeel_diagnostics::{Diagnostic, Span};

pub(crate) use lines::*;
pub(crate) use names::*;
pub(crate) use sites::*;
pub(crate) use values::*;

/// What reading a line gives: the value, or the one finding that explains why there is none.
pub(crate) type Read<T> = Result<T, Box<Diagnostic>>;

/// A finding on its way to the bag.
pub(crate) type Finding = Box<Diagnostic>;

/// The first character of a span: what to mark when the span goes over many lines.
pub(crate) const fn head(span: Span) -> Span {
    Span::new(span.source, span.start, if span.end > span.start { span.start + 1 } else { span.end })
}
