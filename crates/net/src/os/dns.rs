//! Asking name servers. A resolver is made for each question: whoever asks remembers the answer
//! himself, and what `resolv.conf` and the hosts file say may change at any time.

use std::io;
use std::net::IpAddr;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::system_conf::read_system_conf;

use crate::{Families, NameServer, NameServers, Service};

/// The addresses of a name: those of the hosts file, or what name servers say.
pub(crate) async fn addresses(
    servers: &NameServers,
    host: &str,
    families: Families,
) -> io::Result<Vec<IpAddr>> {
    let resolver = resolver(servers, families).await?;
    let found = resolver.lookup_ip(host).await.map_err(explain)?;
    Ok(found.iter().filter(|ip| families.include(*ip)).collect())
}

/// The service records of a name, in the order of the answer.
pub(crate) async fn services(servers: &NameServers, name: &str) -> io::Result<Vec<Service>> {
    let resolver = resolver(servers, Families::Both).await?;
    let found = resolver.srv_lookup(name).await.map_err(explain)?;
    let records = found.answers().iter();
    Ok(records
        .filter_map(|record| match &record.data {
            RData::SRV(service) => Some(Service {
                priority: service.priority,
                weight: service.weight,
                target: service.target.to_utf8().into(),
                port: service.port,
            }),
            _ => None,
        })
        .collect())
}

/// That there is nothing is an answer, too; everything else is not.
fn explain(error: NetError) -> io::Error {
    let kind = if error.is_no_records_found() {
        io::ErrorKind::NotFound
    } else if matches!(error, NetError::Timeout) {
        io::ErrorKind::TimedOut
    } else {
        io::ErrorKind::Other
    };
    io::Error::new(kind, error)
}

async fn resolver(servers: &NameServers, families: Families) -> io::Result<TokioResolver> {
    let system = tokio::task::spawn_blocking(read_system_conf);
    let system = system.await.map_err(io::Error::other)?;
    let (mut config, mut options) = match system {
        Ok(system) => system,
        // Whom to ask is known all the same.
        Err(_) if !servers.servers.is_empty() => {
            (ResolverConfig::default(), ResolverOpts::default())
        }
        Err(error) => return Err(io::Error::other(error)),
    };
    if !servers.servers.is_empty() {
        let (domain, search, _) = config.into_parts();
        config = ResolverConfig::from_parts(domain, search, configured(servers).await?);
    }
    options.cache_size = 0;
    options.timeout = servers.timeout.unwrap_or(options.timeout);
    options.ip_strategy = match families {
        Families::Both => LookupIpStrategy::Ipv4AndIpv6,
        Families::V4 => LookupIpStrategy::Ipv4Only,
        Families::V6 => LookupIpStrategy::Ipv6Only,
    };
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    *builder.options_mut() = options;
    builder.build().map_err(io::Error::other)
}

async fn configured(servers: &NameServers) -> io::Result<Vec<NameServerConfig>> {
    let mut all = Vec::new();
    for server in &servers.servers {
        let ips: Vec<IpAddr> = match server.host.parse() {
            Ok(ip) => vec![ip],
            Err(_) => super::look_up(&server.host, server.port)
                .await?
                .into_iter()
                .map(|address| address.ip())
                .collect(),
        };
        all.extend(ips.into_iter().map(|ip| config(server, ip)));
    }
    Ok(all)
}

fn config(server: &NameServer, ip: IpAddr) -> NameServerConfig {
    let at = |mut connection: ConnectionConfig| {
        connection.port = server.port;
        connection
    };
    let mut connections = vec![at(ConnectionConfig::tcp())];
    if !server.tcp_only {
        connections.insert(0, at(ConnectionConfig::udp()));
    }
    NameServerConfig::new(ip, true, connections)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use tokio::net::UdpSocket;

    use super::*;

    /// A name server that gives the same answer records, or error, to one question after the
    /// other.
    async fn name_server(answer: fn(&[u8]) -> Vec<u8>) -> NameServers {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = socket.local_addr().unwrap().port();
        tokio::spawn(async move {
            let mut question = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut question).await {
                let answer = answer(&question[..length]);
                socket.send_to(&answer, from).await.unwrap();
            }
        });
        let server = NameServer::parse(&format!("127.0.0.1:{port}"));
        NameServers {
            servers: [server.unwrap()].into(),
            timeout: Some(Duration::from_secs(5)),
        }
    }

    /// The question as an answer with this code, and these records.
    fn answer(question: &[u8], code: u8, records: &[&[u8]]) -> Vec<u8> {
        let end = 12 + question[12..].iter().position(|&byte| byte == 0).unwrap() + 5;
        let mut message = question[..end].to_vec();
        message[2..4].copy_from_slice(&[0x81, 0x80 | code]);
        message[6..12].copy_from_slice(&[0, u8::try_from(records.len()).unwrap(), 0, 0, 0, 0]);
        for record in records {
            message.extend_from_slice(&[0xc0, 12]);
            message.extend_from_slice(record);
        }
        message
    }

    const V4: u8 = 1;

    fn asks_for(question: &[u8], kind: u8) -> bool {
        let end = 12 + question[12..].iter().position(|&byte| byte == 0).unwrap();
        question[end + 2] == kind
    }

    #[tokio::test]
    async fn the_servers_that_are_named_are_asked() {
        let servers = name_server(|question| {
            let record: &[u8] = &[0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 0, 0, 7];
            let records = if asks_for(question, V4) {
                &[record][..]
            } else {
                &[]
            };
            answer(question, 0, records)
        })
        .await;
        let found = addresses(&servers, "app.test.", Families::Both)
            .await
            .unwrap();
        assert_eq!(found, [IpAddr::from([10, 0, 0, 7])]);
    }

    #[tokio::test]
    async fn services_are_read_with_priority_weight_and_port() {
        let servers = name_server(|question| {
            // 10 5 8080 a.
            let record = [
                0, 33, 0, 1, 0, 0, 0, 9, 0, 9, 0, 10, 0, 5, 0x1f, 0x90, 1, b'a', 0,
            ];
            answer(question, 0, &[&record])
        })
        .await;
        let found = services(&servers, "_http._tcp.app.test.").await.unwrap();
        let expected = Service {
            priority: 10,
            weight: 5,
            target: "a.".into(),
            port: 8080,
        };
        assert_eq!(found, [expected]);
    }

    #[tokio::test]
    async fn that_there_is_nothing_is_told_from_that_nobody_answers() {
        let none = name_server(|question| answer(question, 3, &[])).await;
        let error = services(&none, "x.test.").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        let failing = name_server(|question| answer(question, 2, &[])).await;
        let error = services(&failing, "x.test.").await.unwrap_err();
        assert_ne!(error.kind(), io::ErrorKind::NotFound);
    }
}
