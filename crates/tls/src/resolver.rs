//! rustls asks here which certificate to show: the index, seen through one connection policy.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use evenkeel_net::Clock;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::index::{CertificateIndex, Wanted};

/// The certificates one connection policy may show.
#[derive(Clone)]
pub(crate) struct Resolver {
    pub(crate) index: CertificateIndex,
    pub(crate) clock: Clock,
    /// Only certificates with one of these marks; any if empty.
    pub(crate) any_tag: Arc<[String]>,
    /// Stands in for the server name a client did not send: the address it connected to.
    pub(crate) address: Option<IpAddr>,
}

impl Resolver {
    /// The same for a client that sent no server name and connected to `address`.
    pub(crate) fn for_address(&self, address: IpAddr) -> Self {
        Self {
            address: Some(address.to_canonical()),
            ..self.clone()
        }
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let wanted = Wanted {
            schemes: hello.signature_schemes(),
            any_tag: &self.any_tag,
            now: self.clock.now(),
        };
        match hello.server_name() {
            // rustls has already made it lower case and refused what is no name.
            Some(name) => self.index.find(name, wanted),
            None => self.index.find(&self.address?.to_string(), wanted),
        }
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver")
            .field("any_tag", &self.any_tag)
            .finish_non_exhaustive()
    }
}
