//! What an upstream is told about its client.

use crate::harness::{Case, ok};

#[test]
fn a_client_that_is_not_trusted_cannot_say_who_it_is() {
    Case::site("reverse_proxy $A")
        .named()
        .get("/", &[])
        .get(
            "/",
            &[
                "X-Forwarded-For: 1.2.3.4",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: evil.example",
                "X-Real-IP: 1.2.3.4",
                "Forwarded: for=1.2.3.4",
            ],
        )
        .same();
}

#[test]
fn a_trusted_client_adds_to_what_it_was_told() {
    Case::proxy("$A", "trusted_proxies private_ranges")
        .named()
        .get(
            "/",
            &[
                "X-Forwarded-For: 1.2.3.4",
                "X-Forwarded-For: 5.6.7.8, 9.9.9.9",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Proto: http",
                "X-Forwarded-Host: first.example",
                "X-Forwarded-Host: second.example",
            ],
        )
        .get("/", &["X-Forwarded-For: "])
        .same();
}

#[test]
fn hop_by_hop_fields_stay_on_their_hop() {
    Case::site("reverse_proxy $A")
        .named()
        .get(
            "/",
            &[
                "Connection: X-Mine, close",
                "X-Mine: 1",
                "X-Other: 2",
                "Keep-Alive: timeout=5",
                "Proxy-Connection: keep-alive",
                "Proxy-Authorization: Basic eA==",
                "Proxy-Authenticate: Basic",
                "TE: trailers",
                "Trailer: X-Checksum",
                "Upgrade: foo",
                "Alt-Svc: clear",
            ],
        )
        .get("/", &["TE: trailers, deflate"])
        .get("/", &["Connection: TE", "TE: trailers"])
        .same();
}

#[test]
fn a_request_without_user_agent_stays_so() {
    Case::site("reverse_proxy $A")
        .named()
        .get("/", &[])
        .get("/", &["User-Agent: mine"])
        .same();
}

#[test]
fn host_and_target_arrive_as_they_were_sent() {
    Case::site("reverse_proxy $A")
        .named()
        .get("/a%20b/%2F/c?x=%41&y", &["Host: Sub.Site.Example:8080"])
        .get("/?", &[])
        .get("//double//slash", &[])
        .get("/a/../b/./c", &[])
        .get("/a;b=c/d,e", &[])
        .get("http://other.example/abs?q", &["Host: other.example"])
        .request("OPTIONS", "/x", &[], "")
        .request("HEAD", "/", &[], "")
        .request("DELETE", "/x", &[], "")
        .request("PURGE", "/x", &[], "")
        .same();
}

#[test]
fn fields_that_repeat_arrive_all() {
    Case::site("reverse_proxy $A")
        .named()
        .get(
            "/",
            &[
                "X-A: 1",
                "X-A: 2",
                "Cookie: a=1",
                "Cookie: b=2",
                "Via: 1.0 other",
            ],
        )
        .same();
}

#[test]
fn method_and_rewrite_change_what_the_upstream_is_asked() {
    Case::proxy("$A", "method GET\nrewrite /inner{uri}?added=1")
        .named()
        .request("POST", "/x?y=z", &["Content-Type: text/plain"], "body")
        .get("/plain", &[])
        .same();
}

#[test]
fn an_expectation_of_100_is_met_and_the_body_follows() {
    Case::site("reverse_proxy $A")
        .upstream([ok("got it")])
        .request("POST", "/", &["Expect: 100-continue"], "hello")
        .not_comparing("expect")
        .same();
}
