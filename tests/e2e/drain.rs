//! Ending: what is in flight is finished.

use std::net::TcpStream;

use tempfile::TempDir;

use crate::harness::{Evenkeel, free_port, get, slow};

#[test]
fn sigterm_lets_a_slow_request_finish_and_ends_with_zero() {
    let (gate, upstream) = slow();
    let port = free_port();
    let server = Evenkeel::start(&format!(
        "{{\n admin off\n}}\nhttp://:{port} {{\n reverse_proxy 127.0.0.1:{upstream}\n}}\n"
    ));
    let request = std::thread::spawn(move || get(port, "/"));
    gate.arrived.recv().expect("the request is in flight");
    server.terminate();
    server.wait_for("stops accepting");
    // The workers hear of it a moment later; if they never did, this would not end.
    while TcpStream::connect(("127.0.0.1", port)).is_ok() {
        std::thread::yield_now();
    }
    gate.open.send(()).expect("the upstream waits");
    let reply = request.join().expect("the request ends");
    assert_eq!((reply.status, reply.body.as_str()), (200, "done"));
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn the_grace_period_bounds_the_wait_for_a_hung_request() {
    let (gate, upstream) = slow();
    let port = free_port();
    let server = Evenkeel::start(&format!(
        "{{\n admin off\n grace_period 200ms\n}}\nhttp://:{port} {{\n reverse_proxy 127.0.0.1:{upstream}\n}}\n"
    ));
    let request = std::thread::spawn(move || crate::harness::try_get(port, "/"));
    gate.arrived.recv().expect("the request is in flight");
    server.terminate();
    // The gate stays shut: without the bound, this would wait for ever.
    assert_eq!(server.wait().code(), Some(0));
    assert!(
        request.join().expect("the request ends").is_err(),
        "it was cut"
    );
    drop(gate);
}

#[test]
fn signals_that_mean_nothing_to_a_server_do_not_end_it() {
    let port = free_port();
    let server = Evenkeel::start(&format!(
        "{{\n admin off\n}}\nhttp://:{port} {{\n respond hi\n}}\n"
    ));
    for name in ["HUP", "USR1", "USR2"] {
        server.signal(name);
    }
    assert_eq!(get(port, "/").body, "hi");
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn a_log_that_nobody_reads_does_not_keep_the_process_alive() {
    let port = free_port();
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("Caddyfile");
    let log = "log {\n  output stdout\n }";
    let caddyfile = format!("{{\n admin off\n}}\nhttp://:{port} {{\n {log}\n respond hi\n}}\n");
    std::fs::write(&path, caddyfile).expect("written");
    let server = Evenkeel::start_unread(folder.path(), &path);
    // More than a pipe takes.
    let path = "x".repeat(8000);
    for _ in 0..20 {
        assert_eq!(get(port, &format!("/{path}")).body, "hi");
    }
    server.terminate();
    assert_eq!(server.wait().code(), Some(0));
}
