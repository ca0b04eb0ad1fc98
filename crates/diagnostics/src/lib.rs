//! What went wrong, where, and what to do: findings as values.
//!
//! Passes push [`Diagnostic`]s into a [`Diagnostics`] bag; whoever talks to the user turns them
//! into text with [`render()`] and [`render_short`], or into data with [`JsonDiagnostic`].

mod caddy;
mod diagnostic;
mod json;
mod render;
mod secret;
mod source;
mod span;
mod suggest;
mod text;
mod trace;

pub use caddy::CaddyText;
pub use diagnostic::{Diagnostic, Diagnostics, Edit, Fix, Label, Severity};
pub use json::{JsonDiagnostic, JsonEdit, JsonFix, JsonLabel, JsonRange};
pub use render::{render, render_short};
pub use source::{Position, SourceMap};
pub use span::{SourceId, Span};
pub use suggest::nearest;
pub use text::{clean, shorten};
pub use trace::unique;
