//! The same Caddyfile, the same scripted upstreams and the same requests for the real Caddy and for
//! Evenkeel: clients and upstreams must see the same.

mod addresses;
mod bodies;
mod dynamic;
mod errors;
mod expressions;
mod files;
mod forwarding;
mod handlers;
mod harness;
mod headers;
mod health;
mod matchers;
mod responses;
mod retries;
mod rewrites;
mod selection;
