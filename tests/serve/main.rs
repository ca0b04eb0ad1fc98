//! Behaviour of the running server, on a memory network and under paused time: whatever takes
//! time here takes exactly as long as the test says, and no test waits.

mod access_log;
mod addresses;
mod bad_client;
mod bad_upstream;
mod balancing;
mod drain;
mod dynamic;
mod failover;
mod faults;
mod fields;
mod handle_response;
mod health;
mod hostile;
mod http2;
mod http2_fields;
mod http2_rules;
mod http2_tunnels;
mod isolation;
mod matchers;
mod metrics;
mod overload;
mod retries;
mod routing;
mod smuggling;
mod streaming;
mod streams;
mod time_limits;
mod tls;
mod upgrades;
mod upstream_connections;
mod upstream_http2;
mod upstream_tls;

use std::time::Duration;

/// Two upstreams with the options of the article this project started from.
const ARTICLE: &str = "
http://a.test {
	reverse_proxy 10.0.0.1:80 10.0.0.2:80 {
		lb_policy round_robin
		lb_try_duration 3s
		lb_try_interval 250ms
		fail_duration 10s
		max_fails 1
		transport http {
			dial_timeout 1s
			response_header_timeout 2s
		}
	}
}
";

/// One upstream without options.
const PLAIN: &str = "
http://a.test {
	reverse_proxy 10.0.0.1:80
}
";

const ONE: &str = "10.0.0.1:80";
const TWO: &str = "10.0.0.2:80";

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

const fn secs(count: u64) -> Duration {
    Duration::from_secs(count)
}
