//! Where an upstream may be, and how its address is written (`reverse_proxy` and `to`).

use crate::harness::Case;

#[test]
fn to_adds_upstreams_to_those_on_the_line() {
    Case::proxy("$A", "to $B\nlb_policy round_robin")
        .named()
        .named()
        .get("/", &[])
        .times(4)
        .same();
}

#[test]
fn a_scheme_in_front_of_an_upstream_is_no_part_of_its_name() {
    Case::site("reverse_proxy http://$A")
        .named()
        .get("/", &[])
        .same();
}

#[test]
fn a_placeholder_in_an_address_is_filled_in_for_each_request() {
    Case::site("reverse_proxy 127.0.0.1:{header.X-Port}")
        .named()
        .get("/", &["X-Port: $PA"])
        .get("/", &["X-Port: 1"])
        .get("/", &[])
        .same();
    Case::site("vars port $PA\nreverse_proxy {vars.host}:{vars.port}")
        .named()
        .get("/", &[])
        .same();
}

#[test]
fn a_placeholder_that_gives_no_address_is_a_502_at_once() {
    for port in ["X-Port: seven", "X-Port: 80-81", "X-Port: 65536"] {
        Case::proxy("127.0.0.1:{header.X-Port}", "lb_try_duration 2s")
            .get("/", &[port])
            .same();
    }
}

#[test]
fn an_upstream_with_a_placeholder_is_one_upstream_whatever_becomes_of_it() {
    Case::proxy("127.0.0.1:{header.X-Port}", "fail_duration 10s")
        .get("/", &["X-Port: 1"])
        .get("/", &["X-Port: 2"])
        .same();
}

#[test]
fn a_matcher_chooses_the_proxy() {
    Case::site("reverse_proxy /api/* $A\nreverse_proxy $B")
        .named()
        .named()
        .get("/api/x", &[])
        .get("/api", &[])
        .get("/x?y=z", &[])
        .same();
}
