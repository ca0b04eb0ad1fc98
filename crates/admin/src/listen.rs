//! Where the admin API listens.

use evenkeel_plan::Admin;
use evenkeel_plan::value::{AddressError, NetworkAddress};

/// The address if the configuration names none. Caddy: `DefaultAdminListen`.
pub const DEFAULT_LISTEN: &str = "localhost:2019";

/// Why the API cannot listen where it was told to.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Not an address.
    #[error("the admin address `{text}` is not valid")]
    Address {
        /// What was configured.
        text: String,
        /// What is wrong with it.
        source: AddressError,
    },
    /// A range of ports.
    #[error("the admin API needs exactly one address, and `{0}` is several")]
    Several(String),
}

/// The one address that `admin` names, or `default` (usually [`DEFAULT_LISTEN`]) if it names none.
/// Placeholders must have been replaced before.
pub fn listen_address(admin: &Admin, default: &str) -> Result<NetworkAddress, ListenError> {
    let text = match admin.listen.as_str() {
        "" => default,
        listen => listen,
    };
    let address = NetworkAddress::parse(text).map_err(|source| ListenError::Address {
        text: text.to_owned(),
        source,
    })?;
    if let Some(ports) = &address.ports
        && ports.start() != ports.end()
    {
        return Err(ListenError::Several(text.to_owned()));
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listening_on(listen: &str) -> Admin {
        Admin {
            listen: listen.to_owned(),
            ..Admin::default()
        }
    }

    #[test]
    fn the_default_stands_in_for_an_absent_address() {
        let absent = listen_address(&Admin::default(), DEFAULT_LISTEN).unwrap();
        assert_eq!(absent.to_string(), "localhost:2019");

        let given = listen_address(&listening_on("127.0.0.1:7"), DEFAULT_LISTEN).unwrap();
        assert_eq!(given.to_string(), "127.0.0.1:7");
    }

    #[test]
    fn a_port_range_is_refused() {
        let error = listen_address(&listening_on("localhost:1-2"), DEFAULT_LISTEN).unwrap_err();
        assert!(matches!(error, ListenError::Several(text) if text == "localhost:1-2"));
    }

    #[test]
    fn an_invalid_address_is_named() {
        let error = listen_address(&listening_on("localhost:99999"), DEFAULT_LISTEN).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the admin address `localhost:99999` is not valid"
        );
    }
}
