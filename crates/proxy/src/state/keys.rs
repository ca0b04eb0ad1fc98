//! By what an entry of the registry is found again after a reload.

use crate::transport::Settings;

/// A dial address with the settings of its transport.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct EndpointKey {
    pub(crate) dial: Box<str>,
    pub(crate) settings: Settings,
}

/// A dial address with all that a check does to it: two handlers may check one address
/// differently and come to different findings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ProbeKey {
    pub(crate) endpoint: EndpointKey,
    /// All that the plan says of it, as text.
    pub(crate) check: Box<str>,
    pub(crate) passes: u32,
    pub(crate) fails: u32,
}
