//! The bridge between a client of HTTP/1.1 and a scripted application.

use evenkeel_net::memory::Pipe;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::LocalSet;

use super::*;

/// Records of an application that answer with this, and end.
fn answer(pieces: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in pieces {
        let length = u16::try_from(piece.len())
            .expect("a short piece")
            .to_be_bytes();
        bytes.extend_from_slice(&[1, 6, 0, 1, length[0], length[1], 0, 0]);
        bytes.extend_from_slice(piece);
    }
    bytes.extend_from_slice(&[1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

/// All that the application is sent until the body's end, as types and contents.
async fn hear(application: &mut Pipe) -> Vec<(u8, Vec<u8>)> {
    let mut records = Vec::new();
    loop {
        let mut head = [0; 8];
        application.read_exact(&mut head).await.expect("a record");
        let length = usize::from(u16::from_be_bytes([head[4], head[5]]));
        let mut content = vec![0; length + usize::from(head[6])];
        application
            .read_exact(&mut content)
            .await
            .expect("its content");
        let is_end = head[1] == 5 && length == 0;
        records.push((head[1], content));
        if is_end {
            return records;
        }
    }
}

async fn asked(request: &str, said: Vec<u8>) -> (String, Vec<(u8, Vec<u8>)>) {
    let (ours, mut application) = Pipe::pair();
    let request = request.to_owned();
    let local = LocalSet::new();
    let conversation = local.run_until(async move {
        let mut bridge = bridge(Stream::Memory(ours), Encoded::default(), false);
        bridge
            .write_all(request.as_bytes())
            .await
            .expect("the bridge reads");
        let heard = hear(&mut application).await;
        application
            .write_all(&said)
            .await
            .expect("the bridge listens");
        drop(application);
        let mut response = Vec::new();
        bridge
            .read_to_end(&mut response)
            .await
            .expect("the bridge answers");
        (String::from_utf8_lossy(&response).into_owned(), heard)
    });
    conversation.await
}

#[tokio::test(start_paused = true)]
async fn a_request_becomes_records_and_records_a_response() {
    let request = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    let said = answer(&[b"Status: 201 Created\r\nX-A: 1\r\n", b"\r\nbo", b"dy"]);
    let (response, heard) = asked(request, said).await;
    let kinds: Vec<u8> = heard.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [1, 4, 4, 5, 5]);
    assert_eq!(heard[3].1, b"hello");
    let parameters = String::from_utf8_lossy(&heard[1].1).into_owned();
    for part in ["CONTENT_LENGTH5", "HTTP_HOSTa"] {
        assert!(parameters.contains(part), "{parameters}");
    }
    assert!(
        response.starts_with("HTTP/1.1 201 Created\r\n"),
        "{response}"
    );
    assert!(response.contains("x-a: 1\r\n"), "{response}");
    assert!(
        response.ends_with("4\r\nbody\r\n0\r\n\r\n")
            || response.contains("2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"),
        "{response}"
    );
}

#[tokio::test(start_paused = true)]
async fn no_end_and_no_cgi_are_no_response() {
    let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut cut = answer(&[b"Content-Length: 9\r\n\r\npart"]);
    cut.truncate(cut.len() - 16);
    let (response, _) = asked(request, cut).await;
    // Nine bytes were promised; whoever gets four knows that the rest is missing.
    let is_cut = response.is_empty() || response.ends_with("\r\n\r\npart");
    assert!(is_cut, "{response}");
    for said in [
        b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        Vec::new(),
        answer(&[b"no head"]),
    ] {
        let (response, _) = asked(request, said).await;
        assert!(!response.starts_with("HTTP/1.1 2"), "{response}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_begins_while_the_upload_goes_on() {
    let (ours, mut application) = Pipe::pair();
    let local = LocalSet::new();
    let conversation = local.run_until(async move {
        let mut bridge = bridge(Stream::Memory(ours), Encoded::default(), false);
        let request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello";
        bridge.write_all(request).await.expect("the bridge reads");
        let said = answer(&[b"X-A: 1\r\n\r\nearly"]);
        application
            .write_all(&said[..said.len() - 16])
            .await
            .expect("the bridge listens");
        let mut response = Vec::new();
        while !response.windows(5).any(|text| text == b"early") {
            response.push(bridge.read_u8().await.expect("a part of the response"));
        }
        bridge
            .write_all(b"world")
            .await
            .expect("the bridge still reads");
        let heard = hear(&mut application).await;
        let body: Vec<u8> = heard
            .into_iter()
            .filter(|(kind, _)| *kind == 5)
            .flat_map(|(_, content)| content)
            .collect();
        assert_eq!(body, b"helloworld");
    });
    conversation.await;
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_breaks_off_is_never_finished() {
    let (ours, mut application) = Pipe::pair();
    let local = LocalSet::new();
    let conversation = local.run_until(async move {
        let mut bridge = bridge(Stream::Memory(ours), Encoded::default(), false);
        let request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello";
        bridge.write_all(request).await.expect("the bridge reads");
        drop(bridge);
        let mut heard = Vec::new();
        application.read_to_end(&mut heard).await.expect("an end");
        assert!(
            !heard.ends_with(&[1, 5, 0, 1, 0, 0, 0, 0]),
            "no end of the body"
        );
    });
    conversation.await;
}
