//! Upstreams that are taken out, and what clients get meanwhile.

use crate::harness::{Case, Reply, ok};

#[test]
fn a_strike_takes_an_upstream_out() {
    Case::proxy("$A $B", "lb_policy first\nfail_duration 60s")
        .refusing()
        .named()
        .get("/", &[])
        .times(3)
        .same();
}

#[test]
fn all_upstreams_out_is_a_503() {
    Case::proxy("$A", "fail_duration 60s\nmax_fails 2")
        .refusing()
        .get("/", &[])
        .times(4)
        .same();
}

#[test]
fn statuses_and_latencies_can_be_strikes() {
    Case::proxy(
        "$A $B",
        "lb_policy first\nfail_duration 60s\nmax_fails 2\nunhealthy_status 5xx 404",
    )
    .upstream([
        Reply::new("500 Oops", &[], "1"),
        ok("2"),
        Reply::new("404 Not Found", &[], "3"),
        ok("4"),
    ])
    .named()
    .get("/", &[])
    .times(5)
    .same();
}

/// What differs between the two servers' probes: see docs/differences.md.
fn probing(case: Case) -> Case {
    case.not_comparing("user-agent")
        .not_comparing("connection")
        .in_any_order()
}

#[test]
fn a_probe_that_fails_takes_an_upstream_out() {
    let options = "lb_policy first\nhealth_uri /health?x=1\nhealth_interval 200ms";
    let case = Case::proxy("$A $B", options)
        .named()
        .probed(Reply::new("500 Oops", &[], "sick"))
        .named()
        .probed(ok("well"))
        .get("/", &[])
        .times(2);
    probing(case).same();
}

#[test]
fn a_probe_is_what_it_is_told_to_be() {
    let case = Case::proxy(
        "$A $B",
        "lb_policy first
         health_uri /health
         health_interval 200ms
         health_method POST
         health_request_body ping
         health_status 2xx
         health_body ^pong
         health_headers {
             Host probe.example
             X-Probe one two
         }",
    )
    .named()
    .probed(ok("no pong"))
    .named()
    .probed(ok("pong!"))
    .get("/", &[]);
    probing(case).same();
}

#[test]
fn requests_beyond_the_count_find_nobody() {
    Case::proxy("$A", "unhealthy_request_count 1")
        .named()
        .get("/", &[])
        .times(2)
        .same();
}
