//! Bodies of requests and responses.

use crate::harness::{Case, Reply, chunked, ok};

#[test]
fn bodies_arrive_with_the_framing_they_had() {
    Case::site("reverse_proxy $A")
        .named()
        .request("POST", "/", &["Content-Type: text/plain"], "hello")
        .send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n")
        .send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        .send("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
        .same();
}

#[test]
fn a_long_body_arrives_whole() {
    let long = "0123456789abcdef".repeat(20_000);
    Case::site("reverse_proxy $A")
        .upstream([ok(&long)])
        .request("PUT", "/", &[], &long)
        .same();
}

#[test]
fn a_response_in_chunks_stays_in_chunks() {
    Case::site("reverse_proxy $A")
        .upstream([chunked("in pieces")])
        .get("/", &[])
        .same();
}

#[test]
fn a_response_that_the_close_ends_is_whole() {
    Case::site("reverse_proxy $A")
        .upstream([Reply::Close(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nuntil the end".to_vec(),
        )])
        .get("/", &[])
        .same();
}

#[test]
fn a_response_of_http_1_0_is_whole() {
    Case::site("reverse_proxy $A")
        .upstream([Reply::Close(
            b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold".to_vec(),
        )])
        .get("/", &[])
        .same();
}

#[test]
fn a_response_that_breaks_off_breaks_off_for_the_client() {
    Case::site("reverse_proxy $A")
        .upstream([Reply::Close(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nhalf"
                .to_vec(),
        )])
        .get("/", &[])
        .same();
}

#[test]
fn responses_without_a_body_have_none() {
    Case::site("reverse_proxy $A")
        .upstream([
            Reply::Bytes(b"HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n".to_vec()),
            Reply::Bytes(b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n".to_vec()),
            Reply::Bytes(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\n"
                    .to_vec(),
            ),
        ])
        .get("/", &[])
        .get("/", &[])
        .request("HEAD", "/", &[], "")
        .same();
}

#[test]
fn buffered_requests_arrive_whole() {
    Case::proxy("$A", "request_buffers 1KiB")
        .named()
        .send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
        .not_comparing("content-length")
        .not_comparing("transfer-encoding")
        .same();
}

#[test]
fn buffered_responses_arrive_whole() {
    Case::proxy("$A", "response_buffers 1KiB")
        .upstream([chunked("in pieces")])
        .get("/", &[])
        .not_comparing("content-length")
        .not_comparing("transfer-encoding")
        .same();
}
