//! Conditions, and what their expressions capture.

use crate::harness::Case;

#[test]
fn expressions_capture_from_the_cleaned_path_and_from_fields() {
    let mut case = Case::site(
        "@p path_regexp p ^/p/(\\w+)/?(?P<rest>[^/]*)(x)?
         respond @p \"{re.p.0}|{re.p.1}|{re.p.rest}|{re.rest}|{re.1}|{re.p.3}|{re.p.9}\"
         @h header_regexp X-A a(.)c
         respond @h \"{re.1} {re.h.1}\"
         respond none",
    );
    for target in [
        "/p/a/b",
        "/p/a%2Fb",
        "//p//a/../b/c",
        "/P/a",
        "/p/%C3%A9",
        "/p/a\u{e9}",
        "/p/%7Bhost%7D",
        "/p/a.b",
    ] {
        case = case.get(target, &[]);
    }
    case.get("/", &["X-A: zabcz", "X-A: aac"])
        .get("/", &["X-A: no", "X-A: adc"])
        .same();
}

#[test]
fn queries_are_read_as_a_whole() {
    let mut case = Case::site(
        "@ab query a=1 b=*
         respond @ab ab
         @c query \"c=x y\" c=z
         respond @c c
         @host query h={host}
         respond @host host
         @none query \"\"
         respond @none none
         respond other",
    );
    for query in [
        "a=1&b",
        "a=1&b=2&a=3",
        "a=1",
        "a=1&b;c",
        "a=1&b=%zz",
        "%61=%31&b=",
        "c=x+y",
        "c=x%20y",
        "c=z&c=1",
        "h=site.example",
        "",
        "&",
        "%zz",
        "d",
    ] {
        case = case.get(&format!("/?{query}"), &[]);
    }
    case.get("/", &[]).same();
}

#[test]
fn addresses_and_negations_choose() {
    Case::site(
        "@local remote_ip 127.0.0.0/8 ::1
         @private client_ip private_ranges
         @elsewhere not remote_ip private_ranges
         header @local X-Local 1
         header @private X-Private 1
         header @elsewhere X-Elsewhere 1
         @safe {
             not method POST
             not {
                 path /a*
                 header X-B *
             }
         }
         respond @safe safe
         respond unsafe",
    )
    .get("/", &["X-Forwarded-For: 8.8.8.8"])
    .get("/a", &["X-B: 1"])
    .get("/a", &[])
    .request("POST", "/", &[], "")
    .same();
}

#[test]
fn variables_and_placeholders_are_compared() {
    Case::site(
        "@one vars {http.request.header.X} one {host}
         @re vars_regexp r {http.request.uri.path} ^/(v.*)$
         @unset vars unset \"\"
         respond @one one
         respond @re {re.r.1}
         respond @unset unset",
    )
    .get("/", &["X: one"])
    .get("/", &["X: site.example"])
    .get("/", &["X: {host}"])
    .get("/va%20b", &[])
    .get("/", &[])
    .same();
}

#[test]
fn variables_are_expanded_when_they_are_set() {
    Case::site(
        "vars path_was {path}
         vars {
             number 1.50
             yes true
             literal \"{header.X}\"
         }
         @number vars number 1.5
         header @number X-Number 1
         @yes vars yes true
         header @yes X-Yes 1
         respond \"{vars.path_was}|{vars.number}|{vars.yes}|{vars.literal}|{vars.unset}\"",
    )
    .get("/a%20b", &["X: {host}"])
    .same();
}
