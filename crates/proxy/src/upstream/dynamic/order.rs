//! From the answers of name servers to addresses to dial, in the order in which `first` takes
//! them.

use std::net::IpAddr;

use evenkeel_net::Service;
use rand::{Rng, RngExt as _};

/// More upstreams than any pool has use for.
const MOST: usize = 1024;

/// The addresses with a port. They are sorted: name servers shuffle, and whoever balances does not
/// want a new order each time.
pub(super) fn of_addresses(found: &[IpAddr], port: &str) -> Vec<String> {
    let mut ips = found.to_vec();
    ips.sort_unstable();
    ips.dedup();
    let dial = |ip: &IpAddr| match ip {
        IpAddr::V4(ip) => format!("{ip}:{port}"),
        IpAddr::V6(ip) => format!("[{ip}]:{port}"),
    };
    ips.iter().take(MOST).map(dial).collect()
}

/// The services by priority, and at random by weight among equals (RFC 2782). Caddy: the same, by
/// Go's resolver.
pub(super) fn of_services(found: &[Service], network: &str, rng: &mut impl Rng) -> Vec<String> {
    let mut services: Vec<&Service> = found.iter().collect();
    services.sort_unstable();
    for equals in services.chunk_by_mut(|one, two| one.priority == two.priority) {
        shuffle(equals, rng);
    }
    let dial = |service: &&Service| {
        let Service { target, port, .. } = service;
        if network.is_empty() {
            format!("{target}:{port}")
        } else {
            format!("{network}/{target}:{port}")
        }
    };
    services.iter().take(MOST).map(dial).collect()
}

/// Go: `net/dnsclient.go`, `shuffleByWeight`.
fn shuffle(mut services: &mut [&Service], rng: &mut impl Rng) {
    let weights = services.iter().map(|service| u32::from(service.weight));
    let mut sum: u32 = weights.sum();
    while sum > 0 && services.len() > 1 {
        let drawn = rng.random_range(0..sum);
        let mut passed = 0;
        let winner = services.iter().position(|service| {
            passed += u32::from(service.weight);
            passed > drawn
        });
        services.swap(0, winner.unwrap_or(0));
        sum -= u32::from(services[0].weight);
        services = &mut services[1..];
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand::rngs::SmallRng;

    use super::*;

    fn service(priority: u16, weight: u16, target: &str) -> Service {
        Service {
            priority,
            weight,
            target: target.into(),
            port: 80,
        }
    }

    #[test]
    fn addresses_are_sorted_and_named_once() {
        let ips = ["::1", "10.0.0.2", "10.0.0.1", "10.0.0.2"];
        let ips: Vec<IpAddr> = ips
            .iter()
            .map(|ip| ip.parse().expect("an address"))
            .collect();
        assert_eq!(
            of_addresses(&ips, "8080"),
            ["10.0.0.1:8080", "10.0.0.2:8080", "[::1]:8080"]
        );
    }

    #[test]
    fn lower_priorities_come_first_and_heavier_weights_more_often() {
        let services = [
            service(20, 0, "backup."),
            service(10, 1, "light."),
            service(10, 3, "heavy."),
        ];
        let mut rng = SmallRng::seed_from_u64(1);
        let mut heavy = 0;
        for _ in 0..1000 {
            let dials = of_services(&services, "", &mut rng);
            assert_eq!(dials[2], "backup.:80");
            heavy += usize::from(dials[0] == "heavy.:80");
        }
        assert!((700..800).contains(&heavy), "three of four: {heavy}");
    }

    #[test]
    fn a_network_stands_in_front() {
        let mut rng = SmallRng::seed_from_u64(1);
        let dials = of_services(&[service(1, 0, "a.")], "tcp4", &mut rng);
        assert_eq!(dials, ["tcp4/a.:80"]);
    }
}
