//! What matchers and handlers note about an exchange for those that come later. Most exchanges
//! have no notes.

use std::time::Duration;

use http::{Method, Uri};

use crate::failure::Failure;
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
