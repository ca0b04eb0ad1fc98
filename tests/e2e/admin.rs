//! The admin API of a real server.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use tempfile::TempDir;

use crate::harness::{Evenkeel, free_port, get, upstream};

fn ask(port: u16, method: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the API listens");
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\n");
    write!(
        stream,
        "{head}Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let status = text.split(' ').nth(1).and_then(|code| code.parse().ok());
    let body = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    (status.expect("a status"), body.expect("a body"))
}

#[test]
fn the_configuration_is_shown_as_it_was_loaded() {
    let (admin, port) = (free_port(), free_port());
    let folder = TempDir::new().expect("a folder");
    let document = serde_json::json!({
        "admin": {"listen": format!("localhost:{admin}")},
        "apps": {"http": {"servers": {"x": {
            "@id": "mine",
            "listen": [format!(":{port}")],
            "routes": [{"handle": [{"handler": "static_response", "body": ""}]}],
        }}}}
    });
    let path = folder.path().join("caddy.json");
    std::fs::write(&path, document.to_string()).expect("written");
    let _server = Evenkeel::start_with(folder.path(), &path);
    let (status, body) = ask(admin, "GET", "/config/");
    assert_eq!(status, 200);
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&body).expect("JSON"),
        document
    );
}

#[test]
fn upstreams_are_listed_with_what_they_do() {
    let (admin, port) = (free_port(), free_port());
    let _server = Evenkeel::start(&format!(
        "{{\n admin localhost:{admin}\n}}\nhttp://:{port} {{\n reverse_proxy 127.0.0.1:1 127.0.0.1:2\n}}\n"
    ));
    let (status, body) = ask(admin, "GET", "/reverse_proxy/upstreams");
    assert_eq!(status, 200);
    let expected = r#"[{"address":"127.0.0.1:1","num_requests":0,"fails":0},{"address":"127.0.0.1:2","num_requests":0,"fails":0}]"#;
    assert_eq!(body.trim(), expected);
}

#[test]
fn post_stop_drains_and_ends_with_zero() {
    let (admin, port) = (free_port(), free_port());
    let server = Evenkeel::start(&format!(
        "{{\n admin localhost:{admin}\n}}\nhttp://:{port} {{\n respond hi\n}}\n"
    ));
    assert_eq!(ask(admin, "POST", "/stop").0, 200);
    server.wait_for("shutdown complete");
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn metrics_of_all_workers_are_served_for_prometheus() {
    let (admin, port, up) = (free_port(), free_port(), free_port());
    let _upstream = upstream(up, "one");
    let _server = Evenkeel::start(&format!(
        "{{\n admin localhost:{admin}\n}}\nhttp://:{port} {{\n reverse_proxy 127.0.0.1:{up}\n}}\n"
    ));
    for _ in 0..20 {
        assert_eq!(get(port, "/").body, "one");
    }

    let (status, page) = ask(admin, "GET", "/metrics");

    assert_eq!(status, 200);
    let label = format!("upstream=\"127.0.0.1:{up}\"");
    for line in [
        format!("caddy_reverse_proxy_upstreams_healthy{{{label}}} 1"),
        format!("evenkeel_upstream_requests_total{{{label}}} 20"),
        format!("evenkeel_upstream_first_byte_seconds_count{{{label}}} 20"),
        format!("evenkeel_upstream_total_seconds_bucket{{{label},le=\"+Inf\"}} 20"),
        format!("evenkeel_upstream_requests_in_flight{{{label}}} 0"),
    ] {
        assert!(page.contains(&line), "{line} is not in\n{page}");
    }
}
