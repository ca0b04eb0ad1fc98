//! One connection to an origin.

use std::rc::Rc;
use std::time::Duration;

use evenkeel_net::Stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::time::sleep;

use super::request::{Seen, read_body, read_head};
use super::{Answer, Script};

/// Answers requests by script until one side closes.
pub(super) async fn converse(stream: Stream, script: Rc<Script>) {
    let _open = Open::new(Rc::clone(&script));
    tokio::select! {
        () = answer_all(stream, &script) => {}
        () = script.hang_up.notified() => {}
    }
}

/// Counts a connection while it is open.
struct Open(Rc<Script>);

impl Open {
    fn new(script: Rc<Script>) -> Self {
        script.open.set(script.open.get() + 1);
        Self(script)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.set(self.0.open.get() - 1);
        self.0.left.notify_waiters();
    }
}

async fn answer_all(stream: Stream, script: &Script) {
    let mut stream = BufReader::new(stream);
    let mut is_reused = false;
    while let Some(head) = read_head(&mut stream).await {
        if is_reused && script.closes_on_reuse.get() {
            script.see(Seen {
                head,
                ..Seen::default()
            });
            return;
        }
        is_reused = true;
        let answer = script.answer();
        let mut seen = Seen {
            head,
            ..Seen::default()
        };
        if !matches!(answer, Answer::Early) {
            read_body(&mut stream, &mut seen).await;
        }
        script.see(seen.clone());
        if !give(answer, &seen, &mut stream, script).await {
            return;
        }
    }
}

/// Whether the conversation goes on.
async fn give(
    answer: Answer,
    seen: &Seen,
    stream: &mut BufReader<Stream>,
    script: &Script,
) -> bool {
    let answer = decide(answer, seen.path()).await;
    let given = match answer {
        Answer::Bytes(bytes) => stream.write_all(&bytes).await,
        Answer::Early => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly")
                .await
        }
        Answer::Echo => stream.write_all(&echo(seen)).await,
        Answer::HeadOnly => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                .await
        }
        Answer::Chunks(chunks, pause) => give_chunks(&chunks, pause, stream).await,
        Answer::Drip(bytes, pause) => drip(&bytes, pause, stream).await,
        Answer::BytesAndClose(bytes) => {
            drop(stream.write_all(&bytes).await);
            return false;
        }
        Answer::BytesAndReset(bytes) => {
            drop(stream.write_all(&bytes).await);
            reset(stream);
            return false;
        }
        Answer::Endless => {
            give_endlessly(stream, script).await;
            return false;
        }
        Answer::Upgrade(protocol) => {
            drop(upgrade(protocol, stream).await);
            return false;
        }
        Answer::Hang | Answer::After(..) | Answer::ByPath(..) => {
            wait_for_end(stream).await;
            return false;
        }
    };
    given.is_ok()
}

async fn decide(mut answer: Answer, path: &str) -> Answer {
    loop {
        match answer {
            Answer::After(pause, then) => {
                sleep(pause).await;
                answer = *then;
            }
            Answer::ByPath(for_path, then, otherwise) => {
                answer = if path == for_path { *then } else { *otherwise };
            }
            _ => return answer,
        }
    }
}

fn echo(seen: &Seen) -> Vec<u8> {
    let length = seen.head.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{}",
        seen.head
    )
    .into_bytes()
}

async fn drip(
    bytes: &[u8],
    pause: Duration,
    stream: &mut BufReader<Stream>,
) -> std::io::Result<()> {
    for byte in bytes {
        sleep(pause).await;
        stream.write_all(&[*byte]).await?;
    }
    Ok(())
}

async fn give_chunks(
    chunks: &[&str],
    pause: Duration,
    stream: &mut BufReader<Stream>,
) -> std::io::Result<()> {
    stream
        .write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await?;
    for chunk in chunks {
        sleep(pause).await;
        stream
            .write_all(format!("{:x}\r\n{chunk}\r\n", chunk.len()).as_bytes())
            .await?;
    }
    stream.write_all(b"0\r\n\r\n").await
}

async fn give_endlessly(stream: &mut BufReader<Stream>, script: &Script) {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", u32::MAX);
    if stream.write_all(head.as_bytes()).await.is_err() {
        return;
    }
    while let Ok(count) = stream.write(&[b'x'; 4096]).await {
        script.written.set(script.written.get() + count);
    }
}

async fn upgrade(protocol: &str, stream: &mut BufReader<Stream>) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let mut buffer = [0; 1024];
    loop {
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..count]).await?;
    }
}

/// Returns when the other side closes.
async fn wait_for_end(stream: &mut BufReader<Stream>) {
    let mut buffer = [0; 1024];
    while let Ok(1..) = stream.read(&mut buffer).await {}
}

/// Marks the connection, which is about to be dropped, as reset.
fn reset(stream: &mut BufReader<Stream>) {
    let (unused, _) = evenkeel_net::memory::Pipe::pair();
    if let Stream::Memory(pipe) = std::mem::replace(stream.get_mut(), Stream::Memory(unused)) {
        pipe.reset();
    }
}
