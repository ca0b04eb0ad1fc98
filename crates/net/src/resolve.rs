//! Names to addresses, remembered for seconds: long enough to spare a look-up per connection,
//! short enough to find a container that came back elsewhere.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use crate::{Families, NameServers, Network};

/// How long an answer is believed.
const LIFETIME: Duration = Duration::from_secs(5);

/// How many names are remembered; a plan has few.
const CAPACITY: usize = 1024;

/// One worker's memory of names. Failures are not remembered.
#[derive(Debug, Default)]
pub struct Resolver {
    answers: RefCell<Answers>,
}

/// What the system knows, and what other name servers know.
#[derive(Debug, Default)]
struct Answers {
    system: HashMap<Box<str>, Answer>,
    others: HashMap<NameServers, HashMap<Box<str>, Answer>>,
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
    /// All addresses of `host`, which may be an IP address, with `port`: as the system knows it,
    /// unless `servers` names others.
    pub async fn resolve(
        &self,
        network: &Network,
        servers: &NameServers,
        (host, port): (&str, u16),
    ) -> io::Result<Rc<[SocketAddr]>> {
        if let Ok(ip) = host.parse() {
            return Ok(Rc::new([SocketAddr::new(ip, port)]));
        }
        if let Some(addresses) = self.remembered(servers, host, port) {
            return Ok(addresses);
        }
        let addresses: Rc<[SocketAddr]> = if servers.servers.is_empty() {
            network.look_up(host, port).await?.into()
        } else {
            let found = network.ask_addresses(servers, host, Families::Both).await?;
            found.iter().map(|ip| SocketAddr::new(*ip, port)).collect()
        };
        if addresses.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                "the name has no address",
            ));
        }
        self.remember(servers, host, &addresses);
        Ok(addresses)
    }

    /// Whether [`Self::resolve`] would answer from memory, which may be out of date.
    pub fn remembers(&self, servers: &NameServers, host: &str) -> bool {
        let answers = self.answers.borrow();
        let answer = answers.of(servers).and_then(|answers| answers.get(host));
        answer.is_some_and(Answer::is_believed)
    }

    /// Forgets a name whose addresses did not answer.
    pub fn forget(&self, servers: &NameServers, host: &str) {
        self.answers.borrow_mut().of_mut(servers).remove(host);
    }

    fn remembered(&self, servers: &NameServers, host: &str, port: u16) -> Option<Rc<[SocketAddr]>> {
        let answers = self.answers.borrow();
        let answer = answers.of(servers)?.get(host);
        let answer = answer.filter(|answer| answer.is_believed())?;
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

    fn remember(&self, servers: &NameServers, host: &str, addresses: &Rc<[SocketAddr]>) {
        let mut answers = self.answers.borrow_mut();
        let answers = answers.of_mut(servers);
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

impl Answers {
    fn of(&self, servers: &NameServers) -> Option<&HashMap<Box<str>, Answer>> {
        if servers.servers.is_empty() {
            return Some(&self.system);
        }
        self.others.get(servers)
    }

    fn of_mut(&mut self, servers: &NameServers) -> &mut HashMap<Box<str>, Answer> {
        if servers.servers.is_empty() {
            return &mut self.system;
        }
        // A plan has few; those of plans that were replaced need not be kept.
        if self.others.len() >= CAPACITY {
            self.others.clear();
        }
        self.others.entry(servers.clone()).or_default()
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
        let (resolver, system) = (Resolver::default(), NameServers::default());
        memory.set_name("app", &[address(1).ip()]);
        assert_eq!(
            *resolver.resolve(&network, &system, ("app", 80)).await?,
            [address(1)]
        );
        memory.set_name("app", &[address(2).ip()]);
        assert_eq!(
            *resolver.resolve(&network, &system, ("app", 80)).await?,
            [address(1)]
        );
        tokio::time::advance(LIFETIME).await;
        assert_eq!(
            *resolver.resolve(&network, &system, ("app", 80)).await?,
            [address(2)]
        );
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn a_forgotten_name_is_looked_up_at_once() -> io::Result<()> {
        let memory = MemoryNetwork::default();
        let network = Network::Memory(memory.clone());
        let (resolver, system) = (Resolver::default(), NameServers::default());
        memory.set_name("app", &[address(1).ip()]);
        resolver.resolve(&network, &system, ("app", 80)).await?;
        assert!(resolver.remembers(&system, "app"));
        memory.set_name("app", &[address(2).ip()]);
        resolver.forget(&system, "app");
        assert!(!resolver.remembers(&system, "app"));
        assert_eq!(
            *resolver.resolve(&network, &system, ("app", 80)).await?,
            [address(2)]
        );
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn what_other_name_servers_say_is_remembered_apart() -> io::Result<()> {
        let memory = MemoryNetwork::default();
        let network = Network::Memory(memory.clone());
        memory.set_name("app", &[address(1).ip()]);
        memory.set_name_at("dns.test", "app", &[address(2).ip()]);
        let resolver = Resolver::default();
        let system = NameServers::default();
        let other = NameServers {
            servers: crate::NameServer::parse("dns.test").into_iter().collect(),
            timeout: None,
        };
        for _ in 0..2 {
            let of_system = resolver.resolve(&network, &system, ("app", 80)).await?;
            assert_eq!(*of_system, [address(1)]);
            let of_other = resolver.resolve(&network, &other, ("app", 80)).await?;
            assert_eq!(*of_other, [address(2)]);
        }
        assert_eq!(memory.questions(), 2, "the second time from memory");
        Ok(())
    }
}
