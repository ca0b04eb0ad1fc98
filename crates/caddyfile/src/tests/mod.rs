//! The crate as its users see it.

mod hostile;
mod looks;
