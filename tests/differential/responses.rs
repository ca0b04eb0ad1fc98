//! What becomes of an upstream's response.

use crate::harness::{Case, Reply};

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
