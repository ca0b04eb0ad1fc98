//! Tests of completion, on plans as JSON.

use serde_json::{Value, json};

use super::*;

fn completed(plan: Value, loaded: &[&str]) -> (Value, Vec<String>) {
    let plan = evenkeel_plan::document::from_document(plan).expect("the test's plan is one");
    let loaded: Vec<String> = loaded.iter().map(|name| (*name).to_owned()).collect();
    let completed = complete(plan, &loaded).expect("the test's addresses are addresses");
    let plan = serde_json::to_value(&completed.plan).expect("a plan is JSON");
    (plan, completed.managed)
}

/// A plan with one server for these hosts at `:443`, with more fields for the server.
fn site(hosts: &[&str], more: &Value) -> Value {
    let mut server = json!({ "listen": [":443"], "routes": [{ "match": [{ "host": hosts }] }] });
    for (name, value) in more.as_object().expect("fields") {
        server[name] = value.clone();
    }
    json!({ "apps": { "http": { "servers": { "srv0": server } } } })
}

fn redirect(location: &str, hosts: &[&str]) -> Value {
    let mut matcher = json!({ "protocol": "http" });
    if !hosts.is_empty() {
        matcher["host"] = json!(hosts);
    }
    json!({
        "match": [matcher],
        "handle": [{
            "handler": "static_response",
            "status_code": 308,
            "headers": { "Connection": ["close"], "Location": [location] },
            "close": true,
        }],
    })
}

const STANDARD: &str = "https://{http.request.host}{http.request.uri}";
const REDIRECTS: &str = "/apps/http/servers/remaining_auto_https_redirects";

fn at<'v>(plan: &'v Value, pointer: &str) -> &'v Value {
    plan.pointer(pointer).unwrap_or(&Value::Null)
}

#[test]
fn a_host_gets_tls_a_certificate_and_a_redirect() {
    let (plan, managed) = completed(site(&["a.example", "b.example"], &json!({})), &[]);
    assert_eq!(managed, ["a.example", "b.example"]);
    assert_eq!(
        at(&plan, "/apps/http/servers/srv0/tls_connection_policies"),
        &json!([{}])
    );
    let hosts = ["a.example", "b.example"];
    let expected = json!({
        "listen": [":80"],
        "routes": [redirect(STANDARD, &hosts), redirect(STANDARD, &[])],
    });
    assert_eq!(at(&plan, REDIRECTS), &expected);
    let policies = json!([{ "issuers": [{ "module": "acme" }] }]);
    assert_eq!(at(&plan, "/apps/tls/automation/policies"), &policies);
}

#[test]
fn internal_names_get_the_local_authority() {
    let hosts = ["localhost", "a.example", "10.0.0.1", "db.internal"];
    let (plan, managed) = completed(site(&hosts, &json!({})), &[]);
    assert_eq!(
        managed,
        ["10.0.0.1", "a.example", "db.internal", "localhost"]
    );
    let policies = json!([
        { "subjects": ["10.0.0.1", "db.internal", "localhost"], "issuers": [{ "module": "internal" }] },
        { "issuers": [{ "module": "acme" }] },
    ]);
    assert_eq!(at(&plan, "/apps/tls/automation/policies"), &policies);
}

#[test]
fn public_addresses_are_internal_only_while_nobody_named_an_issuer() {
    let without = site(&["203.0.113.1"], &json!({}));
    let (plan, _) = completed(without.clone(), &[]);
    let issuer = "/apps/tls/automation/policies/0/issuers/0/module";
    assert_eq!(at(&plan, issuer), "internal");
    let mut with_policy = without;
    let policy = json!({ "issuers": [{ "module": "acme", "ca": "https://ca.example/dir" }] });
    with_policy["apps"]["tls"] = json!({ "automation": { "policies": [policy] } });
    let (plan, _) = completed(with_policy, &[]);
    assert_eq!(at(&plan, issuer), "acme");
}

#[test]
fn a_policy_of_internal_names_is_not_left_to_public_authorities() {
    let mut plan = site(&["localhost"], &json!({}));
    plan["apps"]["tls"] = json!({ "automation": { "policies": [{ "subjects": ["localhost"] }] } });
    let (plan, _) = completed(plan, &[]);
    let expected = json!({ "subjects": ["localhost"], "issuers": [{ "module": "internal" }] });
    assert_eq!(at(&plan, "/apps/tls/automation/policies/0"), &expected);
}

