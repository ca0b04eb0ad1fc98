//! Who gets a request.

use crate::harness::Case;

fn with_policy(policy: &str) -> Case {
    Case::proxy("$A $B $C", &format!("lb_policy {policy}"))
        .named()
        .named()
        .named()
}

#[test]
fn round_robin_begins_with_the_second() {
    with_policy("round_robin").get("/", &[]).times(7).same();
}

#[test]
fn weights_give_turns() {
    with_policy("weighted_round_robin 3 1 1")
        .get("/", &[])
        .times(11)
        .same();
    with_policy("weighted_round_robin 1 0 2")
        .get("/", &[])
        .times(7)
        .same();
}

#[test]
fn first_is_first() {
    with_policy("first").get("/", &[]).times(3).same();
}

#[test]
fn random_policies_answer() {
    // Who answers is chance, so there is one only.
    for policy in ["random", "random_choose 2", "least_conn"] {
        Case::proxy("$A", &format!("lb_policy {policy}"))
            .named()
            .get("/", &[])
            .times(3)
            .same();
    }
}

/// Sends many requests that differ in one place, `N`.
fn spread(case: Case, target: &str, fields: &[&str]) -> Case {
    (0..24).fold(case, |case, number| {
        let number = number.to_string();
        let fields: Vec<String> = fields
            .iter()
            .map(|line| line.replace('N', &number))
            .collect();
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        case.get(&target.replace('N', &number), &fields)
    })
}

#[test]
fn keys_choose_the_same_upstreams_as_with_caddy() {
    spread(with_policy("uri_hash"), "/some/N?q=N", &[]).same();
    spread(with_policy("header X-Key"), "/", &["X-Key: key-N"]).same();
    spread(with_policy("header Host"), "/", &["Host: n-N.example"]).same();
    spread(with_policy("query key"), "/?key=N&key=again", &[]).same();
    with_policy("ip_hash").get("/", &[]).times(2).same();
    let trusted = "servers-do-not-trust";
    let client = with_policy("client_ip_hash");
    spread(
        client,
        "/",
        &["X-Forwarded-For: 10.0.0.N", &format!("X-Other: {trusted}")],
    )
    .same();
}

#[test]
fn without_a_key_the_fallback_chooses() {
    let fallback = |policy: &str| with_policy(&format!("{policy} {{\nfallback first\n}}"));
    fallback("header X-Key").get("/", &[]).times(3).same();
    fallback("query key")
        .get("/", &[])
        .get("/?key=", &[])
        .get("/?other=1", &[])
        .same();
}

#[test]
fn a_cookie_binds_a_client_to_its_upstream() {
    let cookie = "cookie sticky secret {\nfallback round_robin\nmax_age 1h\n}";
    with_policy(cookie)
        .get("/", &[])
        .get("/", &["Cookie: sticky=nobody"])
        .get("/", &["Cookie: other=1; sticky="])
        .same();
    with_policy("cookie {\nfallback first\n}")
        .get("/", &[])
        .times(2)
        .same();
}
