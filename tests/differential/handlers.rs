//! Handlers between a request and its answer: `map`, `invoke`, `request_body`, `push`.

use crate::harness::{Case, Reply, ok};

#[test]
fn a_map_gives_placeholders_values() {
    Case::site(
        "map {path} {kind} {number} {
             /a           first   1
             ~^/b/(.+)$   \"b $1\"  -
             /c           -       3
             /d           \"{query}\"
             default      other   0
         }
         map {kind} {twice} {
             first  one
             ~other again
         }
         @three expression `{number} == '3'`
         header X-Kind {kind}
         respond @three \"three {kind}\"
         respond \"{kind}|{number}|{twice}|{nobody}\"",
    )
    .get("/a", &[])
    .get("/b/x", &[])
    .get("/c", &[])
    .get("/d?q", &[])
    .get("/e", &[])
    .same();
}

#[test]
fn a_map_that_is_not_reached_gives_nothing() {
    Case::site(
        "map /a* {path} {kind} {
             /a first
         }
         respond \"{kind}\"",
    )
    .get("/a", &[])
    .get("/ab", &[])
    .get("/b", &[])
    .same();
}

#[test]
fn a_map_chooses_the_upstream() {
    Case::site(
        "map {header.X-Kind} {place} {
             a $A
             default $B
         }
         reverse_proxy {place}",
    )
    .named()
    .named()
    .get("/", &["X-Kind: a"])
    .get("/", &["X-Kind: z"])
    .same();
}

#[test]
fn a_body_may_be_no_longer_than_its_limit() {
    Case::site(
        "request_body /limited* {
             max_size 5
         }
         reverse_proxy /limited/proxy* $A
         respond \"not read\"
         handle_errors {
             respond \"{err.status_code}\"
         }",
    )
    .upstream([ok("a")])
    .request("POST", "/limited/proxy", &[], "hello")
    .request("POST", "/limited", &[], "too long")
    .request("POST", "/", &[], "too long")
    .same();
}

#[test]
fn a_body_is_put_in_place_of_the_clients() {
    Case::site(
        "request_body {
             set \"{method} {path}\"
         }
         reverse_proxy $A",
    )
    .upstream([Reply::new("200 OK", &[], "a")])
    .request("POST", "/x", &[], "theirs")
    .request("PUT", "/y", &["Content-Type: text/plain"], "")
    .same();
}

#[test]
fn pushes_do_no_harm() {
    Case::site(
        "push /style.css {
             GET /a
             headers {
                 X-A b
             }
         }
         respond ok",
    )
    .get("/", &[])
    .same();
}
