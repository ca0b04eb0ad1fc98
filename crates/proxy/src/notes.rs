//! What matchers and handlers note about an exchange for those that come later. Most exchanges
//! have no notes.

use std::time::Duration;

use std::cell::Cell;

use http::{Method, Uri};

use crate::failure::Failure;
use crate::handlers::log_append::LogField;
use crate::handlers::map::Map;
use crate::matchers::MatchedFile;
use crate::observe::meter::Outcome;
use crate::regexp::Captures;
use crate::variables::Variables;

/// Notes of an exchange of a graph that lives for `'g`.
#[derive(Default)]
pub(crate) struct Notes<'g> {
    /// What regular expressions have captured.
    pub(crate) captures: Captures<'g>,
    /// What `vars` has set.
    pub(crate) variables: Variables,
    /// What the client asked for, once it was rewritten.
    pub(crate) original: Option<(Method, Uri)>,
    /// What went wrong, once the routes for errors run.
    pub(crate) failure: Option<Failure>,
    /// The file that a matcher has found.
    pub(crate) file: Option<Box<MatchedFile>>,
    /// The maps that were reached.
    pub(crate) maps: Vec<&'g Map>,
    /// How many maps are being looked at, one for the other.
    pub(crate) map_depth: Cell<u8>,
    /// What the entry of the access log gets besides.
    pub(crate) log_fields: Vec<LogField<'g>>,
    /// Attempts that failed, the first first.
    pub(crate) attempts: Vec<FailedAttempt>,
}

/// An attempt that failed.
#[derive(Debug)]
pub(crate) struct FailedAttempt {
    /// Where it went.
    pub(crate) dial: Box<str>,
    /// What became of it.
    pub(crate) outcome: Outcome,
    /// In words.
    pub(crate) reason: Box<str>,
    /// How long after the request it began.
    pub(crate) start: Duration,
    /// How long it took.
    pub(crate) took: Duration,
}
