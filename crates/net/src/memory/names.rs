//! What the name servers of a memory network say.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;

use crate::{NameServers, Service};

/// Whether name servers answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dns {
    /// They do.
    #[default]
    Works,
    /// They say that they cannot.
    Fails,
    /// They say nothing.
    IsSilent,
}

/// Records by who has them and their name. The system's servers have no host.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) state: Dns,
    pub(super) addresses: HashMap<(String, String), Vec<IpAddr>>,
    pub(super) services: HashMap<(String, String), Vec<Service>>,
    pub(super) questions: usize,
}

impl Names {
    /// Counts a question and says what comes of it.
    pub(super) fn ask(&mut self) -> Dns {
        self.questions += 1;
        self.state
    }

    /// The records of a name at the first of these servers; that there is nothing is an error.
    pub(super) fn find<T: Clone>(
        records: &HashMap<(String, String), Vec<T>>,
        servers: &NameServers,
        name: &str,
    ) -> io::Result<Vec<T>> {
        let host = servers.servers.first().map_or("", |server| &server.host);
        let found = records.get(&(host.to_owned(), name.to_owned()));
        match found {
            Some(found) if !found.is_empty() => Ok(found.clone()),
            Some(_) | None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}
