//! Values with a notation: each parses when it is made and prints as Caddy writes it.

mod address;
mod count;
mod duration;
mod ratio;
mod share;
mod status;
mod unavailable;

/// A value of a configuration that may be of any kind.
pub use serde_json::Value as Json;

pub use address::{AddressError, Network, NetworkAddress};
pub use count::{Count, CountError};
pub use duration::{Duration, DurationError};
pub use ratio::Ratio;
pub use share::{Share, ShareError};
pub use status::{Status, StatusPattern};
pub use unavailable::Unavailable;
