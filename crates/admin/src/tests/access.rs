//! Who is let in. Statuses and texts were read off the real Caddy 2.11.

use super::*;

/// Asks for a path that does not exist: 404 means that the checks let the request through.
async fn knock(admin: &Admin, lines: &str) -> Reply {
    let request = format!("GET /nope HTTP/1.1|{lines}");
    send(access(admin), Arc::default(), &request).await
}

fn listening_on(listen: &str) -> Admin {
    Admin {
        listen: listen.to_owned(),
        ..Admin::default()
    }
}

fn with_origins(origins: &[&str]) -> Admin {
    Admin {
        origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
        ..Admin::default()
    }
}

/// Every row is a set of header lines, the status, and the error unless it is a 404.
async fn expect(admin: &Admin, table: &[(&str, u16, &str)]) {
    for (lines, status, error) in table {
        let reply = knock(admin, lines).await;
        assert_eq!(reply.status, *status, "{lines}: {}", reply.body);
        if *status != 404 {
            assert_eq!(reply.error(), *error, "{lines}");
        }
    }
}

#[tokio::test]
async fn a_loopback_listener_is_asked_by_its_own_names_only() {
    let table = [
        ("Host: localhost:2019", 404, ""),
        ("Host: LOCALHOST:2019", 404, ""),
        ("Host: 127.0.0.1:2019", 404, ""),
        ("Host: [::1]:2019", 404, ""),
        ("Host: evil.test", 403, "host not allowed: evil.test"),
        ("Host: localhost", 403, "host not allowed: localhost"),
        ("Host: localhost:80", 403, "host not allowed: localhost:80"),
        ("Host: ", 403, "host not allowed: "),
    ];
    expect(&listening_on("localhost:2019"), &table).await;
    expect(&listening_on("127.0.0.1:2019"), &table).await;
    expect(&listening_on("[::1]:2019"), &table).await;
    let own = [("Host: 127.0.0.2:2019", 404, "")];
    expect(&listening_on("127.0.0.2:2019"), &own).await;
}

#[tokio::test]
async fn another_listener_is_asked_by_its_listen_host() {
    let table = [
        ("Host: 10.0.0.5:7", 404, ""),
        ("Host: localhost:7", 403, "host not allowed: localhost:7"),
    ];
    expect(&listening_on("10.0.0.5:7"), &table).await;
}

#[tokio::test]
async fn the_host_is_known_before_it_is_checked() {
    let table = [
        ("Accept: */*", 400, "missing required Host header"),
        (
            "Host: localhost:2019|Host: evil.test",
            400,
            "malformed Host header",
        ),
        ("Host: caf\u{e9}", 400, "malformed Host header"),
    ];
    expect(&Admin::default(), &table).await;

    let access = access(&Admin::default());
    for (request, status) in [
        ("GET /nope HTTP/1.0", 403),
        ("GET /nope HTTP/1.0|Host: localhost:2019", 404),
        ("GET http://evil/nope HTTP/1.1|Host: localhost:2019", 403),
        ("GET http://localhost:2019/nope HTTP/1.1|Host: evil", 404),
        ("CONNECT evil:1 HTTP/1.1|Host: localhost:2019", 403),
    ] {
        let reply = send(Arc::clone(&access), Arc::default(), request).await;
        assert_eq!(reply.status, status, "{request}");
    }
}

#[tokio::test]
async fn no_host_is_checked_where_none_can_be_known() {
    for listen in [":2019", "0.0.0.0:2019", "[::]:2019", "unix//run/admin.sock"] {
        let admin = listening_on(listen);
        assert!(access(&admin).is_open(), "{listen}");
        assert_eq!(knock(&admin, "Host: any.test").await.status, 404);
        // Pages are still refused.
        let page = knock(&admin, "Host: any.test|Origin: http://any.test").await;
        assert_eq!(page.status, 403, "{listen}");
    }
    assert!(!access(&Admin::default()).is_open());
}

