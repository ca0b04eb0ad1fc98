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
