//! `header_up`, `header_down`, and their placeholders.

use crate::harness::{Case, Reply, ok};

#[test]
fn header_up_sets_adds_deletes_and_replaces() {
    Case::proxy(
        "$A",
        "header_up X-Set one
         header_up +X-Added two
         header_up -X-Gone
         header_up -X-Pre*
         header_up -*-Suf
         header_up X-Replaced ^(.*)old(.*)$ $1new$2
         header_up Host {upstream_hostport}",
    )
    .named()
    .get(
        "/",
        &[
            "X-Set: before",
            "X-Added: one",
            "X-Gone: 1",
            "X-Prefix: 1",
            "X-Pre: 2",
            "Has-Suf: 1",
            "X-Replaced: the old one",
            "X-Kept: 1",
        ],
    )
    .same();
}

#[test]
fn header_up_knows_the_request_and_the_upstream() {
    Case::proxy(
        "$A",
        "header_up X-Values \"{host} {method} {path} {query} {scheme} {remote_host}\"
         header_up X-Upstream \"{rp.upstream.address} {rp.upstream.hostport} {rp.upstream.host} {rp.upstream.port}\"
         header_up X-Counts \"{rp.upstream.requests} {rp.upstream.fails} {rp.upstream.max_requests}\"
         header_up X-Header {header.X-In}
         header_up X-Cookie {cookie.c}
         header_up X-Query {query.q}
         header_up X-Unknown {nothing.like.this}
         header_up X-Braces \"\\{host}\"",
    )
    .named()
    .get("/p/q?q=1&r=2", &["X-In: in", "Cookie: c=v; d=w"])
    .same();
}

#[test]
fn header_down_changes_what_the_client_gets() {
    Case::proxy(
        "$A",
        "header_down X-Set one
         header_down +X-Added two
         header_down -Server
         header_down -X-Gone
         header_down Location http://inner(.*) https://outer$1
         header_down X-Status {rp.status_code}
         header_down X-From {rp.header.X-Kept}",
    )
    .upstream([Reply::new(
        "302 Found",
        &[
            "Server: theirs",
            "X-Set: before",
            "X-Added: one",
            "X-Gone: 1",
            "X-Kept: kept",
            "Location: http://inner/x",
        ],
        "moved",
    )])
    .get("/", &[])
    .same();
}

#[test]
fn a_field_of_the_site_stands_beside_that_of_the_upstream() {
    Case::site("header X-Both site\nheader X-Only site\nreverse_proxy $A")
        .upstream([Reply::new("200 OK", &["X-Both: upstream"], "x")])
        .get("/", &[])
        .same();
}

#[test]
fn deferred_fields_of_the_site_win() {
    Case::site("header >X-Both site\nheader -Server\nheader ?X-Default d\nreverse_proxy $A")
        .upstream([
            Reply::new("200 OK", &["X-Both: upstream", "X-Default: u"], "x"),
            ok("y"),
        ])
        .get("/", &[])
        .get("/", &[])
        .same();
}

#[test]
fn request_header_changes_what_goes_on() {
    Case::site(
        "request_header X-Set \"{host}\"
         request_header -X-Gone
         request_header X-Replaced a b
         reverse_proxy $A",
    )
    .named()
    .get("/", &["X-Gone: 1", "X-Replaced: banana"])
    .same();
}