#[tokio::test]
async fn requests_that_browsers_send_unasked_are_refused_first() {
    const WEB_SOCKET: &str = "WebSocket connections aren't allowed.";
    const NO_CORS: &str = "Disabling same-origin restrictions is not allowed.";
    const NULL: &str = "Buggy browser is sending null Origin header.";
    // The host is wrong, which only a later check would find.
    let table = [
        ("Host: evil|Upgrade: websocket", 400, WEB_SOCKET),
        (
            "Host: evil|Upgrade: h2c|Upgrade: x, WebSocket",
            400,
            WEB_SOCKET,
        ),
        ("Host: evil|Sec-Fetch-Mode: no-cors", 400, NO_CORS),
        ("Host: evil|Sec-Fetch-Mode: NO-CORS", 400, NO_CORS),
        (
            "Host: evil|Sec-Fetch-Mode: cors, no-cors|Origin: null",
            400,
            NO_CORS,
        ),
        ("Host: evil|Origin: null", 400, NULL),
    ];
    expect(&Admin::default(), &table).await;
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused() {
    let table = [
        ("Origin: http://evil.test", 403, refused("http://evil.test")),
        ("Origin: http://localhost", 403, refused("http://localhost")),
        (
            "Origin: http://u@localhost:2019",
            403,
            refused("http://u@localhost:2019"),
        ),
        ("Origin: localhost:2019", 403, refused("localhost:2019")),
        ("Origin: foo", 403, refused("foo")),
        ("Origin: ", 403, refused("")),
        ("Sec-Fetch-Mode: cors", 403, refused("")),
        (
            "Sec-Fetch-Mode: navigate|Referer: http://evil.test/",
            403,
            refused("http://evil.test/"),
        ),
        (
            "Origin: http://evil.test|Referer: http://localhost:2019/",
            403,
            refused("http://evil.test"),
        ),
        ("Origin: http://[bad", 403, MALFORMED.to_owned()),
        ("Origin: http://a b", 403, MALFORMED.to_owned()),
        (
            "Origin: http://localhost:2019|Origin: http://evil.test",
            403,
            MALFORMED.to_owned(),
        ),
        ("Origin: http://localhost:2019", 404, String::new()),
    ];
    for (lines, status, error) in &table {
        let lines = format!("Host: localhost:2019|{lines}");
        expect(&Admin::default(), &[(&lines, *status, error)]).await;
    }
}

const MALFORMED: &str = "required Origin header is missing or invalid";

fn refused(origin: &str) -> String {
    format!("client is not allowed to access from origin '{origin}'")
}

#[tokio::test]
async fn an_allowed_page_may_read_the_response() {
    for (lines, origin) in [
        ("Origin: http://localhost:2019", "http://localhost:2019"),
        ("Origin: HTTPS://127.0.0.1:2019", "https://127.0.0.1:2019"),
        (
            "Sec-Fetch-Mode: navigate|Referer: http://[::1]:2019/x?y",
            "http://[::1]:2019",
        ),
    ] {
        let reply = knock(&Admin::default(), &format!("Host: localhost:2019|{lines}")).await;
        assert_eq!(reply.status, 404, "{lines}");
        let shared = reply.header("access-control-allow-origin");
        assert_eq!(shared, Some(origin), "{lines}");
        assert_eq!(reply.header("access-control-allow-methods"), None);
    }

    let no_page = knock(&Admin::default(), "Host: localhost:2019").await;
    assert_eq!(no_page.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_preflight_is_told_what_an_allowed_page_may_send() {
    let request = "OPTIONS /config/ HTTP/1.1|Host: localhost:2019|Origin: http://localhost:2019";
    let reply = send(access(&Admin::default()), Arc::default(), request).await;

    assert_eq!(reply.status, 405);
    for (name, value) in [
        ("access-control-allow-origin", "http://localhost:2019"),
        (
            "access-control-allow-methods",
            "OPTIONS, GET, POST, PUT, PATCH, DELETE",
        ),
        (
            "access-control-allow-headers",
            "Content-Type, Content-Length, Cache-Control",
        ),
        ("access-control-allow-credentials", "true"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn enforcing_the_origin_refuses_requests_without_one() {
    let admin = Admin {
        enforce_origin: true,
        ..Admin::default()
    };
    let without = refused("");
    let table = [
        ("Host: localhost:2019", 403, without.as_str()),
        (
            "Host: localhost:2019|Origin: http://localhost:2019",
            404,
            "",
        ),
        (
            "Host: localhost:2019|Referer: http://localhost:2019/",
            404,
            "",
        ),
    ];
    expect(&admin, &table).await;
}

#[tokio::test]
async fn configured_origins_replace_the_default_ones() {
    let admin = with_origins(&["https://Ops.test/path?query", "bar:1", "http://[broken"]);
    assert_eq!(access(&admin).origins(), ["https://Ops.test", "//bar:1"]);
    let warning = " WARN admin: ignoring an origin that is not a URL origin=http://[broken\n";
    assert_eq!(log::take(), warning);

    let (other_scheme, other_port) = (refused("http://ops.test"), refused("https://ops.test:443"));
    let table = [
        ("Host: ops.test", 404, ""),
        (
            "Host: localhost:2019",
            403,
            "host not allowed: localhost:2019",
        ),
        ("Host: bar:1|Origin: https://ops.test", 404, ""),
        (
            "Host: bar:1|Origin: http://ops.test",
            403,
            other_scheme.as_str(),
        ),
        (
            "Host: bar:1|Origin: https://ops.test:443",
            403,
            other_port.as_str(),
        ),
        ("Host: bar:1|Origin: http://bar:1", 404, ""),
        ("Host: bar:1|Origin: https://bar:1", 404, ""),
    ];
    expect(&admin, &table).await;
}

#[tokio::test]
async fn a_refused_request_reaches_no_endpoint() {
    let control = Arc::<Played>::default();
    let request = "POST /stop HTTP/1.1|Host: localhost:2019|Origin: http://evil.test";
    let reply = send(access(&Admin::default()), Arc::clone(&control), request).await;
    assert_eq!((reply.status, control.stops()), (403, 0));
}
