//! When a request is sent again, and what the client gets when all fails.

use crate::harness::{Case, Reply, ok};

#[test]
fn nothing_is_tried_again_without_being_asked_to() {
    Case::proxy("$A $B", "lb_policy first")
        .refusing()
        .named()
        .get("/", &[])
        .same();
}

#[test]
fn a_refused_connection_is_tried_again_with_any_method() {
    Case::proxy("$A $B", "lb_policy round_robin\nlb_retries 1")
        .named()
        .refusing()
        .request("POST", "/", &[], "hello")
        .times(2)
        .get("/", &[])
        .same();
}

#[test]
fn a_reset_is_tried_again_for_get_only() {
    let case = |method: &str| {
        Case::proxy("$A $B", "lb_policy round_robin\nlb_retries 1")
            .upstream([ok("a")])
            .upstream([Reply::Reset])
            .request(method, "/", &[], "")
            .same();
    };
    case("GET");
    case("HEAD");
    case("PUT");
    case("POST");
}

#[test]
fn all_refuse_is_a_502() {
    Case::proxy("$A $B", "lb_retries 2")
        .refusing()
        .refusing()
        .get("/", &[])
        .same();
}

#[test]
fn the_window_of_retries_ends_in_time() {
    Case::proxy("$A", "lb_try_duration 1s\nlb_try_interval 100ms")
        .refusing()
        .get("/", &[])
        .same();
}

#[test]
fn a_hung_upstream_is_a_504_in_time() {
    Case::proxy("$A", "transport http {\nresponse_header_timeout 1s\n}")
        .upstream([Reply::Hang])
        .get("/", &[])
        .same();
}

#[test]
fn garbage_is_a_502() {
    Case::site("reverse_proxy $A")
        .upstream([
            Reply::Close(b"garbage\r\n\r\n".to_vec()),
            Reply::Close(b"HTTP/1.1 999999 x\r\n\r\n".to_vec()),
            Reply::Close(
                b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".to_vec(),
            ),
            Reply::Close(b"".to_vec()),
        ])
        .get("/", &[])
        .times(4)
        .same();
}

#[test]
fn retry_match_says_what_is_tried_again() {
    let options =
        "lb_policy round_robin\nlb_retries 1\nlb_retry_match {\nmethod POST\npath /again*\n}";
    for (method, path) in [
        ("POST", "/again/x"),
        ("POST", "/once"),
        ("GET", "/again"),
        ("GET", "/"),
    ] {
        Case::proxy("$A $B", options)
            .upstream([ok("a")])
            .upstream([Reply::Reset])
            .request(method, path, &[], "")
            .same();
    }
}

#[test]
fn buffered_bodies_are_sent_again() {
    Case::proxy(
        "$A $B",
        "lb_policy round_robin\nlb_retries 1\nrequest_buffers 1MiB\nlb_retry_match method POST",
    )
    .upstream([ok("a")])
    .upstream([Reply::Reset])
    .request("POST", "/", &[], "hello")
    .same();
}

#[test]
fn retry_match_looks_at_responses() {
    Case::proxy(
        "$A",
        "lb_retries 1
         lb_try_interval 1ms
         lb_retry_match `{rp.status_code} == 503`",
    )
    .upstream([
        Reply::new("503 Busy", &[], "busy"),
        ok("a"),
        Reply::new("404 Not Found", &[], "missing"),
        Reply::new("503 Busy", &[], "busy"),
        Reply::new("503 Busy", &[], "busy"),
        ok("b"),
    ])
    .get("/", &[])
    .times(3)
    .request("POST", "/", &[], "")
    .same();
}

#[test]
fn retry_match_looks_at_fields_of_responses_and_at_requests() {
    Case::proxy(
        "$A",
        "lb_retries 1
         lb_try_interval 1ms
         lb_retry_match {
             expression `{rp.header.X-Again} == 'yes'`
             method GET
         }
         lb_retry_match path /never",
    )
    .upstream([
        Reply::new("200 OK", &["X-Again: yes"], "busy"),
        ok("a"),
        Reply::new("200 OK", &["X-Again: no"], "b"),
        Reply::new("200 OK", &["X-Again: yes"], "posted"),
    ])
    .get("/", &[])
    .get("/never", &[])
    .request("POST", "/", &[], "")
    .same();
}

#[test]
fn a_rejected_response_without_another_attempt_is_an_error() {
    Case::site(
        "reverse_proxy $A {
             lb_retry_match `{rp.status_code} in [418, 503]`
         }
         handle_errors 4xx {
             respond \"sorry {err.status_code}\"
         }",
    )
    .upstream([
        Reply::new("418 Teapot", &[], "theirs"),
        Reply::new("503 Busy", &[], "theirs"),
        Reply::new("404 Not Found", &[], "theirs"),
    ])
    .get("/", &[])
    .times(3)
    .same();
}
