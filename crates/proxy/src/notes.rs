//! What matchers and handlers note about an exchange for those that come later. Most exchanges
//! have no notes.

use http::{Method, Uri};

use crate::failure::Failure;
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
}