#[test]
fn plain_http_stays_plain() {
    let plan = json!({ "apps": { "http": { "servers": {
        "srv0": { "listen": [":80"], "routes": [{ "match": [{ "host": ["a.example"] }] }] },
        "srv1": { "listen": [":8080"] },
    } } } });
    assert_eq!(completed(plan.clone(), &[]), (plan, Vec::new()));
}

#[test]
fn what_is_switched_off_is_left_out() {
    let hosts = ["a.example", "b.example"];
    let with =
        |settings: Value| completed(site(&hosts, &json!({ "automatic_https": settings })), &[]);

    let (plan, managed) = with(json!({ "disable": true }));
    assert_eq!(managed, Vec::<String>::new());
    assert_eq!(
        at(&plan, "/apps/http/servers/srv0/tls_connection_policies"),
        &Value::Null
    );

    let (plan, managed) = with(json!({ "disable_redirects": true }));
    assert_eq!(managed, hosts);
    assert_eq!(at(&plan, REDIRECTS), &Value::Null);

    let (plan, managed) = with(json!({ "disable_certificates": true }));
    assert_eq!(managed, Vec::<String>::new());
    assert_eq!(
        at(&plan, "/apps/http/servers/srv0/tls_connection_policies"),
        &json!([{}])
    );
    assert_eq!(at(&plan, "/apps/tls"), &Value::Null);

    let (plan, managed) = with(json!({ "skip": ["a.example"] }));
    assert_eq!(managed, ["b.example"]);
    let first = format!("{REDIRECTS}/routes/0");
    assert_eq!(at(&plan, &first), &redirect(STANDARD, &["b.example"]));

    let (plan, managed) = with(json!({ "skip_certificates": ["a.example"] }));
    assert_eq!(managed, ["b.example"]);
    assert_eq!(at(&plan, &first), &redirect(STANDARD, &hosts));
}

#[test]
fn names_on_loaded_certificates_are_not_managed() {
    let hosts = ["a.example", "x.b.example"];
    let (plan, managed) = completed(site(&hosts, &json!({})), &["A.example", "*.b.example"]);
    assert_eq!(managed, Vec::<String>::new());
    assert_eq!(
        at(&plan, &format!("{REDIRECTS}/routes/0")),
        &redirect(STANDARD, &["x.b.example", "a.example"])
    );
    let ignoring = json!({ "automatic_https": { "ignore_loaded_certificates": true } });
    let (_, managed) = completed(site(&hosts, &ignoring), &["a.example", "*.b.example"]);
    assert_eq!(managed, hosts);
}

#[test]
fn a_wildcard_makes_certificates_below_it_needless() {
    let hosts = [
        "*.a.example",
        "x.a.example",
        "y.a.example",
        "z.x.a.example",
        "*.b.example",
    ];
    let mut plan = site(&hosts, &json!({}));
    plan["apps"]["tls"] = json!({ "certificates": { "automate": ["y.a.example"] } });
    let (_, managed) = completed(plan, &[]);
    assert_eq!(
        managed,
        ["*.a.example", "*.b.example", "y.a.example", "z.x.a.example"]
    );
}

#[test]
fn names_to_automate_need_no_server() {
    let plan = json!({ "apps": { "tls": { "certificates": { "automate": ["localhost"] } } } });
    let (plan, managed) = completed(plan, &[]);
    assert_eq!(managed, ["localhost"]);
    let expected = json!({ "subjects": ["localhost"], "issuers": [{ "module": "internal" }] });
    assert_eq!(at(&plan, "/apps/tls/automation/policies/0"), &expected);
}

#[test]
fn redirects_go_behind_the_users_routes_for_hosts() {
    let mut plan = site(&["a.example"], &json!({}));
    let by_host = json!({ "match": [{ "host": ["b.example"] }] });
    let any = json!({ "group": "the user's own" });
    plan["apps"]["http"]["servers"]["srv1"] =
        json!({ "listen": ["127.0.0.1:80"], "routes": [by_host, any] });
    let (plan, _) = completed(plan, &[]);
    let expected = json!([
        by_host,
        redirect(STANDARD, &["a.example"]),
        any,
        redirect(STANDARD, &[])
    ]);
    assert_eq!(at(&plan, "/apps/http/servers/srv1/routes"), &expected);
    assert_eq!(at(&plan, REDIRECTS), &Value::Null);
}

