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

/// Requests that say in many ways who the client is; the harness's own address is 127.0.0.1.
fn told(options: &str) -> Case {
    let site = "header Client {client_ip}/{vars.trusted_proxy}\nreverse_proxy $A {\n\
                header_up X-Client {client_ip}\nlb_policy cookie\n}";
    Case::site(site)
        .globally(&format!("servers {{\n{options}\n}}"))
        .named()
        .get("/", &[])
        .get(
            "/",
            &[
                "X-Forwarded-For: 1.2.3.4, 127.0.0.9",
                "X-Forwarded-Proto: https",
            ],
        )
        .get("/", &["X-Forwarded-For: 127.0.0.9"])
        .get(
            "/",
            &[
                "X-Forwarded-For: x, 1.2.3.4:99",
                "X-Forwarded-For: 5.6.7.8, 10.0.0.1",
            ],
        )
        .get(
            "/",
            &[
                "X-Forwarded-For: fe80::1%eth0,",
                "X-Forwarded-Host: other.example",
            ],
        )
        .get("/", &["X-Forwarded-For: [2001:db8::1]:5, 127.0.0.1"])
        .get("/", &["X-Real-IP: 9.9.9.9", "X-Forwarded-For: ,,"])
        .get("/", &["X-Real-IP: junk", "X-Forwarded-For: 8.8.8.8"])
}

#[test]
fn a_trusted_proxy_of_the_server_says_who_the_client_is() {
    told("trusted_proxies static private_ranges").same();
    told("trusted_proxies static 127.0.0.1/8 10.0.0.1").same();
}

#[test]
fn a_peer_that_the_server_does_not_trust_is_the_client_itself() {
    told("trusted_proxies static 10.0.0.0/8").same();
    told("client_ip_headers X-Real-IP").same();
}

#[test]
fn strictly_the_last_address_that_is_not_trusted_is_the_client() {
    told("trusted_proxies static private_ranges\ntrusted_proxies_strict").same();
}

#[test]
fn the_client_is_looked_for_in_the_fields_that_are_named() {
    let trusted =
        "trusted_proxies static private_ranges\nclient_ip_headers X-Real-IP X-Forwarded-For";
    told(trusted).same();
    told(&format!("{trusted}\ntrusted_proxies_strict")).same();
}

#[test]
fn matchers_and_policies_see_the_client() {
    Case::site(
        "@near client_ip 1.2.3.0/24\nrespond @near {client_ip} 403\n\
         reverse_proxy $A $B $C {\nlb_policy client_ip_hash\n}",
    )
    .globally("servers {\ntrusted_proxies static private_ranges\n}")
    .named()
    .named()
    .named()
    .get("/", &["X-Forwarded-For: 1.2.3.4"])
    .get("/", &["X-Forwarded-For: 1.2.4.4"])
    .get("/", &["X-Forwarded-For: 7.7.7.7"])
    .get("/", &["X-Forwarded-For: 9.9.9.1"])
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

#[test]
fn the_environment_names_a_proxy_for_whom_it_does_not_except() {
    let proxied = |upstream: &str, exceptions: &str| {
        Case::site(&format!("reverse_proxy {upstream}"))
            .named()
            .variable("HTTP_PROXY", "http://me:pass@$A")
            .variable("NO_PROXY", exceptions)
            .get("/x?y", &[])
    };
    proxied("app.invalid:8080", "").same();
    proxied("app.invalid:8080", "other.invalid, 10.0.0.0/8").same();
    proxied("app.invalid:8080", ".invalid").same();
    proxied("$A", "").same();
    Case::proxy(
        "app.invalid:8080",
        "transport http {\nnetwork_proxy none\n}",
    )
    .named()
    .variable("HTTP_PROXY", "$A")
    .get("/", &[])
    .same();
    Case::site("reverse_proxy app.invalid:8080")
        .named()
        .variable("http_proxy", "$A")
        .get("/", &[])
        .same();
}
