//! What answers when a route fails: `error` and `handle_errors`.

use crate::harness::{Case, Reply};

#[test]
fn errors_are_statuses_without_handle_errors() {
    Case::site(
        "error /a 404
         error /b nothing
         error /c \"{path} is away\" 410
         error /d oops {query}
         error /e 501 {
             message hm
         }
         respond ok",
    )
    .get("/a", &[])
    .get("/b", &[])
    .get("/c", &[])
    .get("/d?418", &[])
    .get("/d?x", &[])
    .get("/e", &[])
    .get("/f", &[])
    .same();
}

#[test]
fn handle_errors_knows_what_happened() {
    Case::site(
        "header X-Early {path}
         header >X-Late late
         rewrite /a* /rewritten
         request_header X-Seen 1
         route {
             error /rewritten \"no {method} {header.X-Seen} {nobody}\" 404
             error /b \"\" 599
             error /c {vars.none} 400
             respond \"ok {err.message}\"
         }
         handle_errors {
             header X-Error {err.status_code}
             respond \"{err.status_code} {err.status_text}: {err.message} at {uri} {header.X-Seen}\"
         }",
    )
    .get("/a?q", &[])
    .get("/b", &[])
    .get("/c", &[])
    .get("/d", &[])
    .request("HEAD", "/a", &[], "")
    .same();
}

#[test]
fn errors_of_handle_errors_give_the_first_status() {
    Case::site(
        "error /a first 409
         error /b first 409
         error /c first 409
         handle_errors {
             header >X-Late yes
             error /a second 500
             respond /b other 299
         }",
    )
    .get("/a", &[])
    .get("/b", &[])
    .get("/c", &[])
    .same();
}

#[test]
fn errors_inside_handle_and_route_reach_the_site() {
    Case::site(
        "handle /a* {
             route {
                 handle_path /a/x/* {
                     error {path} 404
                 }
                 error {path} 403
             }
         }
         handle_errors {
             respond \"{err.status_code} {err.message} {path}\"
         }",
    )
    .get("/a/x/y", &[])
    .get("/a/z", &[])
    .get("/b", &[])
    .same();
}

#[test]
fn errors_of_the_proxy_are_handled() {
    Case::site(
        "reverse_proxy $A
         handle_errors {
             respond \"{err.status_code} {err.status_text}\"
         }",
    )
    .refusing()
    .get("/", &[])
    .same();
}

#[test]
fn a_proxy_answers_for_another() {
    Case::site(
        "reverse_proxy /a* $A
         handle_errors {
             rewrite * /sorry/{err.status_code}
             reverse_proxy $B
         }",
    )
    .refusing()
    .upstream([Reply::new("200 OK", &["X-From: b"], "sorry")])
    .get("/abc", &[])
    .request("POST", "/abc", &["Content-Type: text/plain"], "")
    .same();
}

#[test]
fn a_proxy_without_an_answer_in_time_is_handled() {
    Case::site(
        "reverse_proxy $A {
             transport http {
                 response_header_timeout 100ms
             }
         }
         handle_errors {
             respond \"{err.status_code} {err.status_text}\"
         }",
    )
    .upstream([Reply::Hang])
    .get("/", &[])
    .same();
}
