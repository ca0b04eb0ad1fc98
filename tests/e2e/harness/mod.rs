//! Processes, clients and scripted upstreams for tests on real sockets.

mod client;
mod origin;
mod process;

pub(crate) use client::{get, try_get};
pub(crate) use origin::{hung, slow};
pub(crate) use process::{Evenkeel, run_to_end};

/// A port that nobody uses at the moment.
pub(crate) fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("bound").port()
}

/// A sample upstream as a process of its own, so that it can be killed.
pub(crate) fn upstream(port: u16, name: &str) -> Evenkeel {
    Evenkeel::start(&format!(
        "{{\n admin off\n}}\nhttp://:{port} {{\n respond /api/healthz ok\n respond {name}\n}}\n"
    ))
}

/// The article's options, with shorter periods where a test waits for them to pass.
pub(crate) fn article(health_interval: &str, fail_duration: &str) -> String {
    format!(
        "lb_policy round_robin
         lb_try_duration 3s
         lb_try_interval 250ms
         health_uri /api/healthz
         health_interval {health_interval}
         health_timeout 2s
         fail_duration {fail_duration}
         max_fails 1
         transport http {{
             dial_timeout 1s
             response_header_timeout 2s
         }}"
    )
}
