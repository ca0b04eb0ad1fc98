//! A name server on a real socket.

use std::net::{Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What it knows.
#[derive(Clone, Debug)]
pub(crate) enum Record {
    /// An address of a name.
    Address(&'static str, [u8; 4]),
    /// A service of a name: priority, target, and the upstream (`a`, `b`, …) whose port it has.
    Service(&'static str, u16, &'static str, char),
}

/// The server. It ends when dropped.
pub(super) struct NameServer {
    port: u16,
    ended: Arc<AtomicBool>,
}

const ADDRESS: u16 = 1;
const SERVICE: u16 = 33;

impl NameServer {
    /// Starts it with records, the ports of the upstreams given.
    pub(super) fn start(records: Vec<Record>, ports: Vec<u16>) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        socket
            .set_read_timeout(Some(Duration::from_millis(50)))
            .expect("a timeout can be set");
        let port = socket.local_addr().expect("bound").port();
        let ended = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ended);
        std::thread::spawn(move || {
            let mut question = [0; 1500];
            while !end.load(Ordering::Relaxed) {
                if let Ok((length, from)) = socket.recv_from(&mut question) {
                    let answer = answer(&question[..length], &records, &ports);
                    drop(socket.send_to(&answer, from));
                }
            }
        });
        Self { port, ended }
    }

    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

fn answer(question: &[u8], records: &[Record], ports: &[u16]) -> Vec<u8> {
    let (name, end) = read_name(question);
    let kind = u16::from_be_bytes([question[end], question[end + 1]]);
    let is_asked = |known: &str| known.eq_ignore_ascii_case(&name);
    let mut exists = false;
    let mut answers = Vec::new();
    for record in records {
        match record {
            Record::Address(known, ip) if is_asked(known) => {
                exists = true;
                answers.extend((kind == ADDRESS).then(|| ip.to_vec()));
            }
            Record::Service(known, priority, target, upstream) if is_asked(known) => {
                exists = true;
                let port = ports[usize::from(*upstream as u8 - b'a')];
                let mut data = Vec::new();
                for number in [*priority, 1, port] {
                    data.extend(number.to_be_bytes());
                }
                write_name(&mut data, target);
                answers.extend((kind == SERVICE).then_some(data));
            }
            Record::Address(..) | Record::Service(..) => {}
        }
    }
    let mut message = question[..end + 4].to_vec();
    message[2..4].copy_from_slice(&[0x81, if exists { 0x80 } else { 0x83 }]);
    let count = u8::try_from(answers.len()).expect("few records");
    message[6..12].copy_from_slice(&[0, count, 0, 0, 0, 0]);
    for data in answers {
        let length = u16::try_from(data.len()).expect("short records");
        message.extend([0xc0, 12]);
        message.extend(kind.to_be_bytes());
        message.extend([0, 1, 0, 0, 0, 60]);
        message.extend(length.to_be_bytes());
        message.extend(data);
    }
    message
}

/// The name that is asked for, and where it ends.
fn read_name(question: &[u8]) -> (String, usize) {
    let (mut at, mut labels) = (12, Vec::new());
    while question[at] != 0 {
        let label = &question[at + 1..at + 1 + usize::from(question[at])];
        labels.push(String::from_utf8_lossy(label).into_owned());
        at += 1 + label.len();
    }
    (labels.join("."), at + 1)
}

fn write_name(to: &mut Vec<u8>, name: &str) {
    for label in name.split('.').filter(|label| !label.is_empty()) {
        to.push(u8::try_from(label.len()).expect("a short label"));
        to.extend(label.bytes());
    }
    to.push(0);
}
