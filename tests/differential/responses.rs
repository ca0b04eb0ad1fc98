//! What becomes of an upstream's response.

use crate::harness::{Case, Reply, ok};

#[test]
fn hop_by_hop_fields_of_a_response_stay_on_their_hop() {
    Case::site("reverse_proxy $A")
        .upstream([Reply::new(
            "200 OK",
            &[
                "Connection: X-Mine",
                "X-Mine: 1",
                "Keep-Alive: timeout=5",
                "Proxy-Authenticate: Basic",
                "Upgrade: foo",
                "Server: theirs",
                "Via: 1.1 theirs",
                "X-A: 1",
                "X-A: 2",
                "Set-Cookie: a=1",
                "Set-Cookie: b=2",
            ],
            "x",
        )])
        .get("/", &[])
        .not_comparing("via")
        .same();
}

#[test]
fn statuses_arrive_as_they_are() {
    let mut case = Case::site("reverse_proxy $A").upstream(
        [
            "201 Created",
            "404 Not Found",
            "418 I'm a teapot",
            "500 Oops",
            "503 Busy",
            "299 Odd",
        ]
        .map(|status| Reply::new(status, &[], "body")),
    );
    for _ in 0..6 {
        case = case.get("/", &[]);
    }
    case.same();
}

#[test]
fn handle_response_answers_in_the_upstreams_place() {
    Case::proxy(
        "$A",
        "@missing status 404
         handle_response @missing {
             respond \"nothing at {path}, said {rp.status_code}\" 410
         }
         @accel header X-Accel-Redirect *
         handle_response @accel {
             header X-Was {rp.header.X-Accel-Redirect}
             respond \"file\"
         }",
    )
    .upstream([
        Reply::new("404 Not Found", &[], "theirs"),
        Reply::new("200 OK", &["X-Accel-Redirect: /x"], "theirs"),
        ok("plain"),
    ])
    .get("/a", &[])
    .get("/b", &[])
    .get("/c", &[])
    .same();
}

#[test]
fn copy_response_gives_the_upstreams_answer_on() {
    Case::proxy(
        "$A",
        "@error status 5xx
         handle_response @error {
             header X-Seen yes
             copy_response 502
         }
         @odd status 4xx
         handle_response @odd {
             copy_response_headers {
                 include X-Keep
             }
             respond \"mine\" 400
         }",
    )
    .upstream([
        Reply::new("500 Oops", &["X-Up: 1"], "theirs"),
        Reply::new("404 Not Found", &["X-Keep: 1", "X-Drop: 1"], "theirs"),
    ])
    .get("/", &[])
    .get("/", &[])
    .same();
}

#[test]
fn replace_status_keeps_the_rest() {
    Case::proxy("$A", "@teapot status 418\nreplace_status @teapot 200")
        .upstream([Reply::new("418 Teapot", &["X-A: 1"], "tea"), ok("plain")])
        .get("/", &[])
        .get("/", &[])
        .same();
}
