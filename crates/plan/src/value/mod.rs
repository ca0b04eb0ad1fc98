//! Values with a notation: each parses when it is made and prints as Caddy writes it.

mod address;
mod duration;
mod status;

pub use address::{AddressError, Network, NetworkAddress};
pub use duration::{Duration, DurationError};
pub use status::{Status, StatusPattern};
