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
fn a_matcher_chooses_the_proxy() {
    Case::site("reverse_proxy /api/* $A\nreverse_proxy $B")
        .named()
        .named()
        .get("/api/x", &[])
        .get("/api", &[])
        .get("/x?y=z", &[])
        .same();
}