#[test]
fn the_users_catch_all_wins_over_a_redirect_for_any_host() {
    let any = json!({ "group": "the user's own" });
    let plan = json!({ "apps": { "http": { "servers": {
        "srv0": { "listen": [":443"], "tls_connection_policies": [{}] },
        "srv1": { "listen": [":80"], "routes": [any] },
    } } } });
    let (plan, _) = completed(plan, &[]);
    let expected = json!([any, redirect(STANDARD, &[])]);
    assert_eq!(at(&plan, "/apps/http/servers/srv1/routes"), &expected);
}

#[test]
fn a_server_for_any_host_redirects_any_host() {
    let plan = json!({ "apps": { "http": { "servers": { "srv0": { "listen": [":443"] } } } } });
    let (plan, managed) = completed(plan, &[]);
    assert_eq!(managed, Vec::<String>::new());
    assert_eq!(
        at(&plan, "/apps/http/servers/srv0/tls_connection_policies"),
        &json!([{}])
    );
    let expected = json!([redirect(STANDARD, &[]), redirect(STANDARD, &[])]);
    assert_eq!(at(&plan, &format!("{REDIRECTS}/routes")), &expected);
}

#[test]
fn only_ports_the_world_can_see_are_in_a_redirect() {
    let hosts = |host: &str| json!([{ "match": [{ "host": [host] }] }]);
    let plan = json!({ "apps": { "http": { "http_port": 8080, "https_port": 8443, "servers": {
        "srv0": { "listen": [":8443"], "routes": hosts("a.example") },
        "srv1": { "listen": [":9443"], "routes": hosts("bb.example") },
    } } } });
    let (plan, _) = completed(plan, &[]);
    let other = "https://{http.request.host}:9443{http.request.uri}";
    let expected = json!({
        "listen": [":8080"],
        "routes": [
            redirect(other, &["bb.example"]),
            redirect(STANDARD, &["a.example"]),
            redirect(STANDARD, &[]),
        ],
    });
    assert_eq!(at(&plan, REDIRECTS), &expected);
    let challenges =
        json!({ "http": { "alternate_port": 8080 }, "tls-alpn": { "alternate_port": 8443 } });
    assert_eq!(
        at(
            &plan,
            "/apps/tls/automation/policies/0/issuers/0/challenges"
        ),
        &challenges
    );
}

#[test]
fn a_host_on_two_ports_redirects_to_the_standard_one() {
    let routes = json!([{ "match": [{ "host": ["a.example"] }] }]);
    for (first, second) in [(":9443", ":443"), (":443", ":9443")] {
        let plan = json!({ "apps": { "http": { "servers": {
            "srv0": { "listen": [first], "routes": routes },
            "srv1": { "listen": [second], "routes": routes },
        } } } });
        let (plan, _) = completed(plan, &[]);
        let expected = json!([redirect(STANDARD, &["a.example"]), redirect(STANDARD, &[])]);
        assert_eq!(at(&plan, &format!("{REDIRECTS}/routes")), &expected);
    }
}

#[test]
fn redirects_keep_the_interface_they_came_for() {
    let more = json!({ "listen": ["10.0.0.1:443", "10.0.0.2:443", "unix//run/x"], "logs": {} });
    let (plan, _) = completed(site(&["a.example"], &more), &[]);
    let expected = json!(["10.0.0.1:80", "10.0.0.2:80"]);
    assert_eq!(at(&plan, &format!("{REDIRECTS}/listen")), &expected);
    assert_eq!(at(&plan, &format!("{REDIRECTS}/logs")), &json!({}));
}

#[test]
fn an_address_that_is_none_is_named() {
    let plan = json!({ "apps": { "http": { "servers": { "main": { "listen": ["a:b:c"] } } } } });
    let plan = evenkeel_plan::document::from_document(plan).expect("a plan");
    let error = complete(plan, &[]).expect_err("no address");
    assert_eq!(
        error.to_string(),
        "apps.http.servers.main.listen: `a:b:c` is not an address"
    );
}
