//! The reverse proxy between raw bytes on both sides: clients through hyper's server, as a worker
//! serves them, and scripted upstreams on the memory network.

mod connections;
mod failures;
mod forwarding;
mod stage;
mod streaming;
mod upgrades;

use evenkeel_plan::http::handlers::ReverseProxy as Plan;
use evenkeel_plan::http::handlers::reverse_proxy::{
    HealthChecks, HttpTransport, LoadBalancing, PassiveHealthChecks, SelectionPolicy, Transport,
    Upstream,
};
use evenkeel_plan::value::Duration as PlanDuration;

use self::stage::{Stage, read_head, read_to_end, write};
use crate::captured_log::Log;

/// Upstreams `10.0.0.1:80`, `10.0.0.2:80` … tried in this order.
fn plan(upstreams: u8) -> Plan {
    let upstream = |last| Upstream {
        dial: format!("10.0.0.{last}:80"),
        max_requests: 0,
    };
    Plan {
        upstreams: (1..=upstreams).map(upstream).collect(),
        load_balancing: Some(LoadBalancing {
            selection_policy: Some(SelectionPolicy::First {}),
            ..LoadBalancing::default()
        }),
        ..Plan::default()
    }
}

/// The same with retries for a time, every 250 ms at one upstream.
fn retrying(upstreams: u8, seconds: i64) -> Plan {
    let mut plan = plan(upstreams);
    let balancing = plan.load_balancing.get_or_insert_default();
    balancing.try_duration = PlanDuration::from_secs(seconds);
    plan
}

/// One failure takes an upstream out for ten seconds.
fn strict(mut plan: Plan) -> Plan {
    plan.health_checks = Some(HealthChecks {
        active: None,
        passive: Some(PassiveHealthChecks {
            fail_duration: PlanDuration::from_secs(10),
            max_fails: 1.into(),
            ..PassiveHealthChecks::default()
        }),
    });
    plan
}

fn with_transport(mut plan: Plan, transport: HttpTransport) -> Plan {
    plan.transport = Some(Transport::Http(Box::new(transport)));
    plan
}

const GET: &str = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Runs a test on a stage. Tasks of hyper and of upstreams are local to it.
async fn stage(plan: &Plan, test: impl AsyncFnOnce(Stage)) {
    tokio::task::LocalSet::new()
        .run_until(test(Stage::new(plan)))
        .await;
}
