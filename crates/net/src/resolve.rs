//! Names to addresses, remembered for seconds: long enough to spare a look-up per connection,
//! short enough to find a container that came back elsewhere.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use crate::Network;

/// How long an answer is believed.
const LIFETIME: Duration = Duration::from_secs(5);

/// How many names are remembered; a plan has few.
const CAPACITY: usize = 1024;

/// One worker's memory of names. Failures are not remembered.
#[derive(Debug, Default)]
pub struct Resolver {
    answers: RefCell<HashMap<Box<str>, Answer>>,
}

#[derive(Debug)]
struct Answer {
    addresses: Rc<[SocketAddr]>,
    at: Instant,
}

impl Answer {
    fn is_believed(&self) -> bool {
        self.at.elapsed() < LIFETIME
    }
}

impl Resolver {
    /// All addresses of `host`, which may be an IP address, with `port`.
    pub async fn resolve(
        &self,
        network: &Network,
        host: &str,
        port: u16,
    ) -> io::Result<Rc<[SocketAddr]>> {
        if let Ok(ip) = host.parse() {
            return Ok(Rc::new([SocketAddr::new(ip, port)]));
        }
        if let Some(addresses) = self.remembered(host, port) {
            return Ok(addresses);
        }
        let addresses: Rc<[SocketAddr]> = network.look_up(host, port).await?.into();
        if addresses.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                "the name has no address",
            ));
        }
        self.remember(host, &addresses);
        Ok(addresses)
    }

    /// Whether [`Self::resolve`] would answer from memory, which may be out of date.
    pub fn remembers(&self, host: &str) -> bool {
        let answers = self.answers.borrow();
        answers.get(host).is_some_and(Answer::is_believed)
    }

    /// Forgets a name whose addresses did not answer.
    pub fn forget(&self, host: &str) {
        self.answers.borrow_mut().remove(host);
    }

    fn remembered(&self, host: &str, port: u16) -> Option<Rc<[SocketAddr]>> {
        let answers = self.answers.borrow();
        let answer = answers.get(host).filter(|answer| answer.is_believed())?;
        if answer
            .addresses
            .first()
            .is_some_and(|first| first.port() == port)
        {
            return Some(Rc::clone(&answer.addresses));
        }
        Some(
            answer
                .addresses
                .iter()
                .map(|a| SocketAddr::new(a.ip(), port))
                .collect(),
        )
    }

    fn remember(&self, host: &str, addresses: &Rc<[SocketAddr]>) {
        let mut answers = self.answers.borrow_mut();
        if answers.len() >= CAPACITY {
            answers.retain(|_, answer| answer.is_believed());
        }
        if answers.len() < CAPACITY {
            let answer = Answer {
                addresses: Rc::clone(addresses),
                at: Instant::now(),
            };
            answers.insert(host.into(), answer);
        }
    }
}

#[cfg(all(test, feature = "memory"))]
mod tests {
    use super::*;
    use crate::memory::MemoryNetwork;

    fn address(last: u8) -> SocketAddr {
        ([10, 0, 0, last], 80).into()
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_believed_for_seconds_only() -> io::Result<()> {
        let memory = MemoryNetwork::default();
        let network = Network::Memory(memory.clone());
        let resolver = Resolver::default();
        memory.set_name("app", &[address(1).ip()]);
        assert_eq!(*resolver.resolve(&network, "app", 80).await?, [address(1)]);
        memory.set_name("app", &[address(2).ip()]);
        assert_eq!(*resolver.resolve(&network, "app", 80).await?, [address(1)]);
        tokio::time::advance(LIFETIME).await;
        assert_eq!(*resolver.resolve(&network, "app", 80).await?, [address(2)]);
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn a_forgotten_name_is_looked_up_at_once() -> io::Result<()> {
        let memory = MemoryNetwork::default();
        let network = Network::Memory(memory.clone());
        let resolver = Resolver::default();
        memory.set_name("app", &[address(1).ip()]);
        resolver.resolve(&network, "app", 80).await?;
        assert!(resolver.remembers("app"));
        memory.set_name("app", &[address(2).ip()]);
        resolver.forget("app");
        assert!(!resolver.remembers("app"));
        assert_eq!(*resolver.resolve(&network, "app", 80).await?, [address(2)]);
        Ok(())
    }
}
