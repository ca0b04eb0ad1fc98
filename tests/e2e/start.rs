//! Starting, and what is said when it cannot be.

use std::net::{TcpListener, TcpStream};

use tempfile::TempDir;

use crate::harness::{Evenkeel, free_port, get, run_to_end};

fn run(caddyfile: &str) -> (Option<i32>, String) {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("Caddyfile"), caddyfile).expect("written");
    let output = run_to_end(folder.path(), &["run"]);
    (output.code, output.stderr)
}

#[test]
fn a_listen_port_in_use_is_named_with_the_line_and_the_way_out() {
    let taken = TcpListener::bind("0.0.0.0:0").expect("a free port");
    let port = taken.local_addr().expect("bound").port();
    let (code, stderr) = run(&format!(
        "{{\n admin off\n}}\nhttp://:{port} {{\n respond hi\n}}\n"
    ));
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains(&format!("cannot listen on :{port}")),
        "{stderr}"
    );
    assert!(stderr.contains("another process listens on"), "{stderr}");
    assert!(stderr.contains("Caddyfile:4:1"), "{stderr}");
}

#[test]
fn nothing_is_served_when_one_of_the_addresses_is_taken() {
    let taken = TcpListener::bind("0.0.0.0:0").expect("a free port");
    let port = taken.local_addr().expect("bound").port();
    let free = free_port();
    let (code, stderr) = run(&format!(
        "{{\n admin off\n}}\nhttp://:{free} {{\n respond hi\n}}\nhttp://:{port} {{\n respond hi\n}}\n"
    ));
    assert_eq!(code, Some(1));
    assert!(!stderr.contains("serving"), "{stderr}");
}

#[test]
fn a_json_configuration_runs_too() {
    let port = free_port();
    let folder = TempDir::new().expect("a folder");
    let json = format!(
        r#"{{"admin":{{"disabled":true}},"apps":{{"http":{{"servers":{{"x":{{
            "listen":[":{port}"],
            "routes":[{{"handle":[{{"handler":"static_response","body":"from json"}}]}}]
        }}}}}}}}}}"#
    );
    let path = folder.path().join("caddy.json");
    std::fs::write(&path, json).expect("written");
    let server = Evenkeel::start_with(folder.path(), &path);
    assert_eq!(get(port, "/").body, "from json");
    drop(server);
}

#[test]
fn a_certificate_file_that_cannot_be_read_is_named_with_its_line() {
    let (code, stderr) = run(&format!(
        "{{\n admin off\n auto_https off\n}}\nhttps://a.test:{} {{\n tls no.pem key.pem\n respond hi\n}}\n",
        free_port()
    ));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("cannot read the file no.pem"), "{stderr}");
    assert!(stderr.contains("Caddyfile:6:6"), "{stderr}");
}

#[test]
fn the_limit_of_open_files_is_raised_to_what_is_allowed() {
    let port = free_port();
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("Caddyfile");
    let caddyfile = format!("{{\n admin off\n}}\nhttp://:{port} {{\n respond hi\n}}\n");
    std::fs::write(&path, caddyfile).expect("written");
    let server = Evenkeel::start_with_few_files(folder.path(), &path);
    let connect = |_| TcpStream::connect(("127.0.0.1", port)).expect("the port is open");
    let idle: Vec<TcpStream> = (0..100).map(connect).collect();
    assert_eq!(get(port, "/").body, "hi");
    drop((idle, server));
}
