//! Which file and which import a source stands for, for the line rule and for cycles.

use std::collections::HashMap;
use std::rc::Rc;

use evenkeel_diagnostics::SourceId;

/// The number something had where it was defined, its text, and the text and the line that
/// import it.
type Lines = (u32, SourceId, SourceId, u32);

/// What is known of a source.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    /// The path of the file.
    pub(super) path: Rc<str>,
    /// The snippet, if the source stands for one.
    pub(super) snippet: Option<Rc<str>>,
}

/// All sources that pieces come from.
#[derive(Default)]
pub(super) struct Origins {
    known: HashMap<SourceId, Origin>,
    numbers: HashMap<Lines, u32>,
}

impl Origin {
    /// How Caddy names it where imports go in circles.
    pub(super) fn name(&self) -> String {
        match &self.snippet {
            Some(snippet) => format!("{}:{snippet}", self.path),
            None => self.path.to_string(),
        }
    }
}

impl Origins {
    pub(super) fn get(&self, source: SourceId) -> Option<&Origin> {
        self.known.get(&source)
    }

    pub(super) fn add(&mut self, source: SourceId, origin: Origin) {
        self.known.insert(source, origin);
    }

    /// The number of what an import brings. Two imports of a line that itself was imported twice
    /// are one to Caddy, since its import chain names lines and not the ways to them.
    pub(super) fn number(&mut self, lines: Lines) -> u32 {
        let next = u32::try_from(self.numbers.len() + 1).unwrap_or(u32::MAX);
        *self.numbers.entry(lines).or_insert(next)
    }
}
