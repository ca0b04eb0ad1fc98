//! What passes the checks before routing, and what does not.

use super::*;

fn request(target: &str, version: Version, fields: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::builder().uri(target).version(version);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap()
}

fn http1(target: &str, fields: &[(&str, &str)]) -> Result<Request<()>, Refusal> {
    let mut request = request(target, Version::HTTP_11, fields);
    check(&mut request).map(|()| request)
}

fn http2(target: &str, fields: &[(&str, &str)]) -> Result<Request<()>, Refusal> {
    let mut request = request(target, Version::HTTP_2, fields);
    check(&mut request).map(|()| request)
}

#[test]
fn a_host_that_is_one_host_passes() {
    let good = [
        "a.test",
        "A.TEST:8080",
        "a_b",
        "127.0.0.1:1",
        "[::1]",
        "[::1]:443",
        "a.test:",
        "x%41",
        "xn--bcher-kva.example",
    ];
    for host in good {
        assert!(http1("/", &[("host", host)]).is_ok(), "{host}");
    }
}

#[test]
fn a_host_that_is_not_one_host_is_refused() {
    let bad = [
        "", "a, b", "a,b", "a b", "a/b", "u@h", ":80", "a:b", "a:1:2", "a:65536", "a:+80", "[::1",
        "[::1]x", "[]", "[a]", "::1", "a\tb", "a#b", "a?b", "a\\b", "<a>", "\"a\"",
    ];
    for host in bad {
        let refusal = http1("/", &[("host", host)]).expect_err(host);
        assert_eq!(refusal.status(), StatusCode::BAD_REQUEST, "{host}");
    }
}

#[test]
fn http_1_1_needs_exactly_one_host_and_http_1_0_none() {
    assert!(http1("/", &[]).is_err());
    assert!(http1("/", &[("host", "a"), ("host", "a")]).is_err());
    assert!(http1("http://a/", &[]).is_err());
    let mut old = request("/", Version::HTTP_10, &[]);
    assert_eq!(check(&mut old), Ok(()));
    let mut old = request("/", Version::HTTP_10, &[("host", "a"), ("host", "b")]);
    assert!(check(&mut old).is_err());
}

#[test]
fn the_authority_of_the_target_replaces_host() {
    let request = http1("http://good:81/x?y", &[("host", "evil")]).unwrap();
    assert_eq!(request.headers()[HOST], "good:81");
    assert_eq!(request.uri(), "/x?y");
}

#[test]
fn an_absolute_target_without_a_path_means_the_root() {
    assert_eq!(
        http1("http://good", &[("host", "good")]).unwrap().uri(),
        "/"
    );
}

#[test]
fn targets_that_are_neither_path_nor_web_url_are_refused() {
    for target in ["gopher://a/", "a.test:80", "http://u@a/", "ftp://a/x"] {
        assert!(http1(target, &[("host", "a")]).is_err(), "{target}");
    }
    assert!(matches!(http1("*", &[("host", "a")]), Err(Refusal::Bad(_))));
}

#[test]
fn http_2_takes_its_host_from_the_authority_and_refuses_another() {
    let request = http2("https://a.test/x", &[]).unwrap();
    assert_eq!(
        (&request.headers()[HOST], request.uri().path()),
        (&"a.test".parse().unwrap(), "/x")
    );
    assert!(http2("https://a.test/", &[("host", "A.test")]).is_ok());
    assert!(http2("https://a.test/", &[("host", "b.test")]).is_err());
    assert!(http2("/x", &[("host", "a.test")]).is_ok());
    assert!(http2("/x", &[]).is_err());
}

#[test]
fn connect_and_endless_methods_are_not_served() {
    for method in ["CONNECT", &"A".repeat(33)] {
        let mut request = request("/", Version::HTTP_11, &[("host", "a")]);
        *request.method_mut() = method.parse().unwrap();
        assert_eq!(check(&mut request), Err(Refusal::Method));
    }
    let mut request = request("/", Version::HTTP_11, &[("host", "a")]);
    *request.method_mut() = "A".repeat(32).parse().unwrap();
    assert_eq!(check(&mut request), Ok(()));
}

#[test]
fn options_of_the_server_is_answered_here() {
    let mut request = request("*", Version::HTTP_11, &[("host", "a")]);
    *request.method_mut() = Method::OPTIONS;
    assert_eq!(check(&mut request), Err(Refusal::AboutServer));
}

#[test]
fn fields_that_pass_for_another_are_dropped() {
    let fields = [
        ("host", "a"),
        ("x_forwarded_for", "6.6.6.6"),
        ("remote.user", "root"),
        ("x-a", "1"),
    ];
    let request = http1("/", &fields).unwrap();
    let names: Vec<_> = request.headers().keys().map(HeaderName::as_str).collect();
    assert_eq!(names, ["host", "x-a"]);
}
